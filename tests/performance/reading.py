"""Reading through the gateway at full load: how many answers, how soon, and what each process spent on one."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import httpx
import psutil

from tests.performance import measures
from tests.performance.processes import cpu_seconds, machine_seconds, pids_of
from tests.support.instance import Instance, until
from tests.support.processes import ROOT

READERS = ("ada-agent", "carl-caseworker", "otto-caseworker", "tess-teamlead", "dana-decision-maker")
CONTACTS = 200


@dataclass(frozen=True)
class Load:
    """One run of the client, and the milliseconds of CPU that each process used for one answer."""

    per_second: float
    p50: float
    p95: float
    milliseconds: dict[str, float]
    client: float
    elsewhere: float
    """The share of the machine that somebody else used meanwhile."""

    @property
    def total(self) -> float:
        """Of all processes, the client not among them."""
        return sum(self.milliseconds.values())


@dataclass(frozen=True)
class Reader:
    """Asks one suite for the same addresses with many connections."""

    suite: Instance
    tokens: Sequence[str]

    @classmethod
    def of(cls, suite: Instance) -> "Reader":
        """Signed in as the people who read contacts all day."""
        return cls(suite, [suite.tellus("token", name).stdout.strip() for name in READERS])

    def register(self, count: int = CONTACTS) -> list[str]:
        """The addresses of so many new contacts."""
        headers = {"authorization": f"Bearer {self.tokens[0]}"}
        paths = []
        with httpx.Client(base_url=f"http://127.0.0.1:{self.suite.base_port}", headers=headers) as http:
            for number in range(count):
                body = {"kind": "person", "name": f"Reader's Person {number}", "email": f"person-{number}@example.org"}
                made = http.post("/v1/contacts", json=body, headers={"idempotency-key": uuid4().hex})
                made.raise_for_status()
                paths.append(made.headers["location"])
        return paths

    def load(self, paths: Sequence[str], *, clients: int, seconds: float) -> Load:
        """Ask for `seconds`, then wait until every access is in the signed log: its cost belongs to the answer."""
        measures.caught_up(self.suite)
        pids = pids_of(self.suite)
        before, machine_before, started = cpu_seconds(pids), machine_seconds(), time.perf_counter()
        asked = {"port": self.suite.base_port, "clients": clients, "seconds": seconds}
        found = keep_asking(asked | {"paths": list(paths), "tokens": list(self.tokens)})
        measures.caught_up(self.suite)
        after, machine_after = cpu_seconds(pids), machine_seconds()
        possible = (time.perf_counter() - started) * (psutil.cpu_count() or 1)
        ours = sum(after.values()) - sum(before.values()) + found["cpu_seconds"]
        answers = found["answers"]
        return Load(
            per_second=found["per_second"],
            p50=found["p50_ms"],
            p95=found["p95_ms"],
            milliseconds={name: (after[name] - before[name]) / answers * 1000 for name in pids},
            client=found["cpu_seconds"] / answers * 1000,
            elsewhere=max(machine_after - machine_before - ours, 0) / possible,
        )


def keep_asking(what: dict[str, object]) -> dict[str, float]:
    """What the client says of its run; fails where any answer was not a 200."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.performance.keep_asking"],
        cwd=ROOT,
        input=json.dumps(what),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["statuses"]) == {"200"}, f"not everybody was answered: {found['statuses']}"
    return dict(found)


def bare(port: int, *, clients: int, seconds: float) -> tuple[float, float]:
    """The same client at the same server with nothing behind it: answers per second, and its microseconds for one."""
    server = subprocess.Popen([sys.executable, "-m", "tests.performance.bare", str(port)], cwd=ROOT)
    try:
        until(lambda: _answers(port), seconds=20, what="the bare server did not start")
        before = cpu_seconds({"bare": server.pid})["bare"]
        asked = {"port": port, "clients": clients, "seconds": seconds, "paths": ["/"], "tokens": ["none"]}
        found = keep_asking(asked)
        used = cpu_seconds({"bare": server.pid})["bare"] - before
    finally:
        server.kill()
        server.wait()
    return found["per_second"], used / found["answers"] * 1e6


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=1).status_code == httpx.codes.OK
    except httpx.TransportError:
        time.sleep(0.1)
        return False
