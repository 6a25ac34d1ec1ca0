"""What has to be there before the first citizen calls: the rules, the letters, and the people known already."""

import json
import subprocess
import sys
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from clients.python.tellus_client import Refused, models
from deploy.local.demo.samples import CONTACTS, bundles, sample
from deploy.local.demo.telling import Teller
from deploy.local.demo.voices import Company, StoryBroken, Voice
from deploy.local.demo.walking import open_once, walk

DESIGNER, EDITOR, AGENT, CASEWORKER = "cody-case-designer", "kira-knowledge-editor", "ada-agent", "carl-caseworker"
SOURCE = "demo"
TELLUS = Path(sys.executable).with_name("tellus")


def lay(company: Company, teller: Teller) -> None:
    """Rules, letters, people and cases are there."""
    teller.chapter("The rules and the letters")
    for name, text in bundles().items():
        version, new = _case_type(company[DESIGNER], text)
        teller.say(
            f"{DESIGNER}: case type [b]{name}[/], version {version}, {'added and activated' if new else 'is there'}."
        )
    newest = {(known["key"], known["language"]): known for known in company[EDITOR].list_templates_all()}
    for template in sample("templates"):
        version, new = _template(company[EDITOR], template, newest.get((template["key"], template["language"])))
        name = f"{template['key']} ({template['language']})"
        teller.say(f"{EDITOR}: letter [b]{name}[/], version {version}, {'added' if new else 'is there'}.")
    teller.behind()

    teller.chapter("The people the city knows already, and their cases")
    told = import_contacts()
    teller.say(
        f"tellus contacts import {CONTACTS.name}: {told['rows']} rows, {told['registered']} registered, "
        f"{told['known']} there already, {len(told['refused'])} refused."
    )
    opened, cases = _cases(company)
    states: dict[str, int] = {}
    for case in cases:
        states[case["state"]] = states.get(case["state"], 0) + 1
    worklist = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    teller.say(f"{CASEWORKER}'s worklist: {worklist}; {opened} of them opened just now.")


def _case_type(designer: Voice, text: str) -> tuple[int, bool]:
    key, digest = yaml.safe_load(text)["key"], sha256(text.encode()).hexdigest()
    active = _active(designer, key)
    if active and active["bundle"] == text:
        return active["version"], False
    try:
        version = designer.add_case_type({"bundle": text}, idempotency_key=designer.key("/v1/case_types", digest))[
            "version"
        ]
    except Refused as refused:
        if refused.code != "cases.same_bundle":
            raise StoryBroken(f"The case type was refused: {refused} {refused.problem.get('errors')}") from refused
        version = int(refused.details["version"])
    place, after = f"/v1/case_types/{key}/versions/{version}/activate", active["version"] if active else 0
    designer.activate_case_type(key, version, idempotency_key=designer.key(place, f"activate after {after}"))
    return version, True


def _active(designer: Voice, key: str) -> models.CaseTypeView | None:
    try:
        return designer.get_case_type(key)
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def _template(editor: Voice, template: models.AddTemplate, known: models.TemplateView | None) -> tuple[int, bool]:
    if known and (known["subject"], known["body"]) == (template["subject"], template["body"]):
        return known["version"], False
    after = known["version"] if known else 0
    key = editor.key("/v1/templates", f"{template['key']} {template.get('language')} after {after}")
    return editor.add_template(template, idempotency_key=key)["version"], True


def import_contacts() -> dict[str, Any]:
    """What the operator's own command says of the sample people."""
    command = [TELLUS, "contacts", "import", CONTACTS, "--source", SOURCE, "--department", "city", "--json"]
    done = subprocess.run([*map(str, command)], check=False, stdout=subprocess.PIPE, text=True)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise StoryBroken(f"'tellus contacts import' ended with {done.returncode}; see above.") from None
    if done.returncode:
        raise StoryBroken(f"'tellus contacts import' refused rows: {told['refused']}")
    return told


def _cases(company: Company) -> tuple[int, list[models.CaseSummary]]:
    """How many sample cases were opened just now, and the caseworker's worklist."""
    worklist = company[CASEWORKER].list_cases_all(case_type="street-permit")
    there = {case["external_reference"]: case for case in worklist if case["source"] == SOURCE}
    opened = 0
    for wanted in sample("cases"):
        steps = wanted.get("steps", [])
        known = there.get(wanted["reference"])
        if known and known["version"] > len(steps):
            continue
        body: models.OpenCase = {
            "case_type": "street-permit",
            "contact_id": _contact(company[AGENT], wanted["applicant"]),
            "data": wanted["data"],
            "external_reference": wanted["reference"],
            "source": SOURCE,
        }
        case, new = open_once(company[AGENT], body)
        opened += new
        walk(company, case, steps)
    return opened, list(company[CASEWORKER].list_cases_all(case_type="street-permit"))


def _contact(agent: Voice, email: str) -> str:
    found = agent.find_contacts({"email": email})["items"]
    if not found:
        raise StoryBroken("A sample person who was imported is not found.")
    return found[0]["id"]
