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

    def markdown(self):
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        cells = [self.row, self.work, self.ours, self.reference, self.result, self.target, verdict]
        return f"| {' | '.join(cells)} |"


def each(results, key="per_second"):
    return [result[key] for result in results]


def amount(values, unit="/s"):
    middle = median(values)
    return f"{middle:,.0f}{unit}" if middle >= 100 else f"{middle:.3g}{unit}"


def ratio(ours, reference):
    """The median over the rounds of ours by the reference's of the same round, and its spread."""
    ratios = [mine / theirs for mine, theirs in zip(ours, reference)]
    return median(ratios), f"{median(ratios):.2f}× ({min(ratios):.2f}–{max(ratios):.2f})"


def compared(row, work, ours, reference, name, at_least=None, at_most=None, unit="/s"):
    """A line for two lists of figures, one a round."""
    value, text = ratio(ours, reference)
    line = Line(row, work, amount(ours, unit), f"{name}: {amount(reference, unit)}", text, "")
    if at_least is not None:
        line.met, line.target = value >= at_least, f"≥ {at_least}×"
    if at_most is not None:
        line.met, line.target = value <= at_most, f"≤ {at_most}×"
    return line


def compared_with_processor(row, work, ours, reference, name, at_least=None, at_most=None):
    """A line for answers a second and, beside it, the processor time of each."""
    line = compared(row, work, each(ours), each(reference), name, at_least)
    value, text = ratio(each(ours, "cpu"), each(reference, "cpu"))
    line.ours += detail(ours)
    line.reference += detail(reference)
    line.result += f"; processor {text}"
    if at_most is not None:
        line.met, line.target = line.met and value <= at_most, f"{line.target}; processor ≤ {at_most}×"
    return line


def detail(results):
    """Processor time and size of an answer."""
    sizes = [result["bytes"] / result["requests"] / 1000 for result in results]
    return f", {amount(each(results, 'cpu'), ' µs')}, {amount(sizes, ' kB')}"


def document(lines, rounds, seconds, load_before):
    commit = subprocess.run(["git", "-C", CHECKOUT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    with open("/proc/cpuinfo") as cpus:
        model = next((line.split(":")[1].strip() for line in cpus if line.startswith("model name")), platform.machine())
    head = [
        f"# Benchmarks of {time.strftime('%Y-%m-%d')}, {commit.stdout.strip()}", "",
        f"{os.cpu_count()} × {model}, Linux {platform.release()}; the load runs beside what it measures. Medians of"
        f" {rounds} interleaved rounds of {seconds} s; ratios of one round each, with their lowest and highest. The"
        f" machine's load average before it began: {load_before:.1f}.", "",
        "| # | work | ours | reference, in the same run | result | target | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [line.markdown() for line in lines]) + "\n"
