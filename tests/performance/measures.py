"""What the suite does, measured on a whole running instance."""

import json
import time
from typing import Any

import psycopg

from shared.authz.token import system_actor
from shared.contracts.contacts.events import ContactRegistered
from shared.ids import new_id
from shared.observability.tracing import begin
from shared.persistence.outbox import fact_of
from tests.support.instance import Instance, until
from tests.support.processes import ROOT

LOG = ROOT.parent / "shared" / "data" / "eventlogs" / "receipt.xes.gz"
BUNDLE = ROOT / "services" / "cases" / "bundles" / "receipt-migration.yaml"
RELAYED = 20_000


def replay(suite: Instance, traces: int, clients: int = 8) -> dict[str, Any]:
    """A real log through the gateway: requests per second, end to end, and how long each took."""
    arguments = ["cases", "replay", str(LOG), "--bundle", str(BUNDLE), "--limit", str(traces), "--json"]
    done = suite.tellus(*arguments, "--clients", str(clients), seconds=1_200)
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found["failed"], found["failed"][:3]
    return found


def commit_to_signed(suite: Instance) -> dict[str, float]:
    """From the moment a fact was written to the signature that covers it, over every entry of the log so far."""
    rows = suite.sql(
        "audit",
        """
        SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM c.signed_at - e.recorded_at)),
               count(*)
        FROM entry e
        CROSS JOIN LATERAL (SELECT signed_at FROM checkpoint WHERE size > e.idx ORDER BY size LIMIT 1) c
        """,
    )
    ((p50, p95, p99), count) = rows[0]
    return {"p50": p50, "p95": p95, "p99": p99, "entries": count}


def relay_rate(suite: Instance) -> float:
    """Facts per second from a full outbox to the broker's confirmation, numbering included."""
    actor, trace = system_actor("contacts"), begin("bench").traceparent
    facts = [
        fact_of(
            ContactRegistered(subject=new_id(), subject_version=1, kind="person", fields=("name",)),
            actor=actor.id,
            department="bench",
            traceparent=trace,
        )
        for _ in range(RELAYED)
    ]
    url = suite.secret("contacts_owner_database_url").replace("+psycopg", "")
    before = int(suite.sql("contacts", "SELECT published FROM stream")[0][0])
    with psycopg.connect(url) as connection:
        with connection.cursor().copy("COPY outbox (event_id, routing_key, body) FROM STDIN") as copy:
            for fact in facts:
                copy.write_row((fact.event_id, fact.routing_key, fact.body))
        connection.commit()
    started = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            row = connection.execute("SELECT published FROM stream").fetchone()
            if row and row[0] >= before + RELAYED:
                return RELAYED / (time.perf_counter() - started)
            assert time.perf_counter() - started < 120, "the relay did not publish"
            time.sleep(0.02)


def memory_megabytes(suite: Instance) -> float:
    """PSS of everything that runs, servers included, once it is idle."""
    told = json.loads(suite.tellus("status", "--memory", "--json", check=False).stdout)
    return float(told["memory_bytes"]) / 1024**2


def caught_up(suite: Instance) -> None:
    """Wait until the log holds everything that was told."""

    def whole() -> object:
        told = sum(suite.sql(p, "SELECT numbered FROM stream")[0][0] for p in ("contacts", "cases", "gateway"))
        signed = suite.sql("audit", "SELECT coalesce(max(size), 0) FROM checkpoint")[0][0]
        return signed >= told or f"{signed} of {told} signed"

    until(whole, seconds=300, what="the log did not catch up")
