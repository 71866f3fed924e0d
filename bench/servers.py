"""Programs that are started, asked, watched and ended; and the load on them."""

import http.client
import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class Load:
    """What a run of wrk found; times in milliseconds, CPU in microseconds a request."""

    rate: float
    p50: float
    p99: float
    slowest: float
    cpu: float


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """A program that answers at an address of its own; a context manager."""

    def __init__(self, command, environment, folder, path):
        self.address = f"127.0.0.1:{free_port()}"
        command = [part.replace("ADDRESS", self.address) for part in command]
        environment = {name: value.replace("ADDRESS", self.address) for name, value in environment.items()}
        self.log = open(folder / "server.log", "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=self.log, stderr=self.log
        )
        self.wait_for(path)
        self.start_seconds = time.monotonic() - begun

    def wait_for(self, path):
        """Until it answers at a path, be it with an error."""
        for _ in range(60_000):
            if self.process.poll() is not None:
                raise SystemExit(f"a server ended: see {self.log.name}")
            try:
                self.get(path)
                return
            except OSError:
                time.sleep(0.002)
        raise SystemExit("a server does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def get(self, path, headers={}):
        host, port = self.address.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def json(self, path):
        answer, body = self.get(path)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:200]}")
        return json.loads(body)

    def cpu_seconds(self):
        """User and system time of the process so far, also of threads that have ended. To the nanosecond,
        by its clock (clock_getcpuclockid(3)): the ticks of /proc are too coarse for short runs."""
        return time.clock_gettime_ns((~self.process.pid << 3) | 2) / 1e9

    def memory(self, field):
        """VmRSS or VmHWM of the process, in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
        return 0.0

    def load(self, script, seconds, connections=64, **environment):
        """wrk with a script of this folder."""
        environment = {name: str(value) for name, value in environment.items()}
        before = self.cpu_seconds()
        said = subprocess.run(
            ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
             "-s", str(HERE / script), f"http://{self.address}"],
            env={**os.environ, **environment}, capture_output=True, text=True, check=True,
        ).stdout
        cpu = self.cpu_seconds() - before
        measured = next(line for line in said.splitlines() if line.startswith("measured"))
        requests, rate, p50, p99, slowest, errors = map(float, measured.split()[1:])
        if errors:
            raise SystemExit(f"{errors:.0f} of {requests:.0f} requests failed: see {self.log.name}")
        return Load(rate, p50, p99, slowest, cpu / max(requests, 1) * 1e6)
