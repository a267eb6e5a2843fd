"""Starts and stops what is measured: our four services and their gateway, a plain nginx, the peers."""

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
TICKS = os.sysconf("SC_CLK_TCK")
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
        """User and system time of all its processes so far."""
        total = 0
        for pid in self.members():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory(self):
        """Proportional set size of all its processes, in bytes."""
        total = 0
        for pid in self.members():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
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
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
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


def plain_nginx(directory, body):
    """nginx with nothing to do but send one file. Returns the URL of it."""
    directory = Path(directory) / "nginx"
    directory.mkdir()
    (directory / "movies.json").write_bytes(body)
    address = free_address()
    paths = "".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (directory / "nginx.conf").write_text(f"""
daemon off; pid nginx.pid; worker_processes 2; events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; open_file_cache max=10; keepalive_requests 1000000; {paths}
    types {{ application/json json; }}
    server {{ listen {address}; root {directory}; }}
}}
""")
    process = Process("nginx", ["nginx", "-e", "stderr", "-p", directory, "-c", "nginx.conf"], directory / "log")
    url = f"http://{address}/movies.json"
    process.await_url(url)
    return url


def node():
    """A Node that has `node:sqlite`, or None."""
    found = os.environ.get("NODE") or shutil.which("node")
    if not found:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.lstrip("v").split(".")
    return found if [int(part) for part in version[:2]] >= [22, 5] else None


def peers(directory):
    """{name: (process, URL of its list) or the reason why it is not there}, from the folder PEERS_DIR."""
    home = os.environ.get("PEERS_DIR")
    if not home:
        return {name: "PEERS_DIR is not set" for name in ("Express", "FastAPI", "Go")}
    home, data = Path(home), Path(directory) / "peers.db"
    subprocess.run(["python3", home / "make-data.py", data], check=True, stdout=subprocess.DEVNULL)
    found = {}

    def start(name, is_there, command, environment):
        if not is_there:
            found[name] = "not installed"
            return
        address = free_address()
        command = [str(part).replace("PORT", address.split(":")[1]) for part in command]
        process = Process(name, command, Path(directory) / f"{name}.log", environment)
        process.await_url(f"http://{address}/movies", 60)
        found[name] = (process, f"http://{address}/movies")

    start("Express", node() and Path("/usr/share/nodejs/express").is_dir(),
          [node(), home / "express/server.js", "PORT", "2", data],
          {"NODE_ENV": "production", "NODE_PATH": "/usr/share/nodejs"})
    start("FastAPI", shutil.which("uvicorn"),
          ["uvicorn", "app:app", "--app-dir", home / "fastapi", "--port", "PORT", "--workers", "2", "--loop", "uvloop",
           "--http", "httptools", "--log-level", "warning", "--no-access-log"], {"DB": str(data)})
    start("Go", shutil.which("go") and Path("/usr/share/gocode/src/github.com/mattn/go-sqlite3").is_dir(),
          ["go", "run", "-tags", "libsqlite3", home / "go/main.go", "PORT", data],
          {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"})
    return found
