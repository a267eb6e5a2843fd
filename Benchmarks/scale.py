"""Row 14: how the cost of a request grows with films, sessions, bookings, holds, users and connections."""

import json
import sqlite3
import time
from dataclasses import dataclass, field
from statistics import median

import data
import large
import past
from measure import Tools, processor_seconds
from report import Line, amount
from stack import Stack, fetch

ACCOUNT = {"email": "scale@example.com", "password": "correct horse battery staple"}
FLAT = 1.5
FIRST = f"ses_{past.ON_SALE_FIRST}"


@dataclass
class Curve:
    """The cost of one request at several sizes: of each, its figures, one a round."""
    dimension: str
    work: str
    # Why it is not flat, where it is not to be: then it grows no more than what there is.
    reason: str = ""
    processor: dict = field(default_factory=dict)
    p50: dict = field(default_factory=dict)

    def add(self, size, result):
        self.processor.setdefault(size, []).append(result["cpu"])
        self.p50.setdefault(size, []).append(result["p50"])

    def growth(self):
        """The largest's processor time by the smallest's, a ratio for each round."""
        smallest, largest = min(self.processor), max(self.processor)
        return [large / small for small, large in zip(self.processor[smallest], self.processor[largest])]

    def line(self):
        ratios = self.growth()
        sizes = sorted(self.processor)
        costs = " → ".join(f"{amount(self.processor[size], '')} ({amount(self.p50[size], '')})" for size in sizes)
        line = Line("14", f"{self.work}: {sizes[0]:,} to {sizes[-1]:,} {self.dimension}",
                    f"{costs} µs of processor (p50)", "the fewest",
                    f"{median(ratios):.2f}× ({min(ratios):.2f}–{max(ratios):.2f})", "")
        line.judge(median(ratios), at_most=sizes[-1] // sizes[0] if self.reason else FLAT, rounds=ratios)
        if self.reason:
            line.target += f", as it {self.reason}"
        return line


def scale(bench):
    """14: a process for each size, all of them there at once and asked in turn."""
    curves = []
    for dimension in (films, sessions, bookings, holds, users, connections):
        curves += dimension(bench)
    bench.curves = curves
    return [curve.line() for curve in curves]


def films(bench):
    return measured(bench, "films", "catalog", {
        count: lambda stack, count=count: large.catalog(stack, count, count * 2) for count in (1000, 10_000, 100_000)
    }, [
        ("the list of movies", get("/v1/movies?sort=rating"), ""),
        ("movies found by two words", get("/v1/movies?q=silent+river"), "grows with how many have either word"),
        ("a movie", get("/v1/movies/mov_501"), "")])


def sessions(bench):
    return measured(bench, "sessions", "catalog", {
        count: lambda stack, count=count: large.catalog(stack, 1000, count)
        for count in (1000, 10_000, 100_000, 1_000_000)
    }, [
        ("a city's sessions", get("/v1/sessions?city=City+7"), "grows with the sessions of the city's places"),
        ("where a movie is shown", get("/v1/movies/mov_501/places"), ""),
        ("a session", get("/v1/sessions/ses_501"), "")])


def bookings(bench):
    return measured(bench, "past bookings", "booking", {
        count: lambda stack, count=count: large.booking(stack, count) for count in (1000, 10_000, 100_000, 1_000_000)
    }, [
        ("book, reserve, confirm", flow(past.ON_SALE), ""),
        ("one's bookings", get("/v1/bookings", signed_in=True), ""),
        ("a session's seats", get(f"/v1/sessions/{FIRST}/seats"), "")])


def holds(bench):
    return measured(bench, "live holds, all of one session", "booking", {
        count: lambda stack, count=count: large.holds(stack, count) for count in (100, 1000, 10_000, 100_000)
    }, [
        ("book, reserve, confirm in that session", flow(1), ""),
        ("book, reserve, confirm in others", flow(past.ON_SALE - 1, past.ON_SALE_FIRST + 1), ""),
        ("that session's seats", get(f"/v1/sessions/{FIRST}/seats"), "")])


def users(bench):
    """Accounts that there are, and accounts that come: a token is verified where it is not among the last 8,192."""
    first = bench.subdirectory("password")
    stack = Stack(bench.stack.binaries, first)
    stack.migrate("identity")
    stack.start("identity")
    fetch(f"http://{stack.public['identity']}/v1/auth/signup", body=json.dumps(ACCOUNT).encode())
    stack.stop("identity")
    database = sqlite3.connect(first / "identity.db")
    password_hash, = database.execute("SELECT password_hash FROM users").fetchone()
    database.close()

    def signin(tools, address, size, process):
        return loaded(tools, process, "signin", address, clients=2, accounts=size, email="scale@example.com",
                      password=ACCOUNT["password"])

    def me(tools, address, size, process):
        return loaded(tools, process, "get", address, clients=16, users=size, path="/v1/auth/me")

    return measured(bench, "users", "identity", {
        count: lambda stack, count=count: large.accounts(stack, count, password_hash)
        for count in (100, 1000, 10_000, 100_000)
    }, [
        ("sign-in", signin, ""),
        ("who am I, each in turn", me, "verifies each token of more than 8,192 a loop")])


def connections(bench):
    """Open ones, of which few are busy: at one rate, on the data of the other rows."""
    rate, gateway = 2000, bench.stack.processes["gateway"]
    catalog = bench.stack.processes["catalog"]
    contenders = {}
    for work, address, processes, most in (
            ("the list of movies direct", bench.stack.public["catalog"], [catalog], 4000),
            ("… through the gateway", bench.stack.gateway, [gateway, catalog], 10_000)):
        for size in (10, 100, 1000, most):
            contenders[work, size] = lambda address=address, processes=processes, size=size: kept_open(
                bench.tools, processes, address, size, rate)
    results = bench.interleaved(contenders)
    curves = {}
    for (work, size), found in results.items():
        curve = curves.setdefault(work, Curve(f"open connections, {rate:,} requests/s", work))
        for result in found:
            curve.add(size, result)
    return list(curves.values())


def kept_open(tools, processes, address, size, rate):
    """Processor time of three seconds between the opening of all those connections and their end."""
    opening = 0.5 + size * 0.0002
    running = tools.begin_load("get", address, size, path="/v1/movies", rate=rate, warm_up_milliseconds=0,
                               milliseconds=round(opening * 1000) + 3500)
    time.sleep(opening)
    before, begun = processor_seconds(processes), time.monotonic()
    time.sleep(3)
    spent = processor_seconds(processes) - before
    requests = rate * (time.monotonic() - begun)
    return {"cpu": spent * 1e6 / requests, "p50": tools.finish_load(running)["steps"]["get"]["p50"]}


def measured(bench, dimension, service, databases, works):
    """A curve for each of the works, {(title, measurement, reason)}, over {size: what makes its database}."""
    running = {}
    for size, make in databases.items():
        stack = Stack(bench.stack.binaries, bench.subdirectory(f"{service}-{dimension.split()[0]}-{size}"))
        # It tells nobody: those who listen have one booking.
        if service != "identity":
            stack.internal["identity"] = bench.stack.internal["identity"]
        large.copy(make(stack), stack.directory / f"{service}.db")
        stack.start(service)
        tools = bench.tools
        if service == "identity":
            tools = Tools(stack.binaries, data.signing_seed(stack.directory / "identity.db"), bench.tools.seconds)
        running[size] = stack, tools
    curves = []
    for title, measure, reason in works:
        contenders = {size: lambda stack=stack, tools=tools, size=size: measure(
            tools, stack.public[service], size, stack.processes[service]) for size, (stack, tools) in running.items()}
        for run in contenders.values():
            run()
        curve = Curve(dimension, title, reason)
        for size, found in bench.interleaved(contenders).items():
            for result in found:
                curve.add(size, result)
        curves.append(curve)
    for stack, _ in running.values():
        stack.stop(service)
    return curves


def get(path, signed_in=False):
    """Made anew each time."""
    def measure(tools, address, _, process):
        token = tools.token() if signed_in else None
        return tools.wrk(f"http://{address}{path}", [process], fresh=True, connections=4, seconds=1, token=token)
    return measure


def flow(count, first=past.ON_SALE_FIRST):
    def measure(tools, address, _, process):
        return loaded(tools, process, "flow", address, clients=16, sessions=count, first_session=first)
    return measure


def loaded(tools, process, work, address, **options):
    """A second of load; processor time a round, in microseconds, and the median of its slowest step."""
    result = tools.load(work, address, processes=[process], milliseconds=1000, warm_up_milliseconds=0, **options)
    return {"cpu": result["cpu"], "p50": max(step["p50"] for step in result["steps"].values())}
