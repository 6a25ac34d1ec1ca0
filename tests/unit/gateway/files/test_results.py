"""What a job brought, as it is handed out: to whoever takes it, not to whoever only holds the door open."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.files import sending
from services.gateway.jobs.handing_out import HandingOut


class Threads:
    """Does at once what it is given."""

    async def run(self, what: Callable[..., Any], *given: Any) -> Any:
        return what(*given)

    async def each(self, pieces: list[bytes]) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece


def test_a_reader_who_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "READER_SECONDS", 0.02)
    blob = SimpleNamespace(read=lambda *_: [b"{}\n"])
    desk: Any = SimpleNamespace(threads=Threads(), blobs=SimpleNamespace(open=lambda _: blob))
    result = {"id": str(uuid4()), "version": 3, "content": "9f" * 32, "kind": "export_cases", "size": 3}

    async def answer(*_: Any) -> Any:
        return result

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    visit: Any = SimpleNamespace(
        request=None,
        ask=answer,
        tell=answer,
        send=send,
        scope={"method": "GET"},
        trace="0" * 32,
        route=SimpleNamespace(operation="read_job_result", purpose="public_task"),
        actor=SimpleNamespace(purpose=None, kind=SimpleNamespace(value="staff")),
    )

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(HandingOut(desk)(visit), 10))
    assert time.monotonic() - started < 5
