"""The operator names people as people do, and sees every page."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tellus.gateway import Gateway
from tellus.staffing import NobodyKnown, do, every, known

CARL = {"id": "019c1f0e-0000-7000-8000-000000000001", "user_name": "carl"}


def asked(answer: Any, work: Any) -> tuple[Any, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=answer(request))

    async def run() -> Any:
        transport = httpx.MockTransport(handle)
        async with Gateway("http://gateway.test", lambda: "token", transport=transport) as gateway:
            return await work(gateway)

    return asyncio.run(run()), seen


def test_a_list_is_read_to_its_end_and_what_was_not_said_is_not_asked() -> None:
    pages = {None: {"items": [1, 2], "next": "b"}, "b": {"items": [3], "next": None}}
    found, requests = asked(
        lambda request: pages[request.url.params.get("cursor")],
        lambda gateway: every(gateway, "/v1/staff", department="city", role=None),
    )
    assert found == [1, 2, 3]
    assert dict(requests[0].url.params) == {"department": "city", "limit": "100"}


def test_somebody_is_known_by_id_or_by_user_name() -> None:
    by_id, requests = asked(lambda _: CARL, lambda gateway: known(gateway, CARL["id"]))
    assert (by_id, requests[0].url.path) == (CARL, f"/v1/staff/{CARL['id']}")
    by_name, requests = asked(lambda _: {"items": [CARL], "next": None}, lambda gateway: known(gateway, "carl"))
    assert by_name == CARL
    assert json.loads(requests[0].content)["where"][0]["conditions"][0]["value"] == "carl"


def test_nobody_of_that_name_is_said_in_words() -> None:
    with pytest.raises(NobodyKnown, match="tellus staff list"):
        asked(lambda _: {"items": [], "next": None}, lambda gateway: known(gateway, "carl"))


def test_a_change_says_only_what_was_said_and_carries_a_key() -> None:
    _, requests = asked(lambda _: CARL, lambda gateway: do(gateway, "/v1/staff", {"user_name": "carl", "email": None}))
    assert json.loads(requests[0].content) == {"user_name": "carl"}
    assert requests[0].headers["idempotency-key"]
