"""What the counts of `load` say, in words."""

from report import amount, spread
from stack import fail


def sound(result, what):
    """Whatever was answered was what was asked for, or that seats are gone; and all was."""
    for name, step in result["steps"].items():
        if step["faults"]:
            fail(f"{what}: {name} was answered with {step['statuses']} {step['codes']}")
    if result["unanswered"] or result["never_begun"]:
        fail(f"{what}: {result['unanswered']} requests without an answer, {result['never_begun']} rounds never begun")
    return result


def refused_well(result, what, *others):
    """Whoever was not served was told when to come back; `others` are statuses that are part of life."""
    wrong = {status for step in result["steps"].values() for status in step["statuses"]}
    wrong -= {"200", "201", "503", *others}
    silent = sum(step["silent_refusals"] for step in result["steps"].values())
    if wrong or silent or result["unanswered"]:
        fail(f"{what}: statuses {wrong}, {silent} refusals without Retry-After, "
             f"{result['unanswered']} requests without an answer")
    return result


def slowest_step(result):
    """The 99th percentile of the step that has the greatest, in milliseconds."""
    return max(step["p99"] for step in result["steps"].values()) / 1000


def latencies(tallies):
    """Medians over the rounds; the maximum is that of all."""
    there = [tally for tally in tallies if "p50" in tally]
    if not there:
        return "nothing"
    parts = [f"{name} {figure([tally[key] / 1000 for tally in there], ' ms')}"
             for name, key, figure in (("p50", "p50", amount), ("p99", "p99", spread), ("p99.9", "p999", amount))]
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
