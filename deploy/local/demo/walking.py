"""Opens a case and takes its steps, going on wherever an earlier run stopped: nothing is done twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.local.demo.voices import Answer, Company, StoryBroken, Voice

Case = dict[str, Any]
Step = Mapping[str, Any]


def open_once(voice: Voice, body: Mapping[str, Any]) -> tuple[Case, bool]:
    """The case, and whether it was opened just now."""
    answer = voice.attempt("/v1/cases", body, key=f"open {body['source']} {body['external_reference']}")
    if answer.code == "cases.exists":
        return voice.get(f"/v1/cases/{answer.details['case_id']}").body, False
    if answer.code:
        raise StoryBroken(f"The case was not opened: {answer.status} {answer.code}: {answer.body.get('detail')}")
    current = voice.get(
        f"/v1/cases/{answer.body['id']}"
    ).body  # an answer kept from an earlier run is not the last word
    return current, current["version"] == 1


def walk(company: Company, case: Case, steps: Sequence[Step], *, before: int = 0) -> Case:
    """The case after all of these steps, of which the first is its step number `before` + 1."""
    for number, step in enumerate(steps, start=before + 1):
        if case["version"] > number:
            continue  # every step is one version
        case = take(company, case, step).body
    return case


def take(company: Company, case: Case, step: Step) -> Answer:
    """One step on the case as it is."""
    return company[step["by"]].post(**_asked(case, step))


def attempt(company: Company, case: Case, step: Step) -> Answer:
    """One step that may be refused."""
    return company[step["by"]].attempt(**_asked(case, step))


def _asked(case: Case, step: Step) -> dict[str, Any]:
    return {
        "path": f"/v1/cases/{case['id']}/events",
        "body": {name: step[name] for name in ("event", "data", "comment") if name in step},
        "key": f"{step['event']} at {case['version']}",
        "version": case["version"],
    }
