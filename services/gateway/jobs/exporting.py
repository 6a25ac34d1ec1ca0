"""Gathers what somebody may see into a file: page by page through the same list that they could read, masks and all."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import orjson

from services.gateway.route import Route
from services.gateway.routes.cases import ROUTES
from services.gateway.showing import access_of
from shared.contracts.actor import Actor
from shared.contracts.base import Event, Request
from shared.contracts.cases.rpc import ListCases

A_PAGE: Final = 100
LIST: Final[Route] = next(route for route in ROUTES if route.request is ListCases)
"""What an export of cases is made of."""
Ask = Callable[[Request[Any]], Awaitable[Any]]
Tell = Callable[[Event], Awaitable[None]]


async def exported(request: str, actor: Actor, ask: Ask, tell: Tell) -> AsyncIterator[tuple[bytes, int]]:
    """Lines of JSON and how many they are, page by page. Each page is on record before it is given."""
    terms, cursor = json.loads(request), None
    while True:
        asked = ListCases.model_validate(terms | {"limit": A_PAGE, "cursor": cursor}, strict=False)
        page = await ask(asked)
        await tell(access_of(LIST, asked, page, page, actor))
        yield (
            b"".join(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in page["items"]),
            len(page["items"]),
        )
        cursor = page["next"]
        if cursor is None:
            return
