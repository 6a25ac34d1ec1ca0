"""Opens a case and takes its steps, going on wherever an earlier run stopped: nothing is done twice."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from clients.python.tellus_client import Refused, models
from deploy.local.demo.voices import Company, Voice

Step = Mapping[str, Any]


def open_once(voice: Voice, body: models.OpenCase) -> tuple[models.CaseView, bool]:
    """The case, and whether it was opened just now."""
    key = voice.key("/v1/cases", f"open {body.get('source')} {body.get('external_reference')}")
    try:
        opened = voice.open_case(body, idempotency_key=key)
    except Refused as refused:
        if refused.code != "cases.exists":
            raise
        return voice.get_case(refused.details["case_id"]), False
    current = voice.get_case(opened["id"])  # an answer kept from an earlier run is not the last word
    return current, current["version"] == 1


def walk(company: Company, case: models.CaseView, steps: Sequence[Step], *, before: int = 0) -> models.CaseView:
    """The case after all of these steps, of which the first is its step number `before` + 1."""
    for number, step in enumerate(steps, start=before + 1):
        if case["version"] > number:
            continue  # every step is one version
        case = take(company, case["id"], case["version"], step)
    return case


def take(company: Company, case_id: str, version: int, step: Step) -> models.CaseView:
    """One step on the case as it was seen."""
    voice = company[step["by"]]
    body = cast("models.TakeCaseEvent", {name: step[name] for name in ("event", "data", "comment") if name in step})
    key = voice.key(f"/v1/cases/{case_id}/events", f"{step['event']} at {version}")
    return voice.take_case_event(case_id, body, seen=version, idempotency_key=key)
