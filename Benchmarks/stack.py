"""Starts and stops what is measured: our four services and their gateway."""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SERVICES = ("identity", "catalog", "booking", "analytics")
STARTED = []


def note(text):
    print(text, file=sys.stderr)


def fail(text):
    raise SystemExit(f"make bench: {text}")


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % probe.getsockname()[1]


def fetch(url, token=None, body=None):
    """The body of a successful answer; raises for any other."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def of_process(pid, name):
    """The lines of that file about it; none where it has just ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return []


class Process:
    """A program and whatever it starts, in a process group of its own."""

    def __init__(self, name, command, log, environment=None):
        self.name, self.log = name, log
        # Should this script be killed, the kernel ends what it started.
        self.popen = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *map(str, command)], start_new_session=True,
            env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=open(log, "ab"),
            stderr=subprocess.STDOUT)
        STARTED.append(self)

    def await_url(self, url, seconds=30):
        """Milliseconds until it answers 200 there."""
        start = time.monotonic()
        while True:
            try:
                fetch(url)
                return (time.monotonic() - start) * 1000
            except (urllib.error.URLError, ConnectionError):
                if self.popen.poll() is not None or time.monotonic() - start > seconds:
                    fail(f"{self.name} does not answer at {url}; see {self.log}")
                time.sleep(0.002)

    def members(self):
        """The process ids of its group."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == self.popen.pid:
                found.append(entry.name)
        return found

    def processor_seconds(self):
        """User and system time of all its processes so far, to the nanosecond: the clock of another process has the
        number that clock_getcpuclockid(3) makes of its id."""
        total = 0
        for pid in self.members():
            with contextlib.suppress(OSError):
                total += time.clock_gettime(~int(pid) << 3 | 2)
        return total

    def memory(self):
        """Proportional set size of all its processes, in bytes."""
        total = 0
        for pid in self.members():
            for line in of_process(pid, "smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def forget_peak(self):
        """`peak` counts from now on (proc(5), clear_refs)."""
        for pid in self.members():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self):
        """The most memory that it has had at once, in bytes: resident set sizes of its processes."""
        total = 0
        for pid in self.members():
            for line in of_process(pid, "status"):
                if line.startswith("VmHWM:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        """Ends the whole group: `go run`, for one, leaves its child behind."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, number)
            deadline = time.monotonic() + 15
            while self.members() and time.monotonic() < deadline:
                self.popen.poll()
                time.sleep(0.02)
        if self in STARTED:
            STARTED.remove(self)


@atexit.register
def stop_all():
    for process in reversed(list(STARTED)):
        process.stop()


class Stack:
    """Our services from their release build, each on the database DIRECTORY/<service>.db, behind the gateway."""

    def __init__(self, binaries, directory, **settings):
        self.binaries, self.directory, self.settings = Path(binaries), Path(directory), settings
        self.public = {name: free_address() for name in SERVICES}
        self.internal = {name: free_address() for name in SERVICES}
        self.processes = {}
        self.gateway = free_address()

    def environment(self, service):
        neighbours = {f"{name.upper()}_URL": f"http://{self.internal[name]}" for name in SERVICES}
        return {
            **neighbours, "PUBLIC_ADDRESS": self.public[service], "INTERNAL_ADDRESS": self.internal[service],
            "DATABASE": str(self.directory / f"{service}.db"), "INTERNAL_TOKEN": "benchmarks-on-this-machine-only",
            "HOLD_SECONDS": "600", "LIMITS": "off",
            # As many as the peers have processes.
            **({"LOOPS": "2"} if service == "catalog" and "LOOPS" not in os.environ else {}),
            **self.settings,
        }

    def migrate(self, *services, path=None):
        """Makes the services' databases; with `path`, the service's at that path."""
        for service in services:
            own = {"DATABASE": str(path)} if path else {}
            subprocess.run([self.binaries / service, "migrate"], check=True,
                           env={**os.environ, **self.environment(service), **own})

    def command(self, service, *arguments, path=None):
        """What one of a service's own commands says of its database, or of the one at that path."""
        own = {"DATABASE": str(path)} if path else {}
        return subprocess.run([self.binaries / service, *arguments], capture_output=True, text=True,
                              env={**os.environ, **self.environment(service), **own})

    def start(self, service, under=(), seconds=30):
        """Milliseconds from its start until it is ready; `under` is a command that runs it, such as a profiler's."""
        self.processes[service] = Process(
            service, [*under, self.binaries / service, "serve"], self.directory / f"{service}.log",
            self.environment(service))
        return self.processes[service].await_url(f"http://{self.internal[service]}/readyz", seconds)

    def stop(self, service):
        self.processes.pop(service).stop()

    def start_gateway(self):
        directory = self.directory / "gateway"
        addresses = [self.public[name] for name in SERVICES]
        subprocess.run([CHECKOUT / "Gateway/configure.sh", directory, self.gateway, *addresses], check=True,
                       env={**os.environ, "LIMITS": "off"})
        gateway = Process("gateway", ["nginx", "-e", "stderr", "-p", directory, "-c", "nginx.conf"],
                          self.directory / "gateway.log")
        gateway.await_url(f"http://{self.gateway}/healthz")
        self.processes["gateway"] = gateway
