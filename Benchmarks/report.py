"""The table: our figure beside its reference, as a ratio with its spread."""

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from statistics import median

from stack import CHECKOUT


@dataclass
class Line:
    row: str
    work: str
    ours: str
    reference: str
    result: str
    target: str
    met: bool | None = None
    # What was judged, against what, each round's, and whether more is better: for the picture.
    value: float | None = None
    goal: float | None = None
    rounds: list | None = None
    more_is_better: bool = True

    def judge(self, value, at_least=None, at_most=None, unit="×", rounds=None):
        goal = at_least if at_least is not None else at_most
        self.value, self.goal, self.rounds, self.more_is_better = value, goal, rounds or [value], at_least is not None
        self.met = value >= goal if self.more_is_better else value <= goal
        self.target = f"{'≥' if self.more_is_better else '≤'} {goal}{unit}"

    def markdown(self):
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        cells = [self.row, self.work, self.ours, self.reference, self.result, self.target, verdict]
        return f"| {' | '.join(cells)} |"


def each(results, key="per_second"):
    return [result[key] for result in results]


def amount(values, unit="/s"):
    middle = median(values)
    return f"{middle:,.0f}{unit}" if middle >= 100 else f"{middle:.3g}{unit}"


def spread(values, unit="/s"):
    """The median, and the lowest and highest of the rounds."""
    lowest, middle, highest = (amount([value], "") for value in (min(values), median(values), max(values)))
    return f"{middle}{unit} ({lowest}–{highest})"


def ratio(ours, reference):
    """The median over the rounds of ours by the reference's of the same round, and its spread."""
    each_round = ratios(ours, reference)
    middle = median(each_round)
    return middle, f"{middle:.2f}× ({min(each_round):.2f}–{max(each_round):.2f})"


def ratios(ours, reference):
    return [mine / theirs for mine, theirs in zip(ours, reference)]


def compared(row, work, ours, reference, name, at_least=None, at_most=None, unit="/s"):
    """A line for two lists of figures, one a round."""
    value, text = ratio(ours, reference)
    line = Line(row, work, amount(ours, unit), f"{name}: {amount(reference, unit)}", text, "")
    if at_least is not None or at_most is not None:
        line.judge(value, at_least, at_most, rounds=ratios(ours, reference))
    return line


def compared_with_processor(row, work, ours, reference, name, at_least=None, at_most=None):
    """A line for answers a second, and one for the processor time of each."""
    line = compared(row, work, each(ours), each(reference), name, at_least)
    line.ours += detail(ours)
    line.reference += detail(reference)
    return [line, compared(row, "… processor time of an answer", each(ours, "cpu"), each(reference, "cpu"), name,
                           at_most=at_most, unit=" µs")]


def detail(results):
    """The size of an answer, how long it takes, and the memory of who makes it."""
    sizes = [result["bytes"] / result["requests"] / 1000 for result in results]
    p50, p99 = (spread([result[key] / 1000 for result in results], " ms") for key in ("p50", "p99"))
    memory = spread([result["memory"] / 1e6 for result in results], " MB")
    return f", {amount(sizes, ' kB')}, p50 {p50}, p99 {p99}, {memory}"


def document(lines, rounds, seconds, load_before, picture=None):
    commit = subprocess.run(["git", "-C", CHECKOUT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    with open("/proc/cpuinfo") as cpus:
        model = next((line.split(":")[1].strip() for line in cpus if line.startswith("model name")), platform.machine())
    head = [
        f"# Benchmarks of {time.strftime('%Y-%m-%d')}, {commit.stdout.strip()}", "",
        f"{os.cpu_count()} × {model}, Linux {platform.release()}; the load runs beside what it measures. Medians of"
        f" {rounds} interleaved rounds of {seconds} s; ratios of one round each, with their lowest and highest. The"
        f" machine's load average before it began: {load_before:.1f}.", "",
        *([f"![Ratios against their targets, and how cost grows]({picture})", ""] if picture else []),
        "| # | work | ours | reference, in the same run | result | target | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [line.markdown() for line in lines]) + "\n"
