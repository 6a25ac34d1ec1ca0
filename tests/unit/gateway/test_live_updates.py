"""Live updates: in order, to those who may see at that moment, on record, and never for longer than they may."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
import pytest

from services.gateway.adapters.live_feed import PLACE, _read
from services.gateway.identity.standing import Standing
from services.gateway.streams.following import MOST_WAITING, Follower
from services.gateway.streams.news import News, news_of
from services.gateway.streams.speaking import LiveUpdates
from shared.authz.token import Verifier
from shared.contracts.actor import Actor, Grant, GrantKind
from shared.contracts.base import Request
from shared.contracts.gateway.events import DataAccessed
from shared.contracts.gateway.streams import FollowEvents
from tests.support.gateway import _NOBODY, _SIGNING_KEY, ISSUER, Gateway, MemoryOwners

CASE, OTHER, CONTACT = uuid4(), uuid4(), uuid4()


def envelope(subject: UUID, type: str = "tellus.case.event_taken.v1", **data: Any) -> bytes:
    return orjson.dumps(
        {
            "id": str(uuid4()),
            "type": type,
            "subject": str(subject),
            "subjectversion": 3,
            "time": "2026-11-21T09:40:00.000000Z",
            "data": {"contact_id": str(CONTACT), "outcome": "granted"} | data,
        }
    )


def news(place: int, subject: UUID = CASE, type: str = "tellus.case.event_taken.v1") -> News:
    found = news_of(place, envelope(subject, type))
    assert found is not None
    return found


@dataclass
class MemoryFeed:
    """All the news that a test makes up."""

    told: list[News] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)
    ready: bool = True

    def follow(self, asked: FollowEvents) -> tuple[Follower, int]:
        self.followers.append(Follower(asked))
        return self.followers[-1], self.told[-1].place if self.told else -1

    def leave(self, follower: Follower) -> None:
        self.followers.remove(follower)

    async def since(self, after: int, until: int) -> AsyncIterator[News]:
        for one in self.told:
            if after < one.place <= until:
                yield one

    def tell(self, *found: News) -> None:
        self.told += found
        for follower in self.followers:
            for one in found:
                follower.offer(one)


@dataclass
class Reader:
    """A connection that follows, and what it was sent."""

    gateway: Gateway
    feed: MemoryFeed
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    method: str = "GET"
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def follow(self, roles: tuple[str, ...] = ("caseworker",)) -> None:
        given = {"host": "tellus.test", "authorization": f"Bearer {self.gateway.issuer.token(*roles)}", **self.headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": "/v1/stream",
            "raw_path": b"/v1/stream",
            "root_path": "",
            "query_string": self.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            found = next(asked, None)
            if found is None:
                await asyncio.sleep(3600)
            return found

        async def send(message: Any) -> None:
            self.sent.append(message)

        await self.gateway.app(scope, receive, send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(m.get("body", b"") for m in self.sent[1:]).decode()

    @property
    def places(self) -> list[int]:
        return [int(line[4:]) for line in self.text.splitlines() if line.startswith("id: ")]


def all_visible(request: Request[Any]) -> Any:
    return {"visible": [str(id) for id in request.ids]}  # type: ignore[attr-defined]


def following(
    answer: Callable[[Request[Any]], Any] = all_visible, *, seconds: float = 0.3, each: int = 2, **reader: Any
) -> Reader:
    feed = MemoryFeed()
    speaker = LiveUpdates(feed, most=10, most_each=each, seconds=seconds)
    gateway = Gateway(owners=MemoryOwners(answer), speakers={"live_updates": speaker})
    return Reader(gateway, feed, **reader)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - what is awaited has no event of its own
        await asyncio.sleep(0.005)


async def telling(reader: Reader, *found: News, roles: tuple[str, ...] = ("caseworker",)) -> None:
    follows = asyncio.create_task(reader.follow(roles))
    async with asyncio.timeout(5):
        await until(lambda: bool(reader.feed.followers) or follows.done())
        reader.feed.tell(*found)
        await follows


def test_news_arrive_in_order_as_server_sent_events() -> None:
    reader = following()
    asyncio.run(telling(reader, news(1), news(2, OTHER), news(3)))
    assert reader.status == 200
    assert dict(reader.sent[0]["headers"])[b"content-type"] == b"text/event-stream"
    assert reader.places == [1, 2, 3]
    assert reader.text.startswith("retry: ")
    assert "event: tellus.case.event_taken.v1\n" in reader.text


def test_news_say_that_something_happened_and_not_what_it_held() -> None:
    reader = following()
    asyncio.run(telling(reader, news(1)))
    (line,) = (line for line in reader.text.splitlines() if line.startswith("data: {") and "subject" in line)
    assert set(orjson.loads(line[6:])) == {"id", "type", "subject", "subject_version", "time"}
    assert "granted" not in reader.text
    assert str(CONTACT) not in reader.text


def test_what_the_owner_hides_is_neither_sent_nor_recorded_as_seen() -> None:
    reader = following(lambda _: {"visible": [str(OTHER)]})
    asyncio.run(telling(reader, news(1), news(2, OTHER)))
    assert reader.places == [2]
    (seen,) = (event for event in reader.gateway.record.events if isinstance(event, DataAccessed))
    assert seen.subjects == (OTHER,)
    assert seen.operation == "follow_events"


def test_what_cannot_be_recorded_is_not_sent() -> None:
    reader = following()
    reader.gateway.record.away = True
    asyncio.run(telling(reader, news(1)))
    assert reader.places == []
    assert "event: end" in reader.text


def test_who_comes_back_is_told_what_they_missed_then_what_is_new() -> None:
    reader = following(headers={"last-event-id": "2"})
    reader.feed.told = [news(1), news(2), news(3), news(4)]
    asyncio.run(telling(reader, news(5)))
    assert reader.places == [3, 4, 5]


def test_who_missed_more_than_is_kept_is_told_to_begin_anew() -> None:
    reader = following(headers={"last-event-id": "2"})
    reader.feed.told = [news(7), news(8)]
    asyncio.run(telling(reader))
    assert reader.text.index("event: reset") < reader.text.index("id: 7")


def test_a_place_of_another_counting_begins_anew() -> None:
    reader = following(headers={"last-event-id": "99"})
    reader.feed.told = [news(1)]
    asyncio.run(telling(reader, news(2)))
    assert "event: reset" in reader.text
    assert reader.places == [2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("noun=case", [1, 2]), ("noun=message", [3]), (f"about={OTHER}", [2]), (f"about={CONTACT}", [1, 2, 3])],
)
def test_a_follower_names_what_they_want_to_know(query: str, expected: list[int]) -> None:
    reader = following(query=query)
    asyncio.run(telling(reader, news(1), news(2, OTHER), news(3, uuid4(), "tellus.message.sent.v1")))
    assert reader.places == expected


def test_who_may_no_longer_ask_hears_no_more() -> None:
    reader = following(seconds=30)

    async def signed_out_meanwhile() -> None:
        follows = asyncio.create_task(reader.follow())
        await until(lambda: bool(reader.feed.followers))
        reader.feed.tell(news(1))
        await until(lambda: bool(reader.places))
        refuse_everybody(reader.gateway)
        reader.feed.tell(news(2))
        async with asyncio.timeout(2):
            await follows

    asyncio.run(signed_out_meanwhile())
    assert reader.places == [1]
    assert '{"reason":"not_allowed_now"}' in reader.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Standing(), Standing(grants=(Grant(kind=GrantKind.EXCLUDED, resource=CASE),))),
        (Standing(grants=(Grant(kind=GrantKind.SPECIFIC, resource=CASE, role="caseworker"),)), Standing()),
        (Standing(department="city.permits"), Standing(department="city.parks")),
    ],
    ids=["excluded", "a grant ended", "moved"],
)
def test_owners_are_asked_for_who_the_reader_is_now(before: Standing, after: Standing) -> None:
    reader = following(seconds=30)
    somebody = uuid5(_NOBODY, f"{ISSUER} somebody-caseworker")
    reader.gateway.standings.known[somebody] = before

    async def changed_meanwhile() -> None:
        follows = asyncio.create_task(reader.follow())
        await until(lambda: bool(reader.feed.followers))
        reader.feed.tell(news(1))
        await until(lambda: bool(reader.places))
        reader.gateway.standings.change(somebody, after)
        reader.feed.tell(news(2))
        async with asyncio.timeout(2):
            await until(lambda: len(reader.places) == 2)
        follows.cancel()

    asyncio.run(changed_meanwhile())
    first, second = (served(asked.token) for asked in reader.gateway.owners.asked)
    assert (first.grants, second.grants) == (before.grants, after.grants)
    assert (second.department, second.purpose) == (after.department or first.department, first.purpose)


def served(token: str) -> Actor:
    """Whom an owner was told that it serves."""
    key = json.loads(_SIGNING_KEY)
    keys = Verifier({"keys": [{name: value for name, value in key.items() if name != "d"}]})
    return keys.verify(token).actor


def refuse_everybody(gateway: Gateway) -> None:
    gateway.callers._known.clear()
    assert gateway.ring is not None
    gateway.ring._keys = {"another": next(iter(gateway.ring._keys.values()))}


def test_who_reads_too_slowly_is_let_go_and_may_come_back() -> None:
    follower = Follower(FollowEvents())
    for place in range(MOST_WAITING + 1):
        follower.offer(news(place))
    assert follower.overrun
    assert len(asyncio.run(follower.take(MOST_WAITING * 2, 0))) == MOST_WAITING


def test_one_actor_holds_only_so_many_streams() -> None:
    reader = following(each=1, seconds=0.5)

    async def twice() -> list[Reader]:
        second = Reader(reader.gateway, reader.feed)
        first = asyncio.create_task(reader.follow())
        await until(lambda: bool(reader.feed.followers))
        await second.follow()
        await first
        return [reader, second]

    first, second = asyncio.run(twice())
    assert (first.status, second.status) == (200, 429)


def test_a_malformed_place_is_refused() -> None:
    reader = following(headers={"last-event-id": "yesterday"})
    asyncio.run(telling(reader))
    assert reader.status == 400


def test_a_feed_that_is_away_is_said_so_before_anything_is_promised() -> None:
    reader = following()
    reader.feed.ready = False
    asyncio.run(telling(reader))
    assert reader.status == 503


def test_nobody_is_kept_once_their_stream_ended() -> None:
    reader = following()
    asyncio.run(telling(reader, news(1)))
    assert reader.feed.followers == []


def test_the_news_of_accesses_and_denials_are_for_nobody() -> None:
    assert news_of(1, envelope(uuid4(), "tellus.data.accessed.v1")) is None


@pytest.mark.parametrize("data", [[], None, 7, "contact_id", True])
def test_news_whose_data_cannot_be_read_are_passed_over_and_the_feed_goes_on(data: object) -> None:
    body = orjson.dumps(orjson.loads(envelope(CASE)) | {"data": data})
    assert _read(IncomingMemory(body)) == (4, None)  # type: ignore[arg-type]


@dataclass
class IncomingMemory:
    """A message as the broker hands it over."""

    body: bytes
    headers: Mapping[str, int] = field(default_factory=lambda: {PLACE: 4})
