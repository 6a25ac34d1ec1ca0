"""`python -m tests.performance.gateway_vectors`: what becomes of each request that two readers could take differently."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.support.edge_process import EdgeProcess, edge_process
from tests.support.framing_vectors import TOKEN, VECTORS, Vector
from tests.support.raw_http import Connection, Exchange

console = Console(width=130)


def main() -> int:
    """Send every vector; answers with 1 where one has another outcome than it should."""
    table = Table("vector", "RFC", "answered", "then", "why", "")
    missed = 0
    with TemporaryDirectory() as folder, edge_process(Path(folder)) as gateway:
        for vector in track(VECTORS, "sending", console=console, transient=True):
            got = send(gateway, vector)
            as_due = [answer.status for answer in got.answers] == list(vector.answers) and got.closed == vector.closed
            missed += not as_due
            table.add_row(*cells(vector, got), "" if as_due else "MISSED")
    console.print(table)
    refused = sum(vector.refused for vector in VECTORS)
    console.print(f"{len(VECTORS)} vectors: {refused} go no further than the edge, {missed} missed.")
    return 1 if missed else 0


def send(gateway: EdgeProcess, vector: Vector) -> Exchange:
    """One vector on a connection of its own."""
    with Connection(gateway.port) as connection:
        return connection.exchange(vector.sent.replace(TOKEN, gateway.token.encode()), expected=len(vector.answers))


def cells(vector: Vector, got: Exchange) -> tuple[str, ...]:
    """As a row."""
    answered = " ".join(str(answer.status) for answer in got.answers) or "nothing"
    return vector.name, vector.rfc, answered, "closed" if got.closed else "open", vector.why


if __name__ == "__main__":
    sys.exit(main())
