"""Sends an event log through the gateway: each trace a contact and a case, each event a step, none of them twice."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from tellus.gateway import Gateway, GaveUp, Refused
from tellus.together import together
from tellus.xes.log import Trace

FATAL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
STARTED = "startdate"
PAGE = 100


class CaseDiffers(Exception):
    """The case that is there was not made by this trace."""


@dataclass(frozen=True)
class Plan:
    """What is replayed, and as what. The same plan sends the same requests under the same keys, so it can be resumed."""

    digest: str
    case_type: str
    codes: Mapping[str, str]
    source: str
    emails: str | None = None

    def key(self, trace: Trace, step: str) -> str:
        """The idempotency key of one request."""
        told = "\n".join((self.digest, self.case_type, self.source, self.emails or "", trace.name, step))
        return sha256(told.encode()).hexdigest()


@dataclass
class Replayed:
    """What came of it. A request repeated under its key may be answered as before, so answered is not always new."""

    cases: int = 0
    """Openings that were answered: new, or by an earlier run whose answer is still kept."""
    steps: int = 0
    """Steps that were answered, likewise."""
    traces: int = 0
    known_cases: int = 0
    """Cases found by their reference, their answers being kept no longer."""
    known_steps: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def replay(
    traces: Iterable[Trace], plan: Plan, gateway: Gateway, *, clients: int, progress: Callable[[int], None]
) -> Replayed:
    """Every trace is in, or named among the failed. Traces go in side by side, the steps of one in their order."""
    result, begun = Replayed(), time.monotonic()
    waiting: asyncio.Queue[Trace | None] = asyncio.Queue(maxsize=clients * 2)

    async def client() -> None:
        while (trace := await waiting.get()) is not None:
            try:
                await _replay_one(trace, plan, gateway, result, progress)
                result.traces += 1
            except (Refused, GaveUp, CaseDiffers) as error:
                if isinstance(error, Refused) and error.status in FATAL:
                    raise
                result.failed.append(f"{trace.name} (line {trace.line}): {error}")

    async def feed() -> None:
        for trace in traces:
            await waiting.put(trace)
        for _ in range(clients):
            await waiting.put(None)

    try:
        await together(*(client() for _ in range(clients)), feed())
    finally:
        result.seconds = time.monotonic() - begun
    return result


async def _replay_one(
    trace: Trace, plan: Plan, gateway: Gateway, result: Replayed, progress: Callable[[int], None]
) -> None:
    contact_id = await _register(trace, plan, gateway)
    case_id, version = await _open(trace, plan, gateway, contact_id, result)
    done = 0
    if version > 1:
        done = await _known_steps(trace, plan, gateway, case_id)
        result.known_steps += done
        progress(done)
    while done < len(trace.happenings):
        try:
            version = await _take(trace, done, plan, gateway, case_id, version)
        except Refused as refused:
            if refused.status != HTTPStatus.PRECONDITION_FAILED:
                raise
            known = await _known_steps(trace, plan, gateway, case_id)
            if known <= done:
                raise
            result.known_steps += known - done
            progress(known - done)
            done, version = known, known + 1
            continue
        done += 1
        result.steps += 1
        progress(1)


async def _register(trace: Trace, plan: Plan, gateway: Gateway) -> str:
    body: dict[str, Any] = {
        "kind": "person",
        "name": f"Applicant of {trace.name}"[:200],
        "external_reference": trace.name,
        "source": plan.source,
    }
    if plan.emails:
        body["email"] = f"applicant-{sha256(trace.name.encode()).hexdigest()[:16]}@{plan.emails}"
    try:
        return str((await gateway.post("/v1/contacts", body, key=plan.key(trace, "contact")))["id"])
    except Refused as refused:
        if refused.code == "contacts.exists" and "contact_id" in refused.details:
            return str(refused.details["contact_id"])
        raise


async def _open(trace: Trace, plan: Plan, gateway: Gateway, contact_id: str, result: Replayed) -> tuple[str, int]:
    body: dict[str, Any] = {
        "case_type": plan.case_type,
        "contact_id": contact_id,
        "data": dict(trace.attributes),
        "external_reference": trace.name,
        "source": plan.source,
    }
    if (began := _began(trace)) is not None:
        body["occurred_at"] = _instant(began)
    try:
        case = await gateway.post("/v1/cases", body, key=plan.key(trace, "case"))
    except Refused as refused:
        if refused.code != "cases.exists" or "case_id" not in refused.details:
            raise
        result.known_cases += 1
        return str(refused.details["case_id"]), int(refused.details["version"])
    result.cases += 1
    return str(case["id"]), int(case["version"])


async def _take(trace: Trace, number: int, plan: Plan, gateway: Gateway, case_id: str, version: int) -> int:
    happening = trace.happenings[number]
    body: dict[str, Any] = {"event": plan.codes[happening.activity], "occurred_at": _instant(happening.at)}
    if happening.resource is not None:
        body["resource"] = happening.resource
    key = plan.key(trace, f"{number}")
    case = await gateway.post(f"/v1/cases/{case_id}/events", body, key=key, version=version)
    return int(case["version"])


async def _known_steps(trace: Trace, plan: Plan, gateway: Gateway, case_id: str) -> int:
    """How many of the trace's steps are there already; raises CaseDiffers where others are there."""
    found = [entry for entry in await history(gateway, case_id) if entry["from_state"] is not None]
    expected = [(plan.codes[h.activity], h.resource, h.at.astimezone(UTC)) for h in trace.happenings]
    there = [(e["event"], e["resource"], datetime.fromisoformat(e["occurred_at"])) for e in found]
    if there != expected[: len(there)]:
        raise CaseDiffers(f"case {case_id} has this reference, but other steps")
    return len(there)


async def history(gateway: Gateway, case_id: str) -> list[dict[str, Any]]:
    """Every line of a case's history."""
    return await everything(gateway, f"/v1/cases/{case_id}/events")


async def everything(gateway: Gateway, path: str, **params: str | int) -> list[dict[str, Any]]:
    """Every item of a list."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str | int] = {}
    while True:
        page = await gateway.get(path, limit=PAGE, **params, **cursor)
        found += page["items"]
        if not page.get("next"):
            return found
        cursor = {"cursor": page["next"]}


def _began(trace: Trace) -> datetime | None:
    """When the case began: as it says, or with its first event; never after that."""
    first = min((happening.at for happening in trace.happenings), default=None)
    try:
        said = datetime.fromisoformat(str(trace.attributes.get(STARTED, "")))
    except ValueError:
        return first
    if said.tzinfo is None:
        return first
    return said if first is None or said <= first else first


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
