"""`python -m tests.performance.slow_clients`: do thousands of slow and silent connections hurt anybody else?"""

import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from rich.table import Table

from tests.performance.figures import Figure, console, step
from tests.support.edge_process import EdgeProcess, edge_process
from tests.support.slow import KINDS, Attack, counts, slow_connections

CONNECTIONS: Final = 3_000
QUIET_SECONDS: Final = 5.0
SECONDS: Final = 30.0
OPENING_SECONDS: Final = 60.0
BEFORE_THE_NEXT: Final = 0.01
P95_MILLISECONDS: Final = 80.0
Attackers = subprocess.Popen[str]


def main() -> int:
    """Measure; answers with 1 where somebody was hurt."""
    figures = list(measure())
    table = Table("figure", "measured", "bound", "")
    for figure in figures:
        table.add_row(*figure.cells())
    console.print(table)
    return 0 if all(figure.kept is not False for figure in figures) else 1


def measure(connections: int = CONNECTIONS, seconds: float = SECONDS) -> Iterator[Figure]:
    """A normal client beside that many slow connections, and without them; all of a gateway's settings as they come."""
    with TemporaryDirectory() as folder, edge_process(Path(folder), connections=8_192) as gateway:
        with step("without slow connections"):
            before = Normal(gateway).ask_for(QUIET_SECONDS)
        with slow_connections(Attack(gateway.port, gateway.token, connections)) as attackers:
            with step(f"opening {connections:,} slow connections"):
                opened(attackers, connections)
            with step("a normal client beside them"):
                during = Normal(gateway).ask_for(seconds)
            found = meanwhile(attackers, seconds)
    held = statistics.median(count["open"] for count in found)
    yield Figure("Slow or silent connections, reopened when closed: open at a time", held, "", connections * 0.9)
    for name, asked in (("alone", before), ("beside them", during)):
        bounded = asked is during
        yield Figure(f"Requests of a normal client {name}", len(asked.seconds), "")
        yield Figure(f"of these, failed, {name}", asked.failed, "", 0 if bounded else None, most=True)
        yield Figure(f"p50 {name}", statistics.median(asked.seconds) * 1000, "ms")
        bound = P95_MILLISECONDS if bounded else None
        yield Figure(f"p95 {name}", p95(asked.seconds) * 1000, "ms", bound, most=True)
    for kind in KINDS:
        ends = ", ".join(
            f"{end.partition(': ')[2]} {many}" for end, many in found[-1].items() if end.startswith(f"{kind}:")
        )
        console.print(f"{kind}: {ends or 'none ended'}")


class Normal:
    """Somebody who asks for what they need: reads and writes, on a connection kept alive and on new ones."""

    def __init__(self, gateway: EdgeProcess) -> None:
        self._gateway = gateway
        self.seconds: list[float] = []
        self.failed = 0

    def ask_for(self, seconds: float) -> "Normal":
        """Keep asking."""
        until = time.perf_counter() + seconds
        headers = {"Authorization": f"Bearer {self._gateway.token}", "Host": "tellus.test"}
        address = f"http://127.0.0.1:{self._gateway.port}"
        with httpx.Client(base_url=address, headers=headers, timeout=10) as kept:
            while time.perf_counter() < until:
                self._ask(kept, "GET", "/v1/me", 200)
                self._ask(kept, "POST", "/v1/contacts", 422, json={})
                with httpx.Client(base_url=address, headers=headers, timeout=10) as fresh:
                    self._ask(fresh, "GET", "/v1/me", 200)
        return self

    def _ask(self, client: httpx.Client, method: str, path: str, status: int, json: object = None) -> None:
        began = time.perf_counter()
        try:
            more = {"Idempotency-Key": "k"} if method == "POST" else {}
            answer = client.request(method, path, json=json, headers=more)
            self.failed += answer.status_code != status
        except httpx.HTTPError:
            self.failed += 1
        self.seconds.append(time.perf_counter() - began)
        time.sleep(BEFORE_THE_NEXT)


def p95(seconds: list[float]) -> float:
    """The time that 95 of 100 kept within."""
    return statistics.quantiles(seconds, n=20)[-1]


def opened(attackers: Attackers, connections: int) -> Counter[str]:
    """Wait until nearly all are open."""
    deadline = time.monotonic() + OPENING_SECONDS
    while (count := counts(attackers))["open"] < connections * 0.95:
        if time.monotonic() > deadline:
            break
    return count


def meanwhile(attackers: Attackers, seconds: float) -> list[Counter[str]]:
    """The counts of the seconds that have passed."""
    return [counts(attackers) for _ in range(int(seconds))]


if __name__ == "__main__":
    sys.exit(main())
