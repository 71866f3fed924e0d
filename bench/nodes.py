"""What scripts/bench-nodes measures: who does the work, as nodes, a replica and a pooler come in."""

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
from contextlib import ExitStack
from pathlib import Path

import data
from servers import Server

#: Ticks of /proc in a second.
TICK = os.sysconf("SC_CLK_TCK")

EMAIL, PASSWORD = "bench@example.org", "measured in the evening"
BOUNCER = """[databases]
* = host=127.0.0.1 port={postgres} user=newsline
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 200
"""


def cpu_of_postgres(folder):
    """User and system time of a cluster: of the processes that there are, and of those that ended."""
    first = int((folder / "postmaster.pid").read_text().splitlines()[0])
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, rest = stat.read_text().rsplit(")", 1)
        except OSError:
            continue
        pid, fields = int(head.split()[0]), rest.split()
        if pid == first:
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) == first:
            total += int(fields[11]) + int(fields[12])
    return total / TICK


class Bench:
    def __init__(self, arguments, folder):
        self.newsline = f"{arguments.programs}/newsline"
        self.seconds = arguments.seconds
        self.folder = folder
        self.clusters = Path(os.environ["TEST_POSTGRES_FOLDER"])
        self.url = os.environ["TEST_DATABASE_URL"]
        self.base = data.fill(self.newsline, self.url, folder / "data", arguments.texts, arguments.texts, 6000)
        self.replica = self.run("scripts/postgres", "replica").strip()

    @staticmethod
    def run(*command, **environment):
        said = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
        if said.returncode:
            raise SystemExit(said.stderr)
        return said.stdout

    def serve(self, url=None, **settings):
        environment = self.base.environment(NEWSLINE_LOG="warn", **settings)
        environment["DATABASE_URL"] = url or self.url
        return Server([self.newsline, "serve"], environment, self.folder, "/readyz")

    def measure(self, name, *settings):
        """Loads a node for each of the settings at once; prints a row."""
        with ExitStack() as nodes:
            servers = [nodes.enter_context(self.serve(**each)) for each in settings]
            addresses = data.of_articles(servers[0], data.ARTICLES)
            for server in servers:
                file = data.write(self.folder, "addresses", server, addresses)
            self.load(servers, file, 1)
            before = self.clusters_cpu()
            loads = self.load(servers, file, self.seconds)
            primary, replica = (now - then for now, then in zip(self.clusters_cpu(), before))
        rate = sum(load.rate for load in loads)
        requests = rate * self.seconds
        node = statistics.mean(load.cpu for load in loads)
        slowest = max(load.p99 for load in loads)
        print(
            f"| {name} | {rate:,.0f} | {slowest:.0f} | {node:,.0f} | {primary / requests * 1e6:,.0f} |"
            f" {replica / requests * 1e6:,.0f} |",
            flush=True,
        )

    def clusters_cpu(self):
        return [cpu_of_postgres(self.clusters / name) for name in ("data", "replica")]

    @staticmethod
    def load(servers, file, seconds):
        loads = []
        threads = [
            threading.Thread(
                target=lambda server=server: loads.append(
                    server.load("addresses.lua", seconds, 32 // len(servers), ADDRESSES=file)
                )
            )
            for server in servers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(loads) < len(servers):
            raise SystemExit("a load failed")
        return loads

    def pooler(self, stack):
        """The database's address by way of a PgBouncer, where there is one."""
        if not shutil.which("pgbouncer"):
            return None
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(BOUNCER.format(postgres=os.environ["TEST_POSTGRES_PORT"], port=port))
        # It refuses to be root.
        user = ["-u", os.environ["TEST_POSTGRES_OWNER"]] if os.getuid() == 0 else []
        os.chmod(self.folder, 0o755)
        process = subprocess.Popen(["pgbouncer", "-q", *user, str(settings)], stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        time.sleep(0.5)
        parts = urllib.parse.urlsplit(self.url)
        return parts._replace(netloc=f"newsline@127.0.0.1:{port}").geturl()

    def elsewhere(self, times):
        """How long until a change of one node is read at another, in milliseconds."""
        environment = {
            name: value for name, value in self.base.environment().items() if name != "NEWSLINE_BIND"
        }
        who = ["--email", EMAIL, "--name", "Bench", "--role", "admin"]
        self.run(self.newsline, "user", "create", *who, NEWSLINE_PASSWORD=PASSWORD, **environment)
        replica = {"DATABASE_REPLICA_URLS": self.replica}
        with self.serve(**replica) as one, self.serve(**replica) as other:
            token = send(one, "POST", "/v1/auth/tokens", {"email": EMAIL, "password": PASSWORD})[1]["access_token"]
            took = []
            for nth in range(times):
                site, _ = send(one, "GET", "/v1/desk/site", None, token)
                name = f"Version {nth}"
                send(one, "PATCH", "/v1/desk/site", {"name": name}, token, site.getheader("ETag"))
                written = time.monotonic()
                while other.json("/v1/site")["name"] != name:
                    pass
                took.append((time.monotonic() - written) * 1000)
        return took


def send(server, method, path, body, token=None, etag=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if etag:
        headers["If-Match"] = etag
    host, port = server.address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {answer.status} {said[:200]}")
    return answer, json.loads(said)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=8)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="newsline-bench-"))
    try:
        bench = Bench(arguments, folder)
        uncached = {"NEWSLINE_CACHE_MIB": "0"}
        replica = {**uncached, "DATABASE_REPLICA_URLS": bench.replica}
        print("| an article by slug | req/s | p99, ms | CPU of a node, µs | of the primary, µs | of the replica, µs |")
        print("|---|---:|---:|---:|---:|---:|")
        bench.measure("one node, nothing from memory", uncached)
        with ExitStack() as stack:
            if url := bench.pooler(stack):
                bench.measure("the same behind PgBouncer", {**uncached, "url": url, "NEWSLINE_PG_POOLED": "true"})
        bench.measure("one node and a replica, nothing from memory", replica)
        bench.measure("two nodes and a replica, nothing from memory", replica, replica)
        bench.measure("one node, from memory", {})
        bench.measure("two nodes, from memory", {}, {})
        took = bench.elsewhere(30)
        print(
            f"\nA change of one node is read at another after {statistics.median(took):.0f} ms in the median, "
            f"{max(took):.0f} ms at the most, of {len(took)}."
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
