"""The rows of the table, one function each: it measures, and returns its lines."""

import json
import shutil
import subprocess
from pathlib import Path
from statistics import median

import data
from measure import CROWD, interleaved
from report import Line, amount, compared, compared_with_processor, detail, each
from stack import SERVICES, Stack, fetch, plain_nginx

MOVIES = "/v1/movies"


class Bench:
    def __init__(self, stack, tools, directory, rounds, peers):
        self.stack, self.tools, self.directory, self.rounds, self.peers = stack, tools, Path(directory), rounds, peers

        # How cost grows, where that was measured.
        self.curves = []

    def subdirectory(self, name):
        directory = self.directory / name
        directory.mkdir()
        return directory

    def interleaved(self, contenders):
        return interleaved(self.rounds, contenders)

    def list_direct(self):
        """1, 2: the list of movies, asked of catalog itself."""
        url = f"http://{self.stack.public['catalog']}{MOVIES}"
        catalog = self.stack.processes["catalog"]
        contenders = {"kept": lambda: self.tools.wrk(url, catalog), "fresh": lambda: self.tools.wrk(url, catalog, True)}
        there = {name: peer for name, peer in self.peers.items() if isinstance(peer, tuple)}
        for name, (process, target) in there.items():
            contenders[name] = lambda process=process, target=target: self.tools.wrk(target, process)
        for run in contenders.values():
            run()
        results = self.interleaved(contenders)
        lines = []
        for kind, title in (("kept", "as it is served"), ("fresh", "each answer made anew")):
            work = f"`GET {MOVIES}` direct, 10,000 films, {title}"
            for name in there:
                goal = (2.5, 0.4) if name == "Express" else (None, None)
                lines.append(compared_with_processor("1", work, results[kind], results[name], name, *goal))
            if not there:
                lines.append(Line("1", work, amount(each(results[kind])) + detail(results[kind]), "", "", ""))
            if "Express" in there:
                # Hummingbird's published figures for this work are about 0.65 of Express's.
                hummingbird = [0.65 * result["per_second"] for result in results["Express"]]
                lines.append(compared("2", work, each(results[kind]), hummingbird, "Hummingbird 2, as 0.65 of Express",
                                      at_least=4))
        lines += [Line("1", f"`GET {MOVIES}` direct", "", name, reason, "") for name, reason in self.peers.items()
                  if name not in there]
        return lines

    def list_through_gateway(self):
        """3: the same through the gateway, and nginx with these bytes in a file."""
        ours = f"http://{self.stack.gateway}{MOVIES}"
        static = plain_nginx(self.directory, fetch(ours))
        results = self.interleaved({
            "kept": lambda: self.tools.wrk(ours), "fresh": lambda: self.tools.wrk(ours, fresh=True),
            "nginx": lambda: self.tools.wrk(static)})
        work = f"`GET {MOVIES}` through the gateway"
        kept, fresh, nginx = (each(results[name]) for name in ("kept", "fresh", "nginx"))
        reference = "nginx, the same bytes from a file"
        return [compared("3", f"{work}, as it is served", kept, nginx, reference, at_least=0.5),
                compared("3", f"{work}, each answer made anew", fresh, nginx, reference)]

    def flows(self):
        """4, 5: book, reserve, confirm."""
        bare = self.directory / "flows.db"
        self.stack.migrate("booking", path=bare)
        data.booking(bare)
        direct, gateway = self.stack.public["booking"], self.stack.gateway
        booking, front = self.stack.processes["booking"], self.stack.processes["gateway"]
        results = self.interleaved({
            "direct": lambda: self.tools.load("flow", direct, sessions=1000, processes=[booking]),
            "gateway": lambda: self.tools.load("flow", gateway, sessions=1000, processes=[booking, front]),
            "one": lambda: self.tools.load("flow", direct, CROWD, sessions=1, processes=[booking]),
            "bare": lambda: self.tools.limit("flows", bare, "64")})
        bare = each(results["bare"])
        work = "book → reserve → confirm, 64 clients, 1,000 sessions"
        lines = [compared("4", f"{work}, direct", each(results["direct"]), bare, "bare group-commit loop", 0.4),
                 self.slowest_step("direct", results["direct"]),
                 compared("4", f"{work}, through the gateway", each(results["gateway"]), bare, "bare group-commit loop",
                          0.25),
                 self.slowest_step("through the gateway", results["gateway"]),
                 compared("5", f"the same on one session, {CROWD} clients, direct", each(results["one"]),
                          each(results["direct"]), "row 4, direct", 0.8)]
        for line, name in zip(lines[::2], ("direct", "gateway", "one")):
            line.ours += rounds_in_detail(results[name])
        return lines

    def slowest_step(self, where, results):
        slowest = [max(step["p99"] for step in result["steps"].values()) / 1000 for result in results]
        line = Line("4", f"… p99 of its slowest step, {where}", amount(slowest, " ms"), "",
                    f"{min(slowest):.1f}–{max(slowest):.1f} ms", "")
        line.judge(median(slowest), at_most=50, unit=" ms", rounds=slowest)
        return line

    def track(self):
        """6: one event, durable."""
        bare = self.directory / "events.db"
        self.stack.migrate("analytics", path=bare)
        address, analytics = self.stack.public["analytics"], self.stack.processes["analytics"]
        results = self.interleaved({
            "ours": lambda: self.tools.load("track", address, processes=[analytics]),
            "bare": lambda: self.tools.limit("inserts", bare, "64")})
        line = compared("6", "analytics' track, 64 clients, direct", each(results["ours"]), each(results["bare"]),
                        "bare group-commit loop of the same insert", 0.5)
        line.ours += rounds_in_detail(results["ours"])
        return [line]

    def sign_in_flood(self):
        """7: what a flood of sign-ins at ten times identity's capacity does to the list of movies."""
        account = {"email": "benchmark@example.com", "password": "correct horse battery staple"}
        gateway = self.stack.gateway
        fetch(f"http://{gateway}/v1/auth/signup", body=json.dumps(account).encode())
        capacity = self.tools.load("signin", gateway, 4, **account)["per_second"]

        def latency():
            return self.tools.load("get", gateway, 64, path=MOVIES, rate=1000)["steps"]["get"]

        def under_flood():
            flood = self.tools.begin_load("signin", gateway, 512, rate=int(capacity * 10), **account)
            result = latency()
            answers = self.tools.finish_load(flood, good=False)["steps"]["signin"]
            return {**result, "signed_in": answers["succeeded"], "statuses": answers["statuses"]}

        results = self.interleaved({"alone": latency, "flooded": under_flood})
        accepted = [result["signed_in"] / self.tools.seconds for result in results["flooded"]]
        alone, flooded = ([result["p99"] / 1000 for result in results[name]] for name in ("alone", "flooded"))
        work = f"p99 of the list at 1,000/s while {capacity * 10:,.0f} sign-ins/s come, 10× capacity"
        return [compared("7", work, flooded, alone, "without them", at_most=2, unit=" ms"),
                compared("7", "… sign-ins answered 200 meanwhile", accepted, [capacity] * len(accepted), "capacity")]

    def overload(self):
        """11: what is achieved at one to ten times the capacity, open loop, asked of the services themselves."""
        account = {"email": "overload@example.com", "password": "correct horse battery staple"}
        fetch(f"http://{self.stack.public['identity']}/v1/auth/signup", body=json.dumps(account).encode())
        works = [
            ("book → reserve → confirm, 1,000 sessions", "booking", "flow", 64, {"sessions": 1000}),
            (f"`GET {MOVIES}`, each answer made anew", "catalog", "get", 64, {"path": MOVIES, "fresh": 1}),
            ("sign-in", "identity", "signin", 4, account)]
        return [line for work in works for line in self.overloaded(*work)]

    def overloaded(self, title, service, work, clients, options):
        address, process = self.stack.public[service], self.stack.processes[service]

        def closed():
            return self.tools.load(work, address, clients, **options)["per_second"]

        expected = closed()

        def offered(times):
            rate = int(expected * times)
            process.forget_peak()
            # Counted once the flood has lasted for longer than anybody has patience for.
            running = self.tools.begin_load(work, address, 2000, rate=rate, give_up=1, patience_milliseconds=1000,
                                            warm_up_milliseconds=2000, **options)
            result = self.tools.finish_load(running, good=False)
            wrong = {status for step in result["steps"].values() for status in step["statuses"]}
            wrong -= {"200", "201", "503"}
            silent = sum(step["silent_refusals"] for step in result["steps"].values())
            if wrong or silent or result["unanswered"]:
                fail(f"{title} at {times}×: statuses {wrong}, {silent} refusals without Retry-After, "
                     f"{result['unanswered']} requests without an answer")
            return {**result["rounds"], "per_second": result["per_second"], "peak": process.peak() / 1e6,
                    "refused": max(0, 1 - result["per_second"] / rate)}

        results = self.interleaved(
            {"closed": closed, **{times: lambda times=times: offered(times) for times in (1, 2, 5, 10)}})
        lines = []
        for times in (1, 2, 5, 10):
            line = compared("11", f"{title}, {times}× the capacity offered", each(results[times]), results["closed"],
                            f"capacity, {clients} clients in closed loop", 0.8)
            p50, p99 = (amount([result[key] / 1000 for result in results[times]], " ms") for key in ("p50", "p99"))
            line.ours += (f"; p50 {p50}, p99 {p99} from the intended start; "
                          f"{median(each(results[times], 'refused')):.0%} not served; "
                          f"at most {max(each(results[times], 'peak')):.0f} MB")
            lines.append(line)
        return lines

    def limits(self):
        """15: what the machine itself can do: a booking's transactions, a commit for each and for many; Ed25519."""
        path = self.directory / "limits.db"
        self.stack.migrate("booking", path=path)
        data.booking(path)
        results = self.interleaved({
            "grouped": lambda: self.tools.limit("flows", path, "64"),
            "alone": lambda: self.tools.limit("flows", path, "1"),
            "signatures": lambda: self.tools.limit("signatures")})
        signatures = results["signatures"]
        return [compared("15", "SQLite and nothing else: book, reserve, confirm, 64 submitters, many to a commit",
                         each(results["grouped"]), each(results["alone"]), "one submitter, a commit each"),
                compared("15", "Ed25519 and nothing else: a token verified", each(signatures, "verify"),
                         each(signatures, "sign"), "signed", unit=" µs")]

    def footprint(self):
        """9: start, memory at rest, image."""
        lines = []
        for service in SERVICES:
            starts = []
            for _ in range(5):
                self.stack.stop(service)
                starts.append(self.stack.start(service))
            memory = self.stack.processes[service].memory() / 1e6
            size = image_size(service)
            lines.append(Line(
                "9", f"{service}: start until ready on an existing database; memory at rest (PSS); image",
                f"{amount(starts, ' ms')} ({min(starts):.0f}–{max(starts):.0f}); {memory:.1f} MB; "
                + (f"{size:.0f} MB" if size else "no image here"), "", "", "≤ 150 ms; ≤ 15 MB; ≤ 120 MB",
                median(starts) <= 150 and memory <= 15 and (size or 0) <= 120))
        return lines


def rounds_in_detail(results):
    """Processor time and latency of a whole round, and the memory of whom it asks."""
    p50, p99 = (amount([result["rounds"][key] / 1000 for result in results], " ms") for key in ("p50", "p99"))
    memory = amount([result["memory"] / 1e6 for result in results], " MB")
    return f", {amount(each(results, 'cpu'), ' µs')}, p50 {p50}, p99 {p99}, {memory}"


def image_size(service):
    """Of the service's image in megabytes; None where docker does not run or has none."""
    found = shutil.which("docker") and subprocess.run(
        ["docker", "image", "inspect", "-f", "{{.Size}}", f"marquee-{service}"], capture_output=True, text=True)
    return int(found.stdout) / 1e6 if found and found.returncode == 0 else None
