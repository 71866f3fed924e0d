"""What scripts/bench measures, in its order. Ratios are those of two servers in turn, in one run."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from contextlib import ExitStack
from pathlib import Path

import data
import report
from servers import Server

KEPT = Path("target/bench")
#: Texts, quotes, and bytes of a body. The last two are alike but for their number.
SETS = {"small": (30_000, 60_000, 6000), "few": (10_000, 10_000, 600), "many": (1_000_000, 1_000_000, 600)}
#: One article of the lists, enough for a page of 20 with all that a front page shows.
WITH = "&limit=20&include=topics,quotes"


class Bench:
    def __init__(self, arguments, folder):
        self.newsline = f"{arguments.programs}/newsline"
        self.floor = f"{arguments.programs}/examples/floor"
        self.seconds, self.rounds = (2, 3) if arguments.quick else (3, 5)
        self.folder = folder
        self.report = report.Report()

    # Databases

    def sqlite(self, name):
        folder = KEPT.absolute() / name
        return data.fill(self.newsline, f"sqlite://{folder}/newsline.db", folder, *SETS[name])

    def postgres(self, name):
        server = os.environ["TEST_DATABASE_URL"]
        subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True)
        url = urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl()
        return data.fill(self.newsline, url, self.folder / name, *SETS[name])

    def serve(self, database, **settings):
        environment = database.environment(**settings)
        return Server([self.newsline, "serve"], environment, self.folder, "/healthz")

    def in_turn(self, one, other, of_one, of_other, by="rate", script="addresses.lua", connections=64):
        """Loads two servers in turn, and gives what the round in the middle found, by the ratio of the two:
        a machine that is shared is slow for both of a round or for none. The first one is not counted."""
        found = []
        for round_ in range(self.rounds + 1):
            seconds = self.seconds if round_ else 1
            loads = [
                server.load(script, seconds, connections, RUN=f"{nth}-{round_}", **asked)
                for nth, (server, asked) in enumerate(((one, of_one), (other, of_other)))
            ]
            if round_:
                found.append(loads)
        found.sort(key=lambda loads: getattr(loads[0], by) / getattr(loads[1], by))
        return found[len(found) // 2]

    # What is measured

    def from_memory(self, small):
        """Cached answers against a bare server that has the same bytes in memory."""
        with self.serve(small) as server:
            articles = data.of_articles(server, data.ARTICLES)
            kinds = {
                "an article by slug": (articles, None, False),
                "its 304": (articles, None, True),
                "it with gzip": (articles, "gzip", False),
                "a list of 20": (data.of_lists(data.LISTS, WITH), None, False),
                "a page bundle": (data.of_articles(server, data.LISTS, page=True), None, False),
            }
            for kind, (addresses, coding, known) in kinds.items():
                ours = data.write(self.folder, "ours", server, addresses, coding)
                environment = {"CODING": coding or ""}
                command = [self.floor, "memory", "ADDRESS", f"http://{server.address}", str(data.bare(ours))]
                with Server(command, environment, self.folder, "/") as floor:
                    asked = {"ADDRESSES": ours, **environment, **({"ETAGS": "1"} if known else {})}
                    loads = self.in_turn(server, floor, asked, asked)
                self.report.against("from memory", kind, *loads)
            self.report.say("memory under load, cached, MiB", server.memory("VmHWM"))

    def from_database(self, small, name):
        """Answers that are read each time against a bare server that sends the same statements."""
        with self.serve(small, NEWSLINE_CACHE_MIB="0") as server:
            kinds = {
                "an article by slug": data.of_articles(server, data.ARTICLES),
                "a list of 20": data.of_lists(data.ARTICLES, WITH),
            }
            bundles = data.of_articles(server, data.LISTS, page=True)
            command = [self.floor, "diesel", "ADDRESS", small.url]
            with Server(command, {}, self.folder, "/") as floor:
                self.compare_answers(server, floor, [addresses[0] for addresses in kinds.values()])
                for kind, addresses in kinds.items():
                    asked = {"ADDRESSES": data.write(self.folder, "uncached", server, addresses)}
                    self.report.against(name, kind, *self.in_turn(server, floor, asked, asked))
            asked = {"ADDRESSES": data.write(self.folder, "uncached", server, bundles)}
            self.report.alone(name, "a page bundle", server.load("addresses.lua", self.seconds, **asked))
            self.report.say(f"memory under load, {name}, MiB", server.memory("VmHWM"))

    @staticmethod
    def compare_answers(server, floor, addresses):
        """The bare server says the same, but for the cursors of a page."""
        for address in addresses:
            ours, theirs = server.json(address), floor.json(address)
            ours.pop("page", None)
            if json.dumps(ours) != json.dumps(theirs):
                raise SystemExit(f"{address}: the bare server says something else")

    def creates(self):
        """Durable creates, 16 at a time, with writes committed in groups and each by itself."""
        with ExitStack() as servers:
            both = []
            for group in ("64", "1"):
                folder = self.folder / f"creates-{group}"
                folder.mkdir()
                database = data.Database(f"sqlite://{folder}/newsline.db", folder, "")
                server = self.serve(database, DATABASE_GROUP=group, NEWSLINE_LIMIT_DESK="off")
                servers.enter_context(server)
                both.append((server, {"TOKEN": self.signed_in(database, server)}))
            (grouped, of_grouped), (alone, of_alone) = both
            loads = self.in_turn(grouped, alone, of_grouped, of_alone, script="creates.lua", connections=16)
        self.report.against("creates", "16 at a time, in groups", *loads)

    def signed_in(self, database, server):
        environment = {**os.environ, **database.environment(), "NEWSLINE_PASSWORD": "for-a-measurement-only"}
        environment["NEWSLINE_BIND"] = "127.0.0.1:0"
        person = ["--email", "bench@example.org", "--name", "Bench", "--role", "editor"]
        subprocess.run([self.newsline, "user", "create", *person], env=environment, check=True, capture_output=True)
        signing_in = json.dumps({"email": "bench@example.org", "password": "for-a-measurement-only"})
        asked = subprocess.run(
            ["curl", "-s", f"http://{server.address}/v1/auth/tokens", "-H", "Content-Type: application/json",
             "-d", signing_in], capture_output=True, text=True, check=True)
        return json.loads(asked.stdout)["access_token"]

    def start(self, database, name):
        """From the start of the program to the first 200 of a list."""
        seconds = []
        for _ in range(3):
            begun = time.monotonic()
            with self.serve(database) as server:
                server.json("/v1/articles?lang=en")
                seconds.append(time.monotonic() - begun)
        self.report.say(f"start to the first 200, {name}, s", min(seconds))

    def growth(self, small, large, name):
        """The same questions to few and to very many texts."""
        kinds = {
            "an article by slug": lambda server, _: data.of_articles(server, data.ARTICLES),
            "a list of 20": lambda *_: data.of_lists(data.ARTICLES, WITH),
            "a list by a rare topic": lambda *_: [
                f"{address}&topic=roads" for address in data.of_lists(data.ARTICLES, WITH)],
            "a timeline": lambda _, database: [
                f"/v1/sources/{database.source}/quotes?said_before={moment}" for moment in data.moments(data.ARTICLES)],
        }
        settings = {"NEWSLINE_CACHE_MIB": "0"}
        with self.serve(small, **settings) as few, self.serve(large, **settings) as many:
            for kind, addresses in kinds.items():
                of_few = {"ADDRESSES": data.write(self.folder, "asked-few", few, addresses(few, small))}
                of_many = {"ADDRESSES": data.write(self.folder, "asked-many", many, addresses(many, large))}
                self.report.growth(name, kind, *self.in_turn(many, few, of_many, of_few, by="p99"))
            self.deep(many, name)

    def deep(self, server, name):
        """Page 1 against page 10,000."""
        first = "/v1/articles?lang=en&limit=20"
        far = first
        for _ in range(9_999):
            cursor = server.json(far + "&fields=id")["page"]["next"]
            far = f"{first}&cursor={cursor}"
        times = {first: [], far: []}
        for _ in range(300):
            for address in times:
                begun = time.perf_counter()
                server.get(address)
                times[address].append((time.perf_counter() - begun) * 1000)
        medians = [statistics.median(times[address]) for address in (first, far)]
        self.report.depth(name, *medians)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--programs", required=True)
    arguments.add_argument("--large", action="store_true")
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", choices=["memory", "database", "creates", "growth"])
    arguments = arguments.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="newsline-bench.") as folder:
        bench = Bench(arguments, Path(folder))
        last = "growth" if arguments.large else "start"
        parts = [arguments.only] if arguments.only else ["memory", "database", "creates", last]
        if "memory" in parts:
            bench.from_memory(bench.sqlite("small"))
        if "database" in parts:
            bench.from_database(bench.sqlite("small"), "on SQLite")
            bench.from_database(bench.postgres("small"), "on PostgreSQL")
        if "creates" in parts:
            bench.creates()
        if "growth" in parts:
            for make, name in ((bench.sqlite, "SQLite"), (bench.postgres, "PostgreSQL")):
                few, many = make("few"), make("many")
                bench.start(many, f"1,000,000 texts on {name}")
                bench.growth(few, many, f"on {name}")
        if "start" in parts:
            bench.start(bench.sqlite("small"), "30,000 texts on SQLite")
        bench.report.finish(arguments, time.monotonic() - begun)


main()
