"""The rows of the table, one function each: it measures, and returns its lines."""

import sqlite3
from pathlib import Path

import data
import past
from floods import overload, sign_in_flood
from flows import flows, track
from measure import interleaved
from references import plain_nginx, plain_proxy
from report import Line, amount, compared, compared_with_processor, detail, each
from stack import fail, fetch

MOVIES = "/v1/movies"


class Bench:
    # They have files of their own.
    flows, track, sign_in_flood, overload = flows, track, sign_in_flood, overload

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

    def limits(self):
        """15: what the machine itself can do: a booking's transactions, a commit for each and for many; Ed25519."""
        path, plain = self.directory / "limits.db", self.directory / "plain.db"
        self.stack.migrate("booking", path=path)
        data.booking(path)
        self.stack.migrate("booking", path=plain)
        database, journal = sqlite3.connect(plain), past.Journal()
        past.on_sale(database, journal, data.now(), first=1)
        past.insert(database, {}, journal)
        past.finish(database)
        identity, address = self.stack.processes["identity"], self.stack.public["identity"]

        def verified():
            """More accounts than tokens that are kept, in turn. There is no more to a 404 than to a 200."""
            return self.tools.load("get", address, 16, good=False, processes=[identity], users=10_000,
                                   path="/v1/auth/me")

        results = self.interleaved({
            "grouped": lambda: self.tools.limit("flows", path, "64"),
            "plain": lambda: self.tools.limit("plain", plain),
            "signatures": lambda: self.tools.limit("signatures"), "tokens": verified})
        audit = self.stack.command("booking", "audit", path=plain)
        if audit.returncode != 0:
            fail(f"what `limits` writes is not what booking does: {audit.stdout[-300:]}{audit.stderr[-300:]}")
        signatures = results["signatures"]
        return [compared("15", "SQLite and nothing else: book, reserve, confirm, 64 submitters, many to a commit",
                         each(results["grouped"]), each(results["plain"]), "one after another, each with its commit"),
                compared("15", "Ed25519 and nothing else: a token verified", each(signatures, "verify"),
                         each(signatures, "sign"), "signed", unit=" µs"),
                compared("15", "who am I, each token verified: processor time of a request",
                         each(results["tokens"], "cpu"), each(signatures, "verify"), "verified, and nothing else",
                         unit=" µs")]
