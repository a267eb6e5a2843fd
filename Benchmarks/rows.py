"""The rows of the table, one function each: it measures, and returns its lines."""

import json
from pathlib import Path
from statistics import median

import data
from measure import CROWD, interleaved
from references import plain_nginx, plain_proxy
from report import Line, amount, compared, compared_with_processor, detail, each, spread
from stack import Stack, fetch

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
        contenders = {"kept": lambda: self.tools.wrk(url, [catalog]),
                      "fresh": lambda: self.tools.wrk(url, [catalog], fresh=True)}
        there = {name: peer for name, peer in self.peers.items() if isinstance(peer, tuple)}
        for name, (process, target) in there.items():
            contenders[name] = lambda process=process, target=target: self.tools.wrk(target, [process])
        for run in contenders.values():
            run()
        results = self.interleaved(contenders)
        lines = []
        for kind, title in (("kept", "as it is served"), ("fresh", "each answer made anew")):
            work = f"`GET {MOVIES}` direct, 10,000 films, {title}"
            for name in there:
                goal = (2.5, 0.4) if name == "Express" else (None, None)
                lines += compared_with_processor("1", work, results[kind], results[name], name, *goal)
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
        """3: the same through the gateway, and nginx with these bytes in a file, alone and behind another nginx."""
        ours = f"http://{self.stack.gateway}{MOVIES}"
        served = [self.stack.processes[name] for name in ("gateway", "catalog")]
        nginx, static = plain_nginx(self.directory, fetch(ours))
        proxy, proxied = plain_proxy(self.directory, static)
        results = self.interleaved({
            "kept": lambda: self.tools.wrk(ours, served), "fresh": lambda: self.tools.wrk(ours, served, fresh=True),
            "nginx": lambda: self.tools.wrk(static, [nginx]),
            "proxied": lambda: self.tools.wrk(proxied, [proxy, nginx])})
        for process in (proxy, nginx):
            process.stop()
        work = f"`GET {MOVIES}` through the gateway"
        file = "nginx, the same bytes from a file"
        return [
            *compared_with_processor("3", f"{work}, as it is served", results["kept"], results["nginx"], file, 0.5),
            *compared_with_processor("3", f"{work}, as it is served", results["kept"], results["proxied"],
                                     "nginx that asks this nginx, and does nothing else"),
            *compared_with_processor("3", f"{work}, each answer made anew", results["fresh"], results["nginx"], file)]

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
        identity, address = self.stack.processes["identity"], self.stack.public["identity"]

        def verified():
            """More accounts than tokens that are kept, in turn. There is no more to a 404 than to a 200."""
            return self.tools.load("get", address, 16, good=False, processes=[identity], users=10_000,
                                   path="/v1/auth/me")

        results = self.interleaved({
            "grouped": lambda: self.tools.limit("flows", path, "64"),
            "alone": lambda: self.tools.limit("flows", path, "1"),
            "signatures": lambda: self.tools.limit("signatures"), "tokens": verified})
        signatures = results["signatures"]
        return [compared("15", "SQLite and nothing else: book, reserve, confirm, 64 submitters, many to a commit",
                         each(results["grouped"]), each(results["alone"]), "one submitter, a commit each"),
                compared("15", "Ed25519 and nothing else: a token verified", each(signatures, "verify"),
                         each(signatures, "sign"), "signed", unit=" µs"),
                compared("15", "who am I, each token verified: processor time of a request",
                         each(results["tokens"], "cpu"), each(signatures, "verify"), "verified, and nothing else",
                         unit=" µs")]


def rounds_in_detail(results):
    """Processor time and latency of a whole round, and the memory of whom it asks."""
    p50, p99 = (spread([result["rounds"][key] / 1000 for result in results], " ms") for key in ("p50", "p99"))
    memory = spread([result["memory"] / 1e6 for result in results], " MB")
    return f", {spread(each(results, 'cpu'), ' µs')}, p50 {p50}, p99 {p99}, {memory}"
