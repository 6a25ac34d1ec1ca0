"""Registers people through the gateway, several at a time, none of them twice."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from shared.clock import now
from tellus.csv_people import Malformed, Person
from tellus.gateway import Gateway, GaveUp, Refused
from tellus.together import together

FATAL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass
class Registered:
    """What came of it."""

    registered: int = 0
    known: int = 0
    refused: list[Malformed] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False


async def register(
    people: Iterable[Person], gateway: Gateway, *, clients: int, stop_at_refusal: bool, progress: Callable[[int], None]
) -> Registered:
    """Everybody is registered, was there already, or is named among the refused."""
    result, begun, began_at = Registered(), time.monotonic(), now()
    waiting: asyncio.Queue[Person | None] = asyncio.Queue(maxsize=clients * 2)

    async def client() -> None:
        while (person := await waiting.get()) is not None:
            if not result.stopped:
                refused = await _refusal(person, gateway, result, began_at)
                result.refused += refused
                result.stopped = result.stopped or (bool(refused) and stop_at_refusal)
                progress(1)

    async def feed() -> None:
        for person in people:
            if result.stopped:
                break
            await waiting.put(person)
        for _ in range(clients):
            await waiting.put(None)

    try:
        await together(*(client() for _ in range(clients)), feed())
    finally:
        result.seconds = time.monotonic() - begun
    return result


async def _refusal(person: Person, gateway: Gateway, result: Registered, began_at: datetime) -> list[Malformed]:
    try:
        await _register(person, gateway, result, began_at)
    except (Refused, GaveUp) as error:
        if isinstance(error, Refused) and error.status in FATAL:
            raise
        return [Malformed(person.line, str(error))]
    return []


async def _register(person: Person, gateway: Gateway, result: Registered, began_at: datetime) -> None:
    try:
        contact = await gateway.post("/v1/contacts", person.body, key=person.key)
    except Refused as refused:
        if refused.code != "contacts.exists":
            raise
        result.known += 1
        return
    # An answer that was kept from an earlier run says when that was.
    if datetime.fromisoformat(contact["registered_at"]) < began_at:
        result.known += 1
    else:
        result.registered += 1
