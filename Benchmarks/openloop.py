"""A work in closed loop, and then so much of what that served in open loop."""

from statistics import median

from report import Line, amount, each
from tallies import latencies, slowest_step, sound

SHARE = 0.7
# As many as can be waiting at once, so that what comes is not held back by what waits.
CLIENTS = 1000
MOST_MILLISECONDS = 50


def closed_then_open(tools, work, address, clients=64, processes=(), **options):
    closed = tools.load(work, address, clients, processes=processes, **options)
    rate = max(1, int(closed["per_second"] * SHARE))
    closed["open"] = sound(tools.load(work, address, CLIENTS, rate=rate, **options), f"{work} at {rate}/s")
    return closed


def at_share(row, where, results, is_judged=False):
    """The line of it: the slowest step is what a target may be for."""
    opened = [result["open"] for result in results]
    slowest = [slowest_step(result) for result in opened]
    late = sum(result["late"] for result in opened)
    line = Line(row, f"… p99 of its slowest step at {SHARE:.0%} of that, open loop, {where}",
                f"{amount(slowest, ' ms')}; a whole round {latencies(each(opened, 'rounds'))}",
                f"offered: {amount(each(opened, 'offered_per_second'))}",
                f"{min(slowest):.1f}–{max(slowest):.1f} ms; {amount(each(opened))}, {late:,} begun late", "")
    if is_judged:
        line.judge(median(slowest), at_most=MOST_MILLISECONDS, unit=" ms", rounds=slowest)
    return line
