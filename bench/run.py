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
from pathlib import Path

import data
import report
from servers import Server, best

KEPT = Path("target/bench")
#: One article of the lists, enough for a page of 20 with all that a front page shows.
WITH = "&limit=20&include=topics,quotes"


class Bench:
    def __init__(self, arguments, folder):
        self.newsline = f"{arguments.programs}/newsline"
        self.floor = f"{arguments.programs}/examples/floor"
        self.large = arguments.large
        self.seconds, self.rounds = (2, 2) if arguments.quick else (4, 3)
        self.folder = folder
        self.report = report.Report()

    # Databases

    def sqlite(self, name, texts, quotes):
        folder = KEPT.absolute() / name
        return data.fill(self.newsline, f"sqlite://{folder}/newsline.db", folder, texts, quotes)

    def postgres(self, name, texts, quotes):
        server = os.environ["TEST_DATABASE_URL"]
        subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True)
        url = urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl()
        return data.fill(self.newsline, url, self.folder / name, texts, quotes)

    def serve(self, database, **settings):
        environment = database.environment(**settings)
        return Server([self.newsline, "serve"], environment, self.folder, "/healthz")

    def in_turn(self, one, other, of_one, of_other):
        """Loads two servers in turn; each gets a short run first, which is not counted."""
        ones, others = [], []
        for round_ in range(self.rounds + 1):
            seconds = self.seconds if round_ else 1
            found = one.load("addresses.lua", seconds, **of_one), other.load("addresses.lua", seconds, **of_other)
            if round_:
                ones.append(found[0])
                others.append(found[1])
        return best(ones), best(others)

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
        loads = {}
        for group in ("64", "1"):
            folder = self.folder / f"creates-{group}"
            folder.mkdir()
            database = data.Database(f"sqlite://{folder}/newsline.db", folder, "")
            with self.serve(database, DATABASE_GROUP=group, NEWSLINE_LIMIT_DESK="off") as server:
                token = self.signed_in(database, server)
                loads[group] = [
                    server.load("creates.lua", self.seconds, connections=16, TOKEN=token, RUN=f"{group}-{round_}")
                    for round_ in range(self.rounds)
                ]
        self.report.against("creates", "16 at a time, in groups", best(loads["64"]), best(loads["1"]))

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
                of_few = {"ADDRESSES": data.write(self.folder, "few", few, addresses(few, small))}
                of_many = {"ADDRESSES": data.write(self.folder, "many", many, addresses(many, large))}
                self.report.growth(name, kind, *self.in_turn(many, few, of_many, of_few))
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
    arguments = arguments.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="newsline-bench.") as folder:
        bench = Bench(arguments, Path(folder))
        small = bench.sqlite("small", 30_000, 60_000)
        small_too = bench.postgres("small", 30_000, 60_000)
        bench.from_memory(small)
        bench.from_database(small, "on SQLite")
        bench.from_database(small_too, "on PostgreSQL")
        bench.creates()
        if arguments.large:
            for make, few, name in ((bench.sqlite, small, "SQLite"), (bench.postgres, small_too, "PostgreSQL")):
                large = make("large", 1_000_000, 1_000_000)
                bench.start(large, f"1,000,000 texts on {name}")
                bench.growth(few, large, f"on {name}")
        else:
            bench.start(small, "30,000 texts on SQLite")
        bench.report.finish(arguments, time.monotonic() - begun)


main()
