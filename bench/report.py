"""The table: printed line by line while it is measured, and written into docs/benchmarks.md."""

import os
import platform
import subprocess
from pathlib import Path

ABOUT = """# Benchmarks

How near Newsline comes to what the machine can do, written by `scripts/bench{options}` on {date}
(commit {commit}). Ratios compare two servers that were loaded in turn, in one run on one machine: `wrk` with 64
connections on the same {cores} cores ({cpu}; Linux {kernel}). The numbers are those of the round in the middle
of {rounds}, by their ratio; each round is {seconds} s for either server. CPU is user and system time of the process for
one request; it is what a busy machine disturbs least.

Nothing is switched off that a user would have on: logging at its default, request ids, metrics, negotiation. "From
memory" is the default; "on SQLite" and "on PostgreSQL" are the same program with `NEWSLINE_CACHE_MIB=0`, so that each
answer is read. The limit of requests at the desk is off where creates are measured (`NEWSLINE_LIMIT_DESK=off`). The bare
servers are `examples/floor`, with handlers as actix-web has them: one answers the same bodies and entity tags from memory,
the other sends the same statements in the same kind of transaction and writes the same JSON.

Data: 30,000 texts of 6 kB (10,000 articles in az, ru, en) with 60,000 quotes{large}, from `newsline bench generate`.
"""


def ratio(one, other):
    return one / other if other else 0.0


class Report:
    def __init__(self):
        self.compared, self.single, self.grown, self.facts = [], [], [], []

    def against(self, group, kind, ours, theirs):
        self.compared.append((group, kind, ours, theirs))
        print(
            f"{group}, {kind}: {ours.rate:,.0f}/s of {theirs.rate:,.0f}/s ({ratio(ours.rate, theirs.rate):.2f}),"
            f" CPU {ours.cpu:.1f} of {theirs.cpu:.1f} µs ({ratio(theirs.cpu, ours.cpu):.2f}),"
            f" p50 {ours.p50:.2f} ms, p99 {ours.p99:.2f} ms, slowest {ours.slowest:.0f} of {theirs.slowest:.0f} ms",
            flush=True,
        )

    def alone(self, group, kind, ours):
        self.single.append((group, kind, ours))
        print(f"{group}, {kind}: {ours.rate:,.0f}/s, CPU {ours.cpu:.1f} µs, p50 {ours.p50:.2f} ms, p99 {ours.p99:.2f} ms", flush=True)

    def growth(self, group, kind, many, few):
        self.grown.append((group, kind, many.p99, few.p99, ratio(many.p99, few.p99), ratio(many.cpu, few.cpu)))
        print(
            f"{group}, {kind}: p99 {many.p99:.2f} ms of 1,000,000, {few.p99:.2f} ms of 10,000"
            f" ({ratio(many.p99, few.p99):.2f}), CPU {many.cpu:.1f} and {few.cpu:.1f} µs", flush=True,
        )

    def depth(self, group, first, far):
        self.grown.append((group, "page 10,000 against page 1, median", far, first, ratio(far, first), None))
        print(f"{group}, page 10,000: {far:.2f} ms, page 1: {first:.2f} ms ({ratio(far, first):.2f})", flush=True)

    def say(self, fact, value):
        self.facts.append((fact, value))
        print(f"{fact}: {value:.2f}", flush=True)

    def finish(self, arguments, seconds):
        print(f"measured in {seconds:.0f} s")
        if not (arguments.quick or arguments.only):
            Path("docs/benchmarks.md").write_text(self.text(arguments))

    def text(self, arguments):
        told = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout.strip()
        cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                    if line.startswith("model name")), platform.machine())
        lines = [ABOUT.format(
            options=" --large" if arguments.large else "", date=told("date", "+%Y-%m-%d"),
            commit=told("git", "rev-parse", "--short", "HEAD"), cores=os.cpu_count(), cpu=cpu,
            kernel=platform.release().split("-")[0], rounds=5, seconds=3,
            large="; for growth 10,000 and 1,000,000 texts of 600 B with as many quotes" if arguments.large else "",
        )]
        lines += ["## Against the bare server", "",
                  "| | requests/s | bare | ratio | CPU, µs | bare | ratio | p50, ms | p99, ms |", "|---|---|---|---|---|---|---|---|---|"]
        for group, kind, ours, theirs in self.compared:
            if group != "creates":
                lines.append(
                    f"| {group}: {kind} | {ours.rate:,.0f} | {theirs.rate:,.0f} | {ratio(ours.rate, theirs.rate):.2f}"
                    f" | {ours.cpu:.1f} | {theirs.cpu:.1f} | {ratio(theirs.cpu, ours.cpu):.2f} | {ours.p50:.2f} | {ours.p99:.2f} |")
        for group, kind, ours in self.single:
            lines.append(f"| {group}: {kind} | {ours.rate:,.0f} | | | {ours.cpu:.1f} | | | {ours.p50:.2f} | {ours.p99:.2f} |")
        lines += ["", "## Creates on SQLite", "",
                  "Articles with one text, 16 at a time, each on disk before it is acknowledged.", "",
                  "| | requests/s | p50, ms | p99, ms | slowest, ms |", "|---|---|---|---|---|"]
        for group, kind, ours, theirs in self.compared:
            if group == "creates":
                for name, load in (("committed in groups (`DATABASE_GROUP=64`, the default)", ours),
                                   ("each committed by itself (`DATABASE_GROUP=1`)", theirs)):
                    lines.append(f"| {name} | {load.rate:,.0f} | {load.p50:.2f} | {load.p99:.2f} | {load.slowest:.0f} |")
                lines.append(f"| ratio | {ratio(ours.rate, theirs.rate):.2f} | | | |")
        if self.grown:
            lines += ["", "## Growing", "", "p99 of 1,000,000 texts against 10,000, uncached; both under the same load.", "",
                      "| | large, ms | small, ms | ratio | CPU ratio |", "|---|---|---|---|---|"]
            for group, kind, many, few, by_time, by_cpu in self.grown:
                lines.append(f"| {group}: {kind} | {many:.2f} | {few:.2f} | {by_time:.2f} | {'' if by_cpu is None else f'{by_cpu:.2f}'} |")
        lines += ["", "## Memory and start", "", "| | |", "|---|---|"]
        lines += [f"| {fact} | {value:.2f} |" for fact, value in self.facts]
        return "\n".join(lines) + "\n"
