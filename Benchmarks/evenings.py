"""Rows 12, 13: a mixed Friday evening, and one session that everybody wants."""

import json
import sqlite3
from statistics import median

import data
import large
import past
from measure import CROWD, Tools
from report import Line, amount, compared, each
from stack import SERVICES, Stack, fail, fetch

ACCOUNT = {"email": "evening@example.com", "password": "correct horse battery staple"}
# Its makers' own figure.
PUBLISHED = ("TigerFans, as published, on 8 vCPU", 977)


def friday(bench):
    """12: everything at once, through the gateway, over the large data set."""
    stack = Stack(bench.stack.binaries, bench.subdirectory("friday"))
    large.copy(large.catalog(stack), stack.directory / "catalog.db")
    large.copy(large.booking(stack), stack.directory / "booking.db")
    tools = opened(stack, "identity", "analytics", seconds=bench.tools.seconds)
    large.showings(stack.directory / "catalog.db", stack.directory / "programme")
    fetch(f"http://{stack.gateway}/v1/auth/signup", body=json.dumps(ACCOUNT).encode())

    def evening(**options):
        result = tools.load("friday", stack.gateway, options.pop("clients", 64), good=False,
                            processes=list(stack.processes.values()), programme=stack.directory / "programme",
                            **ACCOUNT, **options)
        sound(result, "a Friday evening")
        answers = sum(sum(step["statuses"].values()) for step in result["steps"].values())
        result["answers"] = answers / result["seconds"]
        result["cpu"] *= result["completed"] / answers
        return result

    capacity = evening()["per_second"]
    shares = (0.5, 0.8)
    results = bench.interleaved({
        "closed": evening,
        **{share: lambda share=share: evening(clients=1000, rate=max(1, int(capacity * share))) for share in shares}})
    closed = results["closed"]
    memory = amount([result["memory"] / 1e6 for result in closed], " MB")
    lines = [Line("12", "a Friday evening, 64 clients in closed loop, through the gateway: its capacity",
                  f"{amount(each(closed), ' rounds/s')}, {amount(each(closed, 'answers'), ' requests/s')}, "
                  f"{amount(each(closed, 'cpu'), ' µs')} of all processors a request; {memory} in all", "",
                  f"{min(each(closed)):,.0f}–{max(each(closed)):,.0f}/s", "")]
    for share in shares:
        offered = [int(capacity * share)] * bench.rounds
        line = compared("12", f"… at {share:.0%} of it, open loop", each(results[share]), offered, "offered", 0.95)
        line.ours += "; a round " + latencies([result["rounds"] for result in results[share]])
        line.ours += f"; {max(each(results[share], 'late')):,} begun late"
        lines.append(line)
    for name in closed[0]["steps"]:
        steps = [result["steps"][name] for result in results[0.5]]
        longest = [step["p99"] / 1000 for step in steps if "p99" in step]
        if longest:
            line = Line("12", f"… … `{name}`, at 50%", latencies(steps), "",
                        f"p99 {min(longest):.1f}–{max(longest):.1f} ms; {statuses(steps)}", "")
            if name in ("book", "reserve", "confirm"):
                line.judge(median(longest), at_most=50, unit=" ms")
            lines.append(line)
    close(stack)
    return lines


def on_sale(bench):
    """13: one session, and everybody wants it until its last seat is sold."""
    stack = Stack(bench.stack.binaries, bench.subdirectory("onsale"), HOLD_SECONDS="60")
    seats, sales = 5000 * bench.tools.seconds, iter(range(1, 2 + 2 * bench.rounds + 1))
    stack.migrate("catalog", "booking")
    data.catalog(stack.directory / "catalog.db", 1000)
    database = sqlite3.connect(stack.directory / "booking.db")
    journal, moment = past.Journal(), data.now()
    past.on_sale(database, journal, moment, first=1, count=2 + 2 * bench.rounds, seats=seats)
    past.on_sale(database, journal, moment)
    past.insert(database, {}, journal)
    past.finish(database)
    tools = opened(stack, "identity", "analytics", seconds=bench.tools.seconds)
    counts = []

    def sale(clients, **options):
        session = next(sales)
        result = tools.load("onsale", stack.gateway, clients, good=False, session=session, capacity=seats,
                            warm_up_milliseconds=0, milliseconds=60_000 + 10_000 * bench.tools.seconds, **options)
        told = json.loads(fetch(f"http://{stack.gateway}/v1/sessions/ses_{session}/seats"))["counts"]
        wrong = {status for step in result["steps"].values() for status in step["statuses"]}
        wrong -= {"200", "201", "409", "503", "504"}
        counts.append((result["sold"], told))
        silent = sum(step["silent_refusals"] for step in result["steps"].values())
        if wrong or silent or result["unanswered"]:
            fail(f"on sale: statuses {wrong}, {silent} refusals without Retry-After, {result['unanswered']} unanswered")
        if not result["most_sold_after"]:
            fail(f"on sale: {result['sold']} of {seats} seats were sold")
        # Until nearly all is sold: who gets the very last seats may be somebody that has to come back for them.
        result["per_second"] = result["completed"] * 0.99 / result["most_sold_after"]
        return result

    def many():
        return tools.load("flow", stack.gateway, CROWD, sessions=past.ON_SALE, first_session=past.ON_SALE_FIRST)

    expected = sale(CROWD)["per_second"]
    results = bench.interleaved({
        "many": many, "closed": lambda: sale(CROWD),
        "rush": lambda: sale(2000, rate=int(5 * expected), give_up=1)})
    lines = []
    for name, title in (
            ("closed", f"{CROWD} clients in closed loop"), ("rush", "5× that offered, open loop, 2,000 clients")):
        line = compared("13", f"one session on sale, {seats:,} seats, all through the gateway, {title}",
                        each(results[name]), each(results["many"]), f"{CROWD} clients, 1,000 sessions", 0.8)
        line.ours += f" until 99% were sold, after {amount(each(results[name], 'most_sold_after'), ' s')}"
        line.ours += f"; all after {amount(each(results[name], 'seconds'), ' s')}; who got seats waited "
        line.ours += latencies([result["rounds"] for result in results[name]])
        line.result += "; " + refusals(results[name])
        lines.append(line)
    name, reservations = PUBLISHED
    lines.append(compared("13", "… bookings with seats, a second", each(results["closed"]),
                          [reservations] * bench.rounds, name, 1))
    exact = sum(sold == told["sold"] == seats and told["held"] == told["free"] == 0 for sold, told in counts)
    audit = stack.command("booking", "audit")
    sentence = audit.stdout.strip().splitlines()[-1] if audit.returncode == 0 else "`booking audit` found differences"
    lines.append(Line("13", "… sold as the clients count, as the API tells, and the capacity are the same",
                      f"{exact} of {len(counts)} sales", "", f"`booking audit`: {sentence}", "all; no differences",
                      exact == len(counts) and audit.returncode == 0))
    close(stack)
    return lines


def opened(stack, *empty, seconds):
    """Starts everything, the named services on empty databases, and returns what measures it."""
    stack.migrate(*empty)
    for service in SERVICES:
        stack.start(service)
    stack.start_gateway()
    return Tools(stack.binaries, data.signing_seed(stack.directory / "identity.db"), seconds)


def close(stack):
    for name in list(stack.processes):
        stack.stop(name)


def sound(result, what):
    """Whatever was answered was what was asked for, or that seats are gone."""
    for name, step in result["steps"].items():
        if step["faults"]:
            fail(f"{what}: {name} was answered with {step['statuses']} {step['codes']}")
    if result["unanswered"]:
        fail(f"{what}: {result['unanswered']} requests without an answer")


def latencies(tallies):
    """Medians over the rounds; the maximum is that of all."""
    there = [tally for tally in tallies if "p50" in tally]
    if not there:
        return "nothing"
    parts = [f"{name} {amount([tally[key] / 1000 for tally in there], ' ms')}"
             for name, key in (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999"))]
    return ", ".join(parts) + f", at most {max(tally['max'] for tally in there) / 1000:,.0f} ms"


def statuses(tallies):
    total = {}
    for tally in tallies:
        for status, count in tally["statuses"].items():
            total[status] = total.get(status, 0) + count
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(total.items()))


def refusals(results):
    """By step and code, of all rounds."""
    total = {}
    for result in results:
        for name, step in result["steps"].items():
            for code, count in step["codes"].items():
                total[f"{name} `{code}`"] = total.get(f"{name} `{code}`", 0) + count
    given_up = sum(result["given_up"] for result in results)
    parts = [f"{count:,} × {what}" for what, count in sorted(total.items())]
    return ", ".join(parts + ([f"{given_up:,} turned away by themselves"] if given_up else [])) or "nobody refused"
