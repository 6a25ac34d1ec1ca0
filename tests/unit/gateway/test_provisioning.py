"""Provisioning without a directory: whatever a filter or a page asks for, the answer is SCIM's own."""

from typing import Any
from urllib.parse import quote

import pytest

from services.gateway.scim.shapes import provider
from services.gateway.scim.speaking import SpeaksScim
from shared.contracts.base import Request
from tests.support.gateway import Gateway, MemoryOwners, Reply


def nobody(_: Request[Any]) -> Any:
    return {"items": [], "total": 0}


def ask(query: str, kind: str = "Users") -> Reply:
    speaker = SpeaksScim(provider(()), origin="http://tellus.test", body_bytes=262_144, body_seconds=5)
    gateway = Gateway(owners=MemoryOwners(nobody), speakers={"scim": speaker})
    return gateway.ask("GET", f"/scim/v2/{kind}?{query}", roles=("administrator",), key=False)


@pytest.mark.parametrize("kind", ["Users", "Groups"])
@pytest.mark.parametrize("start", [100_002, 2**31, 10**12, 10**20])
def test_a_page_beyond_every_directory_is_refused(kind: str, start: int) -> None:
    reply = ask(f"startIndex={start}&count=1", kind)
    assert (reply.status, reply.json["scimType"]) == (400, "invalidValue"), reply.body


@pytest.mark.parametrize(
    "value", ["a" * 401, "a" * 2_000, r"a\u0000b", r"\ud800"], ids=["long", "longer", "NUL", "half"]
)
@pytest.mark.parametrize("asked", ['{} eq "{}"', '{} co "{}"', 'not ({} eq "{}")', 'active eq true and {} sw "{}"'])
def test_a_filter_with_a_value_that_nobody_can_have_is_refused(asked: str, value: str) -> None:
    reply = ask(f"filter={quote(asked.format('userName', value))}")
    assert (reply.status, reply.json["scimType"]) == (400, "invalidFilter"), reply.body
    assert "aaa" not in reply.body.decode()


def test_what_can_be_is_asked() -> None:
    assert ask("startIndex=100001&count=1").status == 200
    longest = "a" * 400
    assert ask("filter=" + quote(f'userName eq "{longest}"')).status == 200
