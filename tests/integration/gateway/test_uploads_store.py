"""Uploads in PostgreSQL: counted without a race, given up without waiting, erased with what they were called."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, text

from services.gateway import application
from services.gateway.adapters.job_tables import job
from services.gateway.adapters.unit_of_work import unit_of_work
from services.gateway.application.uploads.ports import Limits
from services.gateway.domain.upload_errors import TooManyUploads, UploadUnknown
from shared.authz.token import system_actor
from shared.call import Call, new_traceparent
from shared.clock import now
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Request
from shared.contracts.gateway.uploads import (
    AppendUpload,
    CancelUpload,
    CreateUpload,
    ExpireUploads,
    FinishUpload,
    GetUpload,
    ListKeptContent,
    ListUploads,
    ReadUpload,
)
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import staff
from tests.support.servers import FreshDatabase

DIGEST = "9f" * 32
LIMITS = Limits(most_bytes=1_000_000, most_open=3)
ANNOUNCED = CreateUpload(file_name="Siân's plan.pdf", media_type="application/pdf", length=1_000, sha256=DIGEST)


@pytest.fixture
def engine(database: Callable[[str], FreshDatabase]) -> Engine:
    return engine_for(database("gateway").url, pool_size=8)


def do(engine: Engine, actor: Actor, request: Request) -> object:  # type: ignore[type-arg]
    command = new_id() if request.writes else None
    call = Call(actor, request.method, new_traceparent(), command_id=command, fingerprint=b"x")
    limits = {"limits": LIMITS} if isinstance(request, CreateUpload) else {}
    return getattr(application, request.method)(request, unit_of_work=unit_of_work(engine, call), **limits)


def create(engine: Engine, actor: Actor) -> UUID:
    created = do(engine, actor, ANNOUNCED)
    return UUID(str(created.id))  # type: ignore[attr-defined]


def test_however_many_announce_at_once_one_has_only_so_many(engine: Engine) -> None:
    actor, outcomes = staff("agent"), []

    def one() -> None:
        try:
            create(engine, actor)
            outcomes.append("created")
        except TooManyUploads:
            outcomes.append("refused")

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created"] * 3 + ["refused"] * 5


def test_an_upload_is_its_owners_through_all_its_states(engine: Engine) -> None:
    mine, other = staff("agent"), staff("agent")
    id = create(engine, mine)
    do(engine, mine, AppendUpload(upload_id=id))
    do(engine, mine, FinishUpload(upload_id=id, sha256=DIGEST))
    had = do(engine, mine, ReadUpload(upload_id=id))
    assert (had.content, had.file_name) == (DIGEST, "Siân's plan.pdf")  # type: ignore[attr-defined]
    for request in (GetUpload, ReadUpload, CancelUpload, AppendUpload):
        with pytest.raises(UploadUnknown):
            do(engine, other, request(upload_id=id))
    assert do(engine, other, ListUploads()).items == ()  # type: ignore[attr-defined]


def test_a_list_is_paged_and_shows_what_get_shows(engine: Engine) -> None:
    actor = staff("agent")
    ids = [create(engine, actor) for _ in range(3)]
    first = do(engine, actor, ListUploads(limit=2))
    second = do(engine, actor, ListUploads(limit=2, cursor=first.next))  # type: ignore[attr-defined]
    items = [*first.items, *second.items]  # type: ignore[attr-defined]
    assert [item.id for item in items] == ids[::-1]
    assert items == [do(engine, actor, GetUpload(upload_id=id)) for id in ids[::-1]]


def test_what_is_forgotten_is_forgotten_in_the_store(engine: Engine) -> None:
    actor = staff("agent")
    refused, cancelled, kept = (create(engine, actor) for _ in range(3))
    do(engine, actor, FinishUpload(upload_id=refused, sha256=DIGEST, refusal="type_mismatch"))
    do(engine, actor, CancelUpload(upload_id=cancelled))
    do(engine, actor, FinishUpload(upload_id=kept, sha256=DIGEST))
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT id, file_name, sha256, salt FROM upload")).all()
    assert {row.id for row in rows if (row.file_name, row.sha256, row.salt) == (None, None, None)} == {
        refused,
        cancelled,
    }
    system = system_actor("gateway")
    asked = ListKeptContent(content=(DIGEST, "00" * 32))
    assert do(engine, system, asked).content == (DIGEST,)  # type: ignore[attr-defined]
    do(engine, actor, CancelUpload(upload_id=kept))
    assert do(engine, system, asked).content == ()  # type: ignore[attr-defined]


def test_what_somebody_writes_to_at_this_moment_is_not_given_up(engine: Engine) -> None:
    actor, system = staff("agent"), system_actor("gateway")
    busy, idle = create(engine, actor), create(engine, actor)
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM upload WHERE id = :id FOR UPDATE"), {"id": busy})
        expired = do(engine, system, ExpireUploads(idle_since=now() + timedelta(seconds=1)))
    assert expired.ids == (idle,)  # type: ignore[attr-defined]
    assert do(engine, actor, GetUpload(upload_id=busy)).state == "created"  # type: ignore[attr-defined]


def test_traces_of_what_was_forgotten_go_after_a_month(engine: Engine) -> None:
    actor, system = staff("agent"), system_actor("gateway")
    id = create(engine, actor)
    do(engine, actor, CancelUpload(upload_id=id))
    with engine.begin() as connection:
        connection.execute(text("UPDATE upload SET finished_at = now() - interval '31 days'"))
    do(engine, system, ExpireUploads(idle_since=now() - timedelta(days=1)))
    with pytest.raises(UploadUnknown):
        do(engine, actor, GetUpload(upload_id=id))


def test_what_a_job_has_brought_is_kept_as_well(engine: Engine) -> None:
    columns = {
        "id": new_id(), "kind": "cases", "owner": new_id(), "department": "city", "asked_by": "{}", "request": "{}",
        "created_at": now(), "expires_at": now(), "state": "done", "items": 1, "attempts": 1, "content": DIGEST,
        "size": 1, "version": 1,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(job).values(columns))
    asked = ListKeptContent(content=(DIGEST, "00" * 32))
    assert do(engine, system_actor("gateway"), asked).content == (DIGEST,)  # type: ignore[attr-defined]


def test_of_those_who_come_by_one_system_each_has_their_own(engine: Engine) -> None:
    system = staff("citizen").model_copy(update={"kind": Kind.SYSTEM})
    his, hers = (system.model_copy(update={"on_behalf_of": new_id()}) for _ in range(2))
    ids = [create(engine, his) for _ in range(LIMITS.most_open)]
    with pytest.raises(TooManyUploads):
        create(engine, his)
    assert create(engine, hers)
    listed = do(engine, his, ListUploads())
    assert {item.id for item in listed.items} == set(ids)  # type: ignore[attr-defined]
    for request in (GetUpload(upload_id=ids[0]), CancelUpload(upload_id=ids[0]), ReadUpload(upload_id=ids[0])):
        with pytest.raises(UploadUnknown):
            do(engine, hers, request)


def test_a_delegate_keeps_what_they_sent(engine: Engine) -> None:
    delegate = staff("agent")
    id = create(engine, delegate.model_copy(update={"on_behalf_of": new_id()}))
    assert do(engine, delegate, GetUpload(upload_id=id)).id == id  # type: ignore[attr-defined]
