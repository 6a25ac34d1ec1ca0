"""Brings the cases behind the gateway back as an event log."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tellus.gateway import Gateway
from tellus.replaying import PAGE, history
from tellus.xes.log import Happening, Trace
from tellus.xes.writing import Writer


async def export(
    writer: Writer,
    gateway: Gateway,
    *,
    case_type: str | None,
    source: str | None,
    clients: int,
    progress: Callable[[int], None],
) -> tuple[int, int]:
    """Every case the caller may see, with every step taken on it; answers with how many of each."""
    cases = events = 0
    params: dict[str, str | int] = {"limit": PAGE} | ({"case_type": case_type} if case_type else {})
    limit = asyncio.Semaphore(clients)

    async def one(case: dict[str, Any]) -> Trace:
        async with limit:
            return trace_of(case, await history(gateway, case["id"]))

    while True:
        page = await gateway.get("/v1/cases", **params)
        wanted = [case for case in page["items"] if source is None or case.get("source") == source]
        for trace in await asyncio.gather(*(one(case) for case in wanted)):
            writer.add(trace)
            cases, events = cases + 1, events + len(trace.happenings)
        progress(len(wanted))
        if not page.get("next"):
            return cases, events
        params["cursor"] = page["next"]


def trace_of(case: dict[str, Any], entries: list[dict[str, Any]]) -> Trace:
    """A case and its history as a trace: what it was called where it came from, else by its own reference."""
    happenings = tuple(
        Happening(
            entry.get("title") or entry["event"],
            datetime.fromisoformat(entry["occurred_at"]),
            entry.get("resource") or (None if case.get("source") else entry["actor"]),
        )
        for entry in entries
        if entry["from_state"] is not None
    )
    return Trace(case.get("external_reference") or case["reference"], happenings)
