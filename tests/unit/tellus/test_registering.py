"""An import says of every row what became of it, and stops where it was told to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tellus.csv_people import Malformed, Person
from tellus.gateway import Gateway, Refused
from tellus.registering import Registered, register

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
EARLIER = "2026-01-01T00:00:00Z"


def people(*names: str) -> list[Person]:
    return [
        Person(line, {"name": name, "source": "old", "external_reference": name}) for line, name in enumerate(names, 2)
    ]


def answer_by_name(request: httpx.Request) -> httpx.Response:
    match json.loads(request.content)["name"]:
        case "Known":
            return httpx.Response(409, json={"code": "contacts.exists"})
        case "Kept":
            return httpx.Response(201, json={"id": "1", "registered_at": EARLIER})
        case "Bad":
            return httpx.Response(422, json={"code": "contacts.point_invalid", "detail": "No address."})
        case "Forbidden":
            return httpx.Response(403, json={"code": "forbidden", "detail": "No."})
        case _:
            return httpx.Response(201, json={"id": "1", "registered_at": LATER})


def run(rows: list[Person], *, stop: bool = False, clients: int = 2) -> tuple[Registered, list[int]]:
    told: list[int] = []

    async def running() -> Registered:
        transport = httpx.MockTransport(answer_by_name)
        async with Gateway("http://gateway", lambda: "t", transport=transport) as gateway:
            return await register(rows, gateway, clients=clients, stop_at_refusal=stop, progress=told.append)

    return asyncio.run(running()), told


def test_who_is_new_and_who_was_there_is_counted_apart() -> None:
    result, told = run(people("New", "Known", "Kept", "Newer"))

    assert (result.registered, result.known, result.refused, sum(told)) == (2, 2, [], 4)


def test_a_refused_row_is_named_and_the_rest_goes_in() -> None:
    result, _ = run(people("New", "Bad", "Newer"))

    assert result.registered == 2
    assert result.refused == [Malformed(3, "No address. (422 contacts.point_invalid)")]
    assert not result.stopped


def test_an_import_that_must_be_whole_stops_at_the_first_refusal() -> None:
    result, _ = run(people("New", "Bad", *(f"New {number}" for number in range(100))), stop=True, clients=1)

    assert result.stopped
    assert (result.registered, len(result.refused)) == (1, 1)


def test_an_import_by_somebody_who_may_not_ends_at_once() -> None:
    with pytest.raises(Refused, match="403"):
        run(people("Forbidden", "New"))
