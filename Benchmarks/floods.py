"""Rows 7, 11: more than a service can do."""

import json
from statistics import median

from report import amount, compared, each
from stack import fail, fetch
from tallies import latencies, refusals, refused_well, sound, statuses

MOVIES = "/v1/movies"
# How many sign-ins come for each that there is capacity for, and how many must have.
TIMES, LEAST_TIMES = 10, 9


class Capacity:
    """What is served in closed loop, by all that was measured so far; the first, which finds all cold, is forgotten."""

    def __init__(self, measure):
        self.measure, self.measured = measure, []
        measure()
        self()

    def __call__(self):
        result = self.measure()
        self.measured.append(result["per_second"])
        return result

    def times(self, times):
        return max(1, int(times * median(self.measured)))


def sign_in_flood(bench):
    """7: what a flood of sign-ins at ten times identity's capacity does to the list of movies."""
    account = {"email": "benchmark@example.com", "password": "correct horse battery staple"}
    tools, gateway = bench.tools, bench.stack.gateway
    fetch(f"http://{gateway}/v1/auth/signup", body=json.dumps(account).encode())
    capacity = Capacity(lambda: tools.load("signin", gateway, 4, **account))

    def latency():
        result = tools.load("get", gateway, 64, path=MOVIES, rate=1000, warm_up_milliseconds=1000)
        return sound(result, "the list of movies")["steps"]["get"]

    def under_flood():
        # It begins before the list is measured and lasts for longer.
        flood = tools.begin_load("signin", gateway, 2000, rate=capacity.times(TIMES), give_up=1,
                                 milliseconds=tools.seconds * 1000 + 1500, **account)
        result = latency()
        return {**result, "flood": refused_well(tools.finish_load(flood, good=False), "a flood of sign-ins")}

    results = bench.interleaved({"capacity": capacity, "alone": latency, "flooded": under_flood})
    floods = each(results["flooded"], "flood")
    came, served = each(floods, "begun_per_second"), each(results["capacity"])
    if median(came) < LEAST_TIMES * median(served):
        fail(f"only {amount(came)} sign-ins came, and {amount(served)} can be served")
    alone, flooded = ([result["p99"] / 1000 for result in results[name]] for name in ("alone", "flooded"))
    signed_in = compared("7", "… sign-ins answered 200 meanwhile", each(floods), served, "capacity")
    signed_in.result += f"; {statuses([flood['steps']['signin'] for flood in floods])}; {refusals(floods)}"
    return [compared("7", f"p99 of the list at 1,000/s, open loop, while sign-ins come at {TIMES}× the capacity",
                     flooded, alone, "without them", at_most=2, unit=" ms"),
            compared("7", "… sign-ins that came", came, served, "capacity"),
            signed_in]


def overload(bench):
    """11: what is achieved at one to ten times the capacity, open loop, asked of the services themselves."""
    account = {"email": "overload@example.com", "password": "correct horse battery staple"}
    fetch(f"http://{bench.stack.public['identity']}/v1/auth/signup", body=json.dumps(account).encode())
    works = [
        ("book → reserve → confirm, 1,000 sessions", "booking", "flow", 64, {"sessions": 1000}),
        (f"`GET {MOVIES}`, each answer made anew", "catalog", "get", 64, {"path": MOVIES, "fresh": 1}),
        ("sign-in", "identity", "signin", 4, account)]
    return [line for work in works for line in overloaded(bench, *work)]


def overloaded(bench, title, service, work, clients, options):
    tools, address, process = bench.tools, bench.stack.public[service], bench.stack.processes[service]
    closed = Capacity(lambda: tools.load(work, address, clients, **options))

    def offered(times):
        process.forget_peak()
        # Counted once the flood has lasted for longer than anybody has patience for.
        running = tools.begin_load(work, address, 2000, rate=closed.times(times), give_up=1,
                                   patience_milliseconds=1000, warm_up_milliseconds=2000, **options)
        result = refused_well(tools.finish_load(running, good=False), f"{title} at {times}×")
        return {**result, "peak": process.peak() / 1e6,
                "refused": max(0, 1 - result["per_second"] / result["offered_per_second"])}

    results = bench.interleaved(
        {"closed": closed, **{times: lambda times=times: offered(times) for times in (1, 2, 5, 10)}})
    lines = []
    for times in (1, 2, 5, 10):
        found = results[times]
        line = compared("11", f"{title}, {times}× the capacity offered", each(found), each(results["closed"]),
                        f"capacity, {clients} clients in closed loop", 0.8)
        line.ours += (f" of {amount(each(found, 'offered_per_second'))}; from the intended start "
                      f"{latencies(each(found, 'rounds'))}; {median(each(found, 'refused')):.0%} not served; "
                      f"at most {max(each(found, 'peak')):.0f} MB")
        lines.append(line)
    return lines
