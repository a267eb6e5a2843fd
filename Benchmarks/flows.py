"""Rows 4 to 6: bookings and events, in closed loop and in open loop."""

import contextlib
import sqlite3
from statistics import median

import data
import rooms
from measure import CROWD
from openloop import MOST_MILLISECONDS, at_share, closed_then_open
from report import Line, amount, compared, each, spread
from tallies import slowest_step


def flows(bench):
    """4, 5: book, reserve, confirm."""
    tools, bare = bench.tools, bench.directory / "flows.db"
    bench.stack.migrate("booking", path=bare)
    data.booking(bare)
    # Nobody runs out of seats: 150 pairs in each.
    count, turns = 100 * tools.seconds, iter(range(bench.rounds))
    with contextlib.closing(sqlite3.connect(bench.stack.directory / "booking.db", timeout=30)) as database:
        rooms.planned(database, data.now(), count * bench.rounds)
        database.commit()
    direct, gateway = bench.stack.public["booking"], bench.stack.gateway
    booking, front = bench.stack.processes["booking"], bench.stack.processes["gateway"]

    def planned():
        return tools.load("flow", direct, sessions=count, first_session=rooms.FIRST + next(turns) * count,
                          processes=[booking])

    results = bench.interleaved({
        "direct": lambda: closed_then_open(tools, "flow", direct, sessions=1000, processes=[booking]),
        "gateway": lambda: closed_then_open(tools, "flow", gateway, sessions=1000, processes=[booking, front]),
        "one": lambda: closed_then_open(tools, "flow", direct, CROWD, sessions=1, processes=[booking]),
        "planned": planned,
        "bare": lambda: tools.limit("flows", bare, "64")})
    ours = {name: each(results[name]) for name in results}
    work = "book → reserve → confirm, 64 clients, 1,000 sessions"
    references = {"bare": "bare group-commit loop", "direct": "row 4, direct"}
    lines = []
    for name, row, title, where, beside, target in (
            ("direct", "4", f"{work}, direct", "direct", "bare", 0.4),
            ("gateway", "4", f"{work}, through the gateway", "through the gateway", "bare", 0.25),
            ("one", "5", f"the same on one session, {CROWD} clients, direct", "on one session", "direct", 0.8),
            ("planned", "4", f"row 4 in rooms with a plan, {count:,} sessions of 300 seats, the best two together,"
             " direct", None, "direct", None)):
        line = compared(row, title, ours[name], ours[beside], references[beside], target)
        line.ours += rounds_in_detail(results[name])
        lines.append(line)
        if row == "4" and where:
            lines.append(in_closed_loop(where, results[name]))
        if where:
            lines.append(at_share(row, where, results[name], is_judged=row == "4"))
    return lines


def in_closed_loop(where, results):
    slowest = [slowest_step(result) for result in results]
    line = Line("4", f"… p99 of its slowest step, closed loop, {where}", amount(slowest, " ms"), "",
                f"{min(slowest):.1f}–{max(slowest):.1f} ms", "")
    line.judge(median(slowest), at_most=MOST_MILLISECONDS, unit=" ms", rounds=slowest)
    return line


def track(bench):
    """6: one event, durable."""
    tools, bare = bench.tools, bench.directory / "events.db"
    bench.stack.migrate("analytics", path=bare)
    address, analytics = bench.stack.public["analytics"], bench.stack.processes["analytics"]
    results = bench.interleaved({
        "ours": lambda: closed_then_open(tools, "track", address, processes=[analytics]),
        "bare": lambda: tools.limit("inserts", bare, "64")})
    line = compared("6", "analytics' track, 64 clients, direct", each(results["ours"]), each(results["bare"]),
                    "bare group-commit loop of the same insert", 0.5)
    line.ours += rounds_in_detail(results["ours"])
    return [line, at_share("6", "direct", results["ours"])]


def rounds_in_detail(results):
    """Processor time and latency of a whole round, and the memory of whom it asks."""
    p50, p99 = (spread([result["rounds"][key] / 1000 for result in results], " ms") for key in ("p50", "p99"))
    memory = spread([result["memory"] / 1e6 for result in results], " MB")
    return f", {spread(each(results, 'cpu'), ' µs')}, p50 {p50}, p99 {p99}, {memory}"
