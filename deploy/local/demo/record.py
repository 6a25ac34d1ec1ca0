"""What the log holds about the story, each entry proven to be in it, and the whole log verified."""

import json
import subprocess
import time
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from clients.python.tellus_client import models
from deploy.local.demo.groundwork import TELLUS
from deploy.local.demo.telling import Teller, moment
from deploy.local.demo.voices import Company, StoryBroken
from services.audit.processes.prove import check_inclusion

AUDITOR = "aude-auditor"
IN_THE_STORY = ("ada-agent", "carl-caseworker", "dana-decision-maker")
WAIT_SECONDS = 30.0
LOOKS = "tellus.data.accessed.v1"
Entry = models.EntryView


def show(company: Company, teller: Teller, case: models.CaseView, sent: int, public_key: str) -> None:
    """Every event of the story is in the log and proven; raises StoryBroken where one is not."""
    teller.chapter("Every event is on a record that nobody can quietly change")
    entries = _sealed(company, case, sent)
    facts = [entry for entry in entries if entry["type"] != LOOKS]
    looks = [entry for entry in entries if entry["type"] == LOOKS]
    sizes = {entry["index"]: _proven(company, entry, public_key) for entry in [*facts, *looks[-1:]]}
    names = {company[name].who_am_i()["id"]: name for name in IN_THE_STORY}
    teller.table(
        ("entry", "when (UTC)", "what", "by", "proven"),
        (
            (
                f"#{e['index']}",
                moment(e["occurred_at"]),
                _named(e),
                names.get(e["actor"], f"the service {e['producer']}"),
                f"in the signed {sizes[e['index']]}",
            )
            for e in facts
        ),
    )
    teller.say(
        f"{len(looks)} more entries say who was shown her data and why; the last, #{looks[-1]['index']}: "
        f"{escape(_look(looks[-1], names))}."
        if looks
        else "Nobody was shown her data."
    )
    teller.say(f"{len(sizes)} inclusion proofs checked here against the log's public key, not believed.")
    teller.behind("an entry holds ids, codes and digests: no name, no address, no text")

    teller.chapter("The whole log is verified: tellus audit verify")
    teller.console.file.flush()
    code = subprocess.run([str(TELLUS), "audit", "verify"], check=False).returncode
    if code:
        raise StoryBroken(f"'tellus audit verify' ended with {code}; what is wrong stands above.")


def _sealed(company: Company, case: models.CaseView, sent: int) -> list[Entry]:
    """The entries about the case and its contact, once all of the story is under a signed checkpoint."""
    auditor = company[AUDITOR]
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        about_case = list(auditor.find_entries_all(subject=case["id"]))
        count: dict[str, int] = {}
        for entry in about_case:
            count[entry["type"]] = count.get(entry["type"], 0) + 1
        missing = {
            kind: wanted - count.get(f"tellus.{kind}.v1", 0)
            for kind, wanted in {
                "case.opened": 1,
                "case.event_taken": case["version"] - 1,
                "case.decided": 1,
                "message.sent": sent,
            }.items()
        }
        if not any(short > 0 for short in missing.values()):
            about_her = list(auditor.find_entries_all(subject=case["contact_id"]))
            found = {entry["index"]: entry for entry in [*about_case, *about_her]}
            if auditor.get_checkpoint()["size"] > max(found):
                return [found[index] for index in sorted(found)]
        if time.monotonic() > deadline:
            raise StoryBroken(f"After {WAIT_SECONDS:.0f} s these events are not in the log: {missing}.")
        time.sleep(0.2)


def _proven(company: Company, entry: Entry, public_key: str) -> int:
    proof = company[AUDITOR].get_inclusion_proof(index=entry["index"])
    return check_inclusion(entry, proof, public_key)


def _event(entry: Entry) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(b64decode(entry["leaf"]))["event"]
    return event


def _named(entry: Entry) -> str:
    data = _event(entry)["data"]
    told = data.get("event") or data.get("outcome") or data.get("template") or data.get("channel") or ""
    return f"{entry['type'].removeprefix('tellus.').removesuffix('.v1')} {told}".strip()


def _look(entry: Entry, names: Mapping[str, str]) -> str:
    data = _event(entry)["data"]
    return f"{names.get(entry['actor'], entry['actor'])} did {data['operation']} for {data['purpose']} and was shown {', '.join(data['fields'])}"
