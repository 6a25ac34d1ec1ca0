"""An export is what its owner could read page by page: in order, masked alike, on record, and only while they may."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.gateway.files.desk import Desk
from services.gateway.files.scanning import NoScanner
from services.gateway.identity.standing import Registered, Standing
from services.gateway.jobs.working import Workshop
from services.gateway.minting import Mint
from shared.authz.token import Signer, Verifier
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.contracts.base import Request
from shared.contracts.cases.rpc import ListCases
from shared.contracts.gateway.events import DataAccessed
from shared.contracts.gateway.jobs import AdvanceJob, FinishJob, TakeJob
from shared.errors import Conflict, Forbidden, Unavailable
from shared.storage.blobs import Blobs
from shared.storage.folder import FolderShelf
from shared.storage.keys import StorageKeys
from shared.storage.staging import Staging
from shared.storage.threads import Threads
from tests.support.actors import staff
from tests.support.gateway import _SIGNING_KEY, MemoryOwners, MemoryRecord, MemoryStandings

JOB, OWNER = uuid4(), staff("team_lead")
SCOPES = ("cases_read", "contacts_read")
PAGES: list[list[dict[str, Any]]] = [
    [{"id": str(uuid4()), "contact_id": None, "state": "received", "hidden": ["contact_id"]} for _ in range(3)]
] * 3


@dataclass
class Suite:
    """A directory with one job, and cases in three pages."""

    said: list[Request[Any]] = field(default_factory=list)
    on: dict[type[Request[Any]], Callable[[Any], Any]] = field(default_factory=dict)
    taken: bool = False
    owner: Actor = OWNER

    def answer(self, request: Request[Any]) -> Any:
        self.said.append(request)
        if type(request) in self.on:
            return self.on[type(request)](request)
        if isinstance(request, TakeJob):
            self.taken, first = True, not self.taken
            owner = self.owner.model_dump(mode="json")
            return {"id": str(JOB), "owner": owner, "request": '{"open":true}'} if first else {"id": None}
        if isinstance(request, ListCases):
            number = int(request.cursor or 0)
            return {"items": PAGES[number], "next": str(number + 1) if number + 1 < len(PAGES) else None}
        return {}

    def of(self, kind: type[Request[Any]]) -> list[Any]:
        return [request for request in self.said if isinstance(request, kind)]


@dataclass
class Workbench:
    folder: Path
    suite: Suite = field(default_factory=Suite)
    record: MemoryRecord = field(default_factory=MemoryRecord)
    standings: MemoryStandings = field(default_factory=MemoryStandings)
    calls: list[Any] = field(default_factory=list)

    def desk(self) -> Desk:
        keys = StorageKeys.from_text(json.dumps({"current": "a", "keys": {"a": "A" * 43}}))
        blobs = Blobs(FolderShelf(self.folder / "kept"), keys)
        staging = Staging(self.folder / "arriving", keys)
        return Desk(staging, blobs, NoScanner(), Threads(1), 10**6, 60, 60)

    def work(self, *, desk: bool = True) -> bool:
        signer = Signer("gateway", _SIGNING_KEY)
        owners = MemoryOwners(self.suite.answer)
        at = self.desk() if desk else None
        self.calls = owners.asked
        shop = Workshop(at, owners, Mint(signer), signer, self.standings, self.record)
        return asyncio.run(shop.work())


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def test_an_export_holds_every_line_that_its_owner_could_read(bench: Workbench) -> None:
    assert bench.work()
    (done,) = bench.suite.of(FinishJob)
    assert (done.items, done.error) == (9, None)
    blob = bench.desk().blobs.open(done.content)
    lines = b"".join(blob.read()).splitlines()
    assert [json.loads(line) for line in lines] == [item for page in PAGES for item in page]
    assert all(request.open is True for request in bench.suite.of(ListCases))


def test_each_page_is_on_record_before_it_counts(bench: Workbench) -> None:
    bench.work()
    told = [event for event in bench.record.events if isinstance(event, DataAccessed)]
    assert [set(event.subjects) for event in told] == [{UUID(item["id"]) for item in page} for page in PAGES]
    assert {event.operation for event in told} == {"list_cases"}
    assert [request.items for request in bench.suite.of(AdvanceJob)] == [3, 6, 9]


def test_what_cannot_be_recorded_is_not_brought(bench: Workbench) -> None:
    bench.record.away = True
    bench.work()
    assert bench.suite.of(FinishJob) == [], "its lease ends, and somebody begins it anew"
    assert list((bench.folder / "kept").rglob("*.body")) == []


def test_whoever_left_meanwhile_gets_nothing(bench: Workbench) -> None:
    def leave(_: Any) -> Any:
        bench.standings.known[OWNER.id] = Standing(active=False)
        return {"items": PAGES[0], "next": "1"}

    bench.suite.on[ListCases] = leave
    bench.work()
    (failed,) = bench.suite.of(FinishJob)
    assert (failed.error, failed.content) == ("not_allowed_now", None)


def test_a_refusal_of_the_owner_ends_the_job_with_its_reason(bench: Workbench) -> None:
    def refuse(_: Any) -> Any:
        raise Forbidden(code="policy")

    bench.suite.on[ListCases] = refuse
    bench.work()
    assert bench.suite.of(FinishJob)[0].error == "policy"


def test_a_job_that_was_cancelled_is_left_alone(bench: Workbench) -> None:
    def gone(_: Any) -> Any:
        raise Conflict(code="job.over")

    bench.suite.on[AdvanceJob] = gone
    assert bench.work()
    assert bench.suite.of(FinishJob) == []


def test_an_owner_that_is_away_ends_nothing(bench: Workbench) -> None:
    def away(_: Any) -> Any:
        raise Unavailable

    bench.suite.on[ListCases] = away
    assert bench.work()
    assert bench.suite.of(FinishJob) == []


def test_nothing_to_do_is_nothing_done(bench: Workbench) -> None:
    bench.suite.taken = True
    assert not bench.work()


def test_a_gateway_without_a_place_for_files_says_so(bench: Workbench) -> None:
    bench.work(desk=False)
    assert bench.suite.of(FinishJob)[0].error == "no_place"


SYSTEM = OWNER.model_copy(update={"id": uuid4(), "kind": Kind.SYSTEM, "scopes": SCOPES, "on_behalf_of": OWNER.id})


@pytest.mark.parametrize(
    ("owner", "whose", "then"),
    [
        (OWNER, OWNER, Standing(roles=("agent",), department=OWNER.department)),
        (SYSTEM, SYSTEM, Standing(active=False)),
        (SYSTEM, OWNER, Standing(active=False)),
        (SYSTEM, OWNER, Standing(roles=("agent",), department=OWNER.department)),
    ],
    ids=["other roles", "the system was stopped", "its user left", "its user has other roles"],
)
def test_whoever_stands_otherwise_meanwhile_gets_nothing(
    bench: Workbench, owner: Actor, whose: Actor, then: Standing
) -> None:
    def change(_: Any) -> Any:
        bench.standings.known[whose.id] = then
        return {"items": PAGES[0], "next": "1"}

    bench.suite.owner, bench.suite.on[ListCases] = owner, change
    bench.standings.known[OWNER.id] = Standing(roles=("team_lead",), department=OWNER.department)
    bench.work()
    assert len(bench.suite.of(ListCases)) == 1
    assert [done.error for done in bench.suite.of(FinishJob)] == ["not_allowed_now"]


def test_whoever_moved_before_it_began_gets_nothing(bench: Workbench) -> None:
    bench.standings.known[OWNER.id] = Standing(department="city.parks")
    bench.work()
    assert bench.suite.of(ListCases) == []
    assert bench.suite.of(FinishJob)[0].error == "not_allowed_now"


def test_a_system_asks_with_the_walls_of_its_user_and_the_scopes_it_has_left(bench: Workbench) -> None:
    wall = Grant(kind=GrantKind.EXCLUDED, resource=uuid4())
    until = datetime.now(UTC) + timedelta(days=1)
    bench.suite.owner = SYSTEM
    bench.standings.known[SYSTEM.id] = Standing(registered=Registered(SCOPES[:1], "service_delivery", until))
    bench.standings.known[OWNER.id] = Standing(grants=(wall,))
    bench.work()
    asked = [call for call in bench.calls if isinstance(call.request, ListCases)]
    assert asked
    for call in asked:
        acts = acting(call.token)
        assert (acts.grants, acts.scopes, acts.on_behalf_of) == ((wall,), SCOPES[:1], OWNER.id)


def acting(token: str) -> Actor:
    """Whom the owner of cases was told that it serves."""
    key = json.loads(_SIGNING_KEY)
    return Verifier({"keys": [{name: value for name, value in key.items() if name != "d"}]}).verify(token).actor
