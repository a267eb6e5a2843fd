"""Row 9: start, memory at rest, image."""

import shutil
import subprocess
from statistics import median

import large
from report import Line, spread
from stack import SERVICES, Stack


def footprint(bench):
    """9: start, memory at rest, image; of catalog and booking also over the large data set."""
    lines = []
    for service in SERVICES:
        lines += at_rest(bench.stack, service, "on a small database")
        size = image_size(service)
        shown = f"{size:.0f} MB" if size else "not measured: none is here"
        line = Line("9", f"{service}: its image", shown, "", "", "")
        if size:
            line.judge(size, at_most=120, unit=" MB")
        lines.append(line)
    past = Stack(bench.stack.binaries, bench.subdirectory("past"))
    past.internal["identity"] = bench.stack.internal["identity"]
    for service, make, rows in (
            ("catalog", large.catalog, "sessions"), ("booking", large.booking, "past bookings")):
        large.copy(make(past), past.directory / f"{service}.db")
        past.start(service)
        lines += at_rest(past, service, f"with 1,000,000 {rows}")
        past.stop(service)
    return lines


def at_rest(stack, service, database):
    starts = []
    for _ in range(5):
        stack.stop(service)
        starts.append(stack.start(service))
    memory = stack.processes[service].memory() / 1e6
    start = Line("9", f"{service}: start until ready, {database}", spread(starts, " ms"), "", "", "")
    start.judge(median(starts), at_most=150, unit=" ms", rounds=starts)
    rest = Line("9", f"{service}: memory at rest (PSS), {database}", f"{memory:.1f} MB", "", "", "")
    rest.judge(memory, at_most=15, unit=" MB")
    return [start, rest]


def image_size(service):
    """Of the service's image in megabytes; None where docker does not run or has none."""
    found = shutil.which("docker") and subprocess.run(
        ["docker", "image", "inspect", "-f", "{{.Size}}", f"marquee-{service}"], capture_output=True, text=True)
    return int(found.stdout) / 1e6 if found and found.returncode == 0 else None
