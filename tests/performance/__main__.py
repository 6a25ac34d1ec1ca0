"""`make bench`: measures the suite against the bare parts, in one run, and writes docs/benchmarks.md."""

import sys
import time
from collections.abc import Iterator

from tests.performance import floors, measures
from tests.performance.figures import Figure, console, publish, running, step
from tests.support.instance import Instance
from tests.support.processes import ROOT

RESULTS = ROOT / "docs" / "benchmarks.md"
NOTES = "The floors are what the bare parts do in the same run."
TRACES = 500
IDLE_SECONDS = 20


def main() -> int:
    """Measure everything; answers with 1 where a bound was missed."""
    if not measures.LOG.exists():
        console.print("The real event log is not here: nothing to replay.")
        return 1
    with running("bench", 31_000) as suite:
        figures = list(measure(suite))
    return publish(figures, RESULTS, title="Benchmarks", command="make bench", notes=NOTES)


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


if __name__ == "__main__":
    sys.exit(main())
