"""`make bench`: measures the suite against the bare parts, in one run, and writes docs/benchmarks.md."""

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from shared.clock import now
from tests.performance import floors, measures
from tests.support.instance import Instance
from tests.support.processes import ROOT

RESULTS = ROOT / "docs" / "benchmarks.md"
TRACES = 500
IDLE_SECONDS = 20
console = Console(width=110)


@dataclass(frozen=True)
class Figure:
    """One measured figure, and the bound it should keep."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    most: bool = False
    """Whether the bound is an upper one."""

    @property
    def kept(self) -> bool | None:
        """Whether the bound was kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.most else self.value >= self.bound

    def cells(self) -> tuple[str, str, str, str]:
        """As a row."""
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.2f}"
        bound = "" if self.bound is None else f"{'at most' if self.most else 'at least'} {self.bound:g}"
        return self.name, f"{number} {self.unit}", bound, {None: "", True: "kept", False: "MISSED"}[self.kept]


def main() -> int:
    """Measure everything; answers with 1 where a bound was missed."""
    if not measures.LOG.exists():
        console.print("The real event log is not here: nothing to replay.")
        return 1
    with running() as suite:
        figures = list(measure(suite))
    table = Table("figure", "measured", "bound", "")
    for figure in figures:
        table.add_row(*figure.cells())
    console.print(table)
    RESULTS.write_text(report(figures), encoding="utf-8")
    return 0 if all(figure.kept is not False for figure in figures) else 1


def measure(suite: Instance) -> Iterator[Figure]:
    """Floors first, then ours, on the same machine in the same run."""
    with step("idle"):
        time.sleep(IDLE_SECONDS)
        yield Figure("Idle suite, servers included (PSS)", measures.memory_megabytes(suite), "MB", 1_500, most=True)
    with step("floors"):
        yield Figure("Floor: PostgreSQL, insert and commit, one client", floors.commits_per_second(suite), "per s")
        yield Figure("Floor: RabbitMQ quorum queue, 200 confirms in flight", floors.confirms_per_second(suite), "per s")
    with step("replay, 8 clients"):
        found = measures.replay(suite, TRACES)
        yield Figure("Replay through the gateway, 8 clients", found["requests_per_second"], "requests/s", 150)
        yield Figure("Replay, p50", found["p50_ms"], "ms")
        yield Figure("Replay, p95", found["p95_ms"], "ms", 80, most=True)
        yield Figure("Replay, p99", found["p99_ms"], "ms")
    with step("commit to signature"):
        measures.caught_up(suite)
        signed = measures.commit_to_signed(suite)
        yield Figure("Commit to signed checkpoint, p50", signed["p50"], "s")
        yield Figure("Commit to signed checkpoint, p99", signed["p99"], "s", 2, most=True)
        yield Figure("Entries behind those two figures", signed["entries"], "entries")
    with step("relay"):
        yield Figure("Relay, full outbox to confirmed", measures.relay_rate(suite), "events/s", 2_000)


def report(figures: list[Figure]) -> str:
    """The figures as a page."""
    rows = "\n".join(f"| {' | '.join(figure.cells())} |" for figure in figures)
    return (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {now():%Y-%m-%d}: {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load average at the end {os.getloadavg()[0]:.1f}. Load client, servers and suite share the machine.\n"
        "The floors are what the bare parts do in the same run.\n\n"
        "| figure | measured | bound | |\n|---|---|---|---|\n"
        f"{rows}\n"
    )


@contextmanager
def running() -> Iterator[Instance]:
    """A suite of our own, gone afterwards."""
    suite = Instance.named("bench", 31_000)
    with step("suite up"):
        suite.tellus("up")
    try:
        yield suite
    finally:
        suite.tellus("down", "--forget")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being measured."""
    with console.status(name):
        started = time.perf_counter()
        yield
    console.print(f"{name}: {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
