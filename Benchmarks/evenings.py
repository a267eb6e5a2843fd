"""Rows 12, 13: a mixed Friday evening, and one session that everybody wants."""

import json
import sqlite3
from statistics import median

import data
import large
import past
import rooms
from floods import Capacity
from measure import CROWD, Tools
from openloop import CLIENTS, MOST_MILLISECONDS, at_share, closed_then_open
from report import Line, amount, compared, each, spread
from stack import SERVICES, Stack, fail, fetch
from tallies import latencies, refusals, refused_well, sound, statuses

ACCOUNT = {"email": "evening@example.com", "password": "correct horse battery staple"}
# Their makers' own figures; of a span, its end.
PUBLISHED = (
    ("bookings with seats, a second", "TigerFans, reservations, as published, on 8 vCPU", 977, "/s"),
    ("bookings with seats, a second", "RunSignup, transactions, as published", 119, "/s"),
    ("tickets of one event, a minute", "pretix, as published, 300 to", 400, "/min"))
# The steps of whoever buys for which there is a target, and so many seats has the session with a plan.
SALE, PLANNED_SEATS = ("book", "reserve", "confirm"), 5000


def friday(bench):
    """12: everything at once, through the gateway, over the large data set."""
    stack = Stack(bench.stack.binaries, bench.subdirectory("friday"))
    large.copy(large.catalog(stack), stack.directory / "catalog.db")
    large.copy(large.booking(stack), stack.directory / "booking.db")
    tools = opened(stack, "identity", "analytics", seconds=bench.tools.seconds)
    programme = stack.directory / "programme"
    large.showings(stack.directory / "catalog.db", programme)
    fetch(f"http://{stack.gateway}/v1/auth/signup", body=json.dumps(ACCOUNT).encode())

    def evening(**options):
        result = tools.load("friday", stack.gateway, options.pop("clients", 64), good=False,
                            processes=list(stack.processes.values()), programme=programme, **ACCOUNT, **options)
        sound(result, "a Friday evening")
        answers = sum(sum(step["statuses"].values()) for step in result["steps"].values())
        result["answers"] = answers / result["seconds"]
        result["cpu"] *= result["completed"] / answers
        return result

    def browsing():
        return closed_then_open(tools, "browse", stack.gateway, processes=[stack.processes["gateway"],
                                stack.processes["catalog"]], programme=programme)

    # The first finds all cold.
    closed = [evening() for _ in range(1 + bench.rounds)][1:]
    capacity = median(each(closed))
    shares = (0.5, 0.8)

    def offered(share):
        return evening(clients=CLIENTS, rate=max(1, int(capacity * share)))

    results = bench.interleaved(
        {"browse": browsing, **{share: lambda share=share: offered(share) for share in shares}})
    lines = [Line("12", "a Friday evening, 64 clients in closed loop, through the gateway: its capacity",
                  f"{amount(each(closed), ' rounds/s')}, {amount(each(closed, 'answers'), ' requests/s')}, "
                  f"{spread(each(closed, 'cpu'), ' µs')} of all processors a request; "
                  f"{spread([result['memory'] / 1e6 for result in closed], ' MB')} in all", "",
                  f"{min(each(closed)):,.0f}–{max(each(closed)):,.0f}/s", "")]
    for share in shares:
        found = results[share]
        line = compared("12", f"… at {share:.0%} of it, open loop", each(found), each(found, "offered_per_second"),
                        "offered", 0.95)
        line.ours += f"; a round {latencies(each(found, 'rounds'))}; {sum(each(found, 'late')):,} begun late"
        lines += [line, whole_purchase(share, found)]
    for name in closed[0]["steps"]:
        steps = [result["steps"][name] for result in results[0.5]]
        longest = [step["p99"] / 1000 for step in steps if "p99" in step]
        if longest:
            line = Line("12", f"… … `{name}`, at 50%", latencies(steps), "", statuses(steps), "")
            if name in SALE:
                line.judge(median(longest), at_most=MOST_MILLISECONDS, unit=" ms", rounds=longest)
            lines.append(line)
    browse = results["browse"]
    lines += [Line("12", "a list of movies, a movie, its sessions in a place, 64 clients in closed loop, through the"
                   " gateway", f"{amount(each(browse), ' rounds/s')}, {spread(each(browse, 'cpu'), ' µs')}", "",
                   f"{min(each(browse)):,.0f}–{max(each(browse)):,.0f}/s", ""),
              at_share("12", "through the gateway", browse)]
    close(stack)
    return lines


def whole_purchase(share, results):
    """From when somebody was to come: each step takes from the answer before it, and only the first, which is none of
    the judged ones, from the intended start."""
    tallies = [result["journeys"]["buy"] for result in results]
    line = Line("12", f"… … who buys, six requests, at {share:.0%}", latencies(tallies), "", "", "")
    longest = [tally["p99"] / 1000 for tally in tallies if "p99" in tally]
    if longest and share == 0.5:
        line.judge(median(longest), at_most=MOST_MILLISECONDS * len(SALE), unit=" ms", rounds=longest)
    return line


def on_sale(bench):
    """13: one session, and everybody wants it until its last seat is sold."""
    stack = Stack(bench.stack.binaries, bench.subdirectory("onsale"), HOLD_SECONDS="60")
    seats, count = 5000 * bench.tools.seconds, 2 + 2 * bench.rounds
    stack.migrate("catalog", "booking")
    data.catalog(stack.directory / "catalog.db", 1000)
    database = sqlite3.connect(stack.directory / "booking.db")
    journal, moment = past.Journal(), data.now()
    past.on_sale(database, journal, moment, first=1, count=count, seats=seats)
    past.on_sale(database, journal, moment)
    rooms.planned(database, moment, bench.rounds, PLANNED_SEATS, row=50, journal=journal)
    past.insert(database, {}, journal)
    past.finish(database)
    tools = opened(stack, "identity", "analytics", seconds=bench.tools.seconds)
    counted_only = iter(range(1, 1 + count))
    with_plan = iter(range(rooms.FIRST, rooms.FIRST + bench.rounds))
    counts = []

    def sale(clients, session, seats, **options):
        result = tools.load("onsale", stack.gateway, clients, good=False, session=session, capacity=seats,
                            warm_up_milliseconds=0, milliseconds=60_000 + 10_000 * bench.tools.seconds, **options)
        told = json.loads(fetch(f"http://{stack.gateway}/v1/sessions/ses_{session}/seats"))["counts"]
        counts.append((result["sold"], told, seats))
        refused_well(result, "on sale", "409", "504")
        if not result["most_sold_after"]:
            fail(f"on sale: {result['sold']} of {seats} seats were sold")
        # Until nearly all is sold: who gets the very last seats may be somebody that has to come back for them.
        result["per_second"] = result["completed"] * 0.99 / result["most_sold_after"]
        result["tickets"] = seats * 0.99 / result["most_sold_after"] * 60
        return result

    def closed():
        return sale(CROWD, next(counted_only), seats)

    def planned():
        result = sale(CROWD, next(with_plan), PLANNED_SEATS, first_seat=rooms.FIRST_SEAT)
        if not result["steps"]["name_seats"]["codes"].get("seat_taken"):
            fail("on sale: no two people wanted the same seat")
        return result

    def many():
        return tools.load("flow", stack.gateway, CROWD, sessions=past.ON_SALE, first_session=past.ON_SALE_FIRST)

    capacity = Capacity(closed)
    results = bench.interleaved({
        "many": many, "closed": capacity, "planned": planned,
        "rush": lambda: sale(2000, next(counted_only), seats, rate=capacity.times(5), give_up=1)})
    lines = []
    for name, title in (
            ("closed", f"{seats:,} seats, all through the gateway, {CROWD} clients in closed loop"),
            ("rush", "5× that offered, open loop, 2,000 clients"),
            ("planned", f"{PLANNED_SEATS:,} seats of a plan, everybody names theirs, who finds them taken has the best"
             f" that are left, {CROWD} clients in closed loop")):
        line = compared("13", f"one session on sale, {title}", each(results[name]), each(results["many"]),
                        f"{CROWD} clients, 1,000 sessions", None if name == "planned" else 0.8)
        line.ours += f" until 99% were sold, after {amount(each(results[name], 'most_sold_after'), ' s')}"
        line.ours += f"; all after {amount(each(results[name], 'seconds'), ' s')}; who got seats waited "
        line.ours += latencies(each(results[name], "rounds"))
        line.result += "; " + refusals(results[name])
        lines.append(line)
    for work, name, figure, unit in PUBLISHED:
        ours = each(results["closed"], "per_second" if unit == "/s" else "tickets")
        lines.append(compared("13", f"… {work}", ours, [figure] * bench.rounds, name, 1, unit=unit))
    exact = sum(sold == told["sold"] == seats and told["held"] == told["free"] == 0 for sold, told, seats in counts)
    audit = stack.command("booking", "audit")
    said = audit.stdout.strip().splitlines() or ["said nothing"]
    sentence = said[-1] if audit.returncode == 0 else "`booking audit` found differences"
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
