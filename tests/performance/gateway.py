"""`make bench-gateway`: what the gateway costs and withstands, measured in one run; writes docs/benchmarks-gateway.md.

A busy machine makes every figure worse and none better: each load is repeated, and the best of its runs counts.
"""

import sys
from collections.abc import Iterator

from tests.performance import deciding, floors, gateway_vectors, revocation, slow_clients
from tests.performance.figures import Figure, publish, running, step
from tests.performance.reading import Load, Reader, bare
from tests.support.framing_vectors import VECTORS
from tests.support.instance import Instance
from tests.support.processes import ROOT

RESULTS = ROOT / "docs" / "benchmarks-gateway.md"
CLIENTS, SECONDS = 16, 4.0
FEWEST_RUNS, MOST_RUNS, QUIET = 3, 12, 0.1
"""A load is repeated until other work took no more than this share of the machine from one of its runs."""
DECIDING_RUNS = 8
WORTH_NAMING = 0.05
"""Milliseconds for one answer below which a process is not named."""
NOTES = (
    f"Each load runs for {SECONDS:g} s with {CLIENTS} connections kept alive, {FEWEST_RUNS} to {MOST_RUNS} times, until "
    "the machine was nearly free of other work; the best run counts, and the CPU of a run is taken until every access "
    "is in the signed log. An address is one of 200 contacts, read by five people. The client's own CPU is not in the "
    "sums. The floors are what the bare parts do in the same run."
)


def main() -> int:
    """Measure everything; answers with 1 where a bound was missed."""
    figures = [*edge(), *slow_clients.measure()]
    with running("bench-gateway", 19_400) as suite:
        figures += measure(suite)
    return publish(figures, RESULTS, title="Benchmarks of the gateway", command="make bench-gateway", notes=NOTES)


def edge() -> Iterator[Figure]:
    """Whether every hostile request has its one outcome."""
    with step("framing"):
        missed = gateway_vectors.main()
    yield Figure(f"Hostile framings sent: {len(VECTORS)}; with another outcome", missed, "", 0, most=True)


def measure(suite: Instance) -> Iterator[Figure]:
    """Floors first, then ours, on the same machine in the same run."""
    with step("floors"):
        answers, microseconds = bare(suite.base_port + 99, clients=CLIENTS, seconds=3)
        yield Figure("Floor: the same server with nothing behind it", answers, "answers/s")
        yield Figure("Floor: its CPU for an answer", microseconds, "us")
        yield Figure("Floor: PostgreSQL, insert and commit, one client", floors.commits_per_second(suite), "per s")
        yield Figure("Floor: RabbitMQ quorum queue, 200 confirms in flight", floors.confirms_per_second(suite), "per s")
    with step("decisions"):
        took = min(deciding.microseconds() for _ in range(DECIDING_RUNS))
        yield Figure(f"A decision under {deciding.POLICIES} policies, p50", took, "us", 200, most=True)
    reader = Reader.of(suite)
    with step("who am I"):
        yield from _own(reader, ["/v1/me"], "GET /v1/me", 500)
    with step("contacts"):
        yield from _contacts(reader)
    yield from revocation.figures(suite)


def _runs(reader: Reader, paths: list[str]) -> list[Load]:
    runs: list[Load] = []
    while len(runs) < FEWEST_RUNS or (len(runs) < MOST_RUNS and min(run.elsewhere for run in runs) > QUIET):
        runs.append(reader.load(paths, clients=CLIENTS, seconds=SECONDS))
    return runs


def _own(reader: Reader, paths: list[str], name: str, bound: float) -> Iterator[Figure]:
    runs = _runs(reader, paths)
    yield Figure(f"{name}, answers", max(run.per_second for run in runs), "answers/s")
    own = min(run.milliseconds["gateway"] for run in runs) * 1000
    yield Figure(f"{name}, the gateway's own CPU", own, "us", bound, most=True)


def _contacts(reader: Reader) -> Iterator[Figure]:
    paths = reader.register()
    runs = _runs(reader, paths)
    best = max(runs, key=lambda run: run.per_second)
    name = "GET /v1/contacts/{id}"
    yield Figure(f"{name}, access committed", best.per_second, "answers/s", 300)
    yield Figure(f"{name}, p50", best.p50, "ms")
    yield Figure(f"{name}, p95", best.p95, "ms", 80, most=True)
    yield Figure("Share of the machine that other work took from that run", best.elsewhere * 100, "%")
    own = min(run.milliseconds["gateway"] for run in runs) * 1000
    yield Figure(f"{name}, the gateway's own CPU", own, "us", 1_600, most=True)
    yield from _spent(min(runs, key=lambda run: run.total))


def _spent(run: Load) -> Iterator[Figure]:
    yield Figure("CPU for one answer, all processes", run.total, "ms", 6.6, most=True)
    by_cost = sorted(run.milliseconds.items(), key=lambda pair: -pair[1])
    named = [(process, spent) for process, spent in by_cost if spent >= WORTH_NAMING]
    for process, spent in named:
        yield Figure(f"CPU for one answer, {process}", spent, "ms")
    yield Figure("CPU for one answer, everything else", run.total - sum(spent for _, spent in named), "ms")
    yield Figure("CPU for one answer, the load client (not in the sum)", run.client, "ms")


if __name__ == "__main__":
    sys.exit(main())
