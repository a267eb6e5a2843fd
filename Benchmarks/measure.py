"""One measurement each: wrk for reads, our `load` for flows, `limits` for the bare references."""

import json
import os
import subprocess
from pathlib import Path

from stack import fail

# Of 2,048 requests at work, half may be such as begin to book: in closed loop, nobody of so many is refused for that.
CROWD = 1000
HERE = Path(__file__).resolve().parent
# What runs now.
LOADS = []


class Tools:
    def __init__(self, binaries, seed, seconds):
        self.binaries, self.seconds = Path(binaries), seconds
        self.environment = {**os.environ, "SIGNING_SEED": seed}

    def wrk(self, url, processes=(), fresh=False, connections=64, seconds=None, token=None):
        """Answers a second and, of the processes given, processor time an answer in microseconds, and memory."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "-s", HERE / "report.lua"]
        if token:
            command += ["-H", f"Authorization: Bearer {token}"]
        before = processor_seconds(processes)
        result = self.run([*command, url, "--", "fresh" if fresh else "same"])
        if result["failed"] or not result["requests"]:
            fail(f"{result['failed']} of {result['requests']} requests to {url} failed")
        if processes:
            result["cpu"] = (processor_seconds(processes) - before) * 1e6 / result["requests"]
            result["memory"] = sum(process.memory() for process in processes)
        return result

    def load(self, work, address, clients=64, good=True, processes=(), **options):
        """The counts of `load` and, of the processes given, processor time a round in microseconds and memory; with
        `good`, any answer but the expected ones ends the benchmark."""
        before = processor_seconds(processes)
        result = self.finish_load(self.begin_load(work, address, clients, **options), good)
        if processes:
            # Rounds before the counting began have cost as much.
            result["cpu"] = (processor_seconds(processes) - before) * 1e6 / result["started"]
            result["memory"] = sum(process.memory() for process in processes)
        return result

    def begin_load(self, work, address, clients=64, **options):
        options = {"milliseconds": self.seconds * 1000, **options}
        pairs = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]
        command = [self.binaries / "load", work, "--address", address, "--clients", str(clients), *pairs]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment)
        LOADS.append(running)
        return running

    def finish_load(self, running, good=True):
        output, _ = running.communicate()
        LOADS.remove(running)
        if running.returncode != 0:
            fail("load ended early")
        result = json.loads(output)
        if result["error"]:
            fail(f"load: {result['error']}")
        for name, step in result["steps"].items():
            if good and (len(step["statuses"]) != 1 or step["succeeded"] == 0):
                fail(f"{name} was answered with {step['statuses']}")
        return result

    def token(self):
        """A good token of the user 1."""
        command = [self.binaries / "load", "token"]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment).stdout.strip()

    def limit(self, *arguments):
        return self.run([self.binaries / "limits", *arguments, str(self.seconds * 1000)])

    def run(self, command):
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, env=self.environment)
        if done.returncode != 0:
            fail(f"{Path(command[0]).name} ended with status {done.returncode}")
        return json.loads(done.stdout.splitlines()[-1])


def end_loads():
    """Those of a row that did not come to its end."""
    while LOADS:
        running = LOADS.pop()
        running.kill()
        running.communicate()


def processor_seconds(processes):
    return sum(process.processor_seconds() for process in processes)


def interleaved(rounds, contenders):
    """{name: its results, one a round}. Each round begins with another contender, so that what the machine does beside
    falls on all of them alike."""
    results = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            results[name].append(contenders[name]())
    return results
