"""The relay forgets only what audit has signed over and the broker has confirmed; answers and inbox rows go by age."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from shared.authz.token import Verifier, system_actor
from shared.contracts.audit.rpc import ListStreams
from shared.contracts.base import Request
from shared.errors import Unavailable
from shared.events import housekeeping
from shared.persistence.driver import open_connection
from shared.rpc.asyncio_client import AsyncRpc
from tests.support.processes import Keys
from tests.support.servers import FreshDatabase

PUBLISHED, NUMBERED = 6, 8
"""Of ten facts, eight have a number and six are with the broker."""


class Audit(AsyncRpc):
    """Audit as the relay meets it: answers with these streams, or not at all."""

    def __init__(self, keys: Keys, *streams: dict[str, Any], answers: bool = True, ready: bool = True) -> None:
        super().__init__("amqp://nowhere", name="test")
        self._verifier = Verifier.from_file(keys.jwks)
        self._streams, self._answers, self._reachable = streams, answers, ready

    @property
    def ready(self) -> bool:
        return self._reachable

    async def call(self, request: Request[Any], *, token: str, **_: Any) -> Any:
        assert isinstance(request, ListStreams)
        assert self._verifier.verify(token).actor.id == system_actor("contacts").id
        if not self._answers:
            raise Unavailable(code="callee_silent")
        return {"items": list(self._streams), "next": None}


@pytest.fixture
def store(database: Callable[[str], FreshDatabase]) -> FreshDatabase:
    """Ten facts, and commands and inbox rows of every age."""
    made = database("contacts")
    with psycopg.connect(plain(made.owner_url)) as connection:
        connection.execute(
            "INSERT INTO outbox (event_id, routing_key, body, sequence) "
            "SELECT gen_random_uuid(), 'contact.registered.v1', '{}', CASE WHEN n <= %s THEN n END "
            "FROM generate_series(1, 10) AS n",
            [NUMBERED],
        )
        connection.execute("UPDATE stream SET epoch = 'now', numbered = %s, published = %s", [NUMBERED, PUBLISHED])
        connection.execute(
            "INSERT INTO command SELECT gen_random_uuid(), age, '', '', now() - age::interval "
            "FROM unnest(ARRAY['1 second', '47 hours', '49 hours', '1 year']) AS age"
        )
        connection.execute(
            "INSERT INTO inbox SELECT age, gen_random_uuid(), now() - age::interval "
            "FROM unnest(ARRAY['1 second', '29 days', '31 days', '1 year']) AS age"
        )
    return made


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def stream(confirmed: int, *, producer: str = "contacts", epoch: str = "now") -> dict[str, Any]:
    return {"producer": producer, "epoch": epoch, "confirmed_sequence": confirmed}


def prune(store: FreshDatabase, keys: Keys, audit: Audit, *, signs: bool = True) -> None:
    """One round of pruning, in chunks of a few rows."""

    async def once() -> None:
        async with await open_connection(store.url) as connection:
            await housekeeping.prune(connection, "contacts", audit, keys.signer("contacts") if signs else None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(housekeeping, "CHUNK", 3)
        asyncio.run(once())


def rows(store: FreshDatabase, query: str) -> list[Any]:
    with psycopg.connect(plain(store.url)) as connection:
        return [row[0] for row in connection.execute(query.encode()).fetchall()]


def left(store: FreshDatabase) -> list[int | None]:
    """The numbers of the facts that are kept; those without a number are None."""
    return rows(store, "SELECT sequence FROM outbox ORDER BY id")


@pytest.mark.parametrize(
    ("confirmed", "kept"),
    [(0, [1, 2, 3, 4, 5, 6, 7, 8]), (4, [5, 6, 7, 8]), (6, [7, 8]), (8, [7, 8]), (2**62, [7, 8])],
)
def test_the_relay_forgets_what_audit_confirmed_and_never_what_is_not_published(
    store: FreshDatabase, keys: Keys, confirmed: int, kept: list[int]
) -> None:
    prune(store, keys, Audit(keys, stream(99, producer="cases"), stream(confirmed)))
    assert left(store) == [*kept, None, None]


@pytest.mark.parametrize(
    ("audit", "signs"),
    [
        ({"answers": False}, True),
        ({"ready": False}, True),
        ({}, False),
    ],
    ids=["audit is silent", "the broker is away", "no key to ask with"],
)
def test_nothing_is_forgotten_while_audit_does_not_answer(
    store: FreshDatabase, keys: Keys, audit: dict[str, bool], signs: bool
) -> None:
    prune(store, keys, Audit(keys, stream(PUBLISHED), **audit), signs=signs)
    assert len(left(store)) == 10


def test_what_audit_says_of_another_stream_or_an_older_epoch_is_not_about_ours(
    store: FreshDatabase, keys: Keys
) -> None:
    prune(store, keys, Audit(keys, stream(PUBLISHED, producer="cases"), stream(PUBLISHED, epoch="before")))
    prune(store, keys, Audit(keys))
    assert len(left(store)) == 10


@pytest.mark.parametrize("answers", [True, False])
def test_answers_and_inbox_rows_go_by_age_whether_or_not_audit_answers(
    store: FreshDatabase, keys: Keys, answers: bool
) -> None:
    prune(store, keys, Audit(keys, stream(PUBLISHED), answers=answers))
    assert rows(store, "SELECT method FROM command ORDER BY recorded_at DESC") == ["1 second", "47 hours"]
    assert rows(store, "SELECT handler FROM inbox ORDER BY received_at DESC") == ["1 second", "29 days"]
