"""One citizen's story: she calls, is known once, asks for a permit, and gets a decision."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rich.markup import escape

from deploy.local.demo.samples import sample
from deploy.local.demo.telling import Teller, moment
from deploy.local.demo.voices import Answer, Company, StoryBroken
from deploy.local.demo.walking import Case, attempt, open_once, walk

AGENT, CASEWORKER = "ada-agent", "carl-caseworker"


def tell(company: Company, teller: Teller) -> Case:
    """The case, decided."""
    told = sample("story")
    contact = _registered(company, teller, told)
    _called(company, teller, told["call"], contact)
    case = _opened(company, teller, told, contact)
    return _decided(company, teller, told, case)


def _registered(company: Company, teller: Teller, told: Mapping[str, Any]) -> dict[str, Any]:
    citizen = {**told["citizen"], "source": told["source"]}
    agent = company[AGENT]
    teller.chapter("A citizen calls, and says who she is once")
    found = agent.post("/v1/contacts/search", {"phone": citizen["phone"]}).body["items"]
    teller.say(f"{AGENT} looks for {citizen['phone']}: {len(found)} found.")
    if not found:
        new = agent.post("/v1/contacts", citizen, key="register").body
        teller.say(f"She is registered: {escape(new['name'])}, reference [b]{new['reference']}[/].")
        found = agent.post("/v1/contacts/search", {"phone": citizen["phone"]}).body["items"]
        teller.say(f"{AGENT} looks again: {len(found)} found.")
    again = agent.attempt("/v1/contacts", citizen, key="another form, the same citizen")
    if again.code != "contacts.exists":
        raise StoryBroken(f"The same citizen could be registered twice: {again.status} {again.code}")
    teller.say(f"Another form with the same citizen is refused: {escape(again.body['detail'])}")
    contact = agent.get(f"/v1/contacts/{found[0]['id']}").body
    teller.say(f"[b]{escape(contact['name'])}[/], {contact['reference']}, reads {contact['language']}.")
    teller.behind(f"contact {contact['id']}; who looked at her data is on record before it is shown")
    return contact


def _called(company: Company, teller: Teller, call: Mapping[str, Any], contact: Mapping[str, Any]) -> None:
    agent, path = company[AGENT], f"/v1/contacts/{contact['id']}/interactions"
    teller.chapter("The call is logged")
    same = [one for one in agent.everything(path) if one["subject"] == call["subject"]]
    logged = same[0] if same else agent.post(path, call, key="call").body
    teller.say(f"{AGENT}: {logged['channel']}, {logged['direction']}: [i]{escape(logged['subject'])}[/].")
    teller.behind(
        f"interaction {logged['id']}, recorded {logged['recorded_at']}{', in an earlier run' if same else ''}"
    )


def _opened(company: Company, teller: Teller, told: Mapping[str, Any], contact: Mapping[str, Any]) -> Case:
    teller.chapter("A case is opened, with the form filled from what is known")
    body = {**told["case"], "source": told["source"], "contact_id": contact["id"]}
    case, new = open_once(company[AGENT], body)
    teller.say(
        f"[b]{case['reference']}[/] ({case['case_type']}, rules version {case['case_type_version']}), due {case['due_on']}"
        f"{'' if new else ', opened in an earlier run'}."
    )
    teller.table(
        ("answer", "value", "from"),
        (
            (
                name,
                str(value),
                "what is known"
                if name in case["prefilled"]
                else "this call"
                if name in told["case"]["data"]
                else "a step",
            )
            for name, value in case["data"].items()
        ),
    )
    teller.behind(f"case {case['id']}")
    return case


def _decided(company: Company, teller: Teller, told: Mapping[str, Any], case: Case) -> Case:
    teller.chapter("The steps are taken, by those whose steps they are")
    new = case if case["version"] == 1 else _new_case(company)
    if new is not None:
        what = f"takes a step too soon on {new['reference']}"
        _refused(teller, what, told["too_soon"], attempt(company, new, told["too_soon"]))
    case = walk(company, case, told["steps"])
    _refused(
        teller,
        f"tries to decide on {case['reference']}",
        told["not_theirs"],
        attempt(company, case, told["not_theirs"]),
    )
    case = walk(company, case, told["decision"], before=len(told["steps"]))
    teller.behind()
    history = company[CASEWORKER].everything(f"/v1/cases/{case['id']}/events")
    teller.say("What happened, as the case tells it:")
    teller.table(
        ("when", "step", "from", "to"),
        (
            (moment(one["occurred_at"]), one["title"] or one["event"], one["from_state"] or "", one["to_state"])
            for one in history
        ),
    )
    case = company[CASEWORKER].get(f"/v1/cases/{case['id']}").body
    teller.say(f"The case is [b]{case['state_title']}[/], outcome [b]{case['outcome']}[/], version {case['version']}.")
    teller.behind()
    return case


def _new_case(company: Company) -> Case | None:
    """A case on which nothing was done yet, to try an illegal step on."""
    worklist = company[CASEWORKER].get("/v1/cases", case_type="street-permit", state="applied").body["items"]
    return worklist[0] if worklist else None


def _refused(teller: Teller, what: str, step: Mapping[str, Any], answer: Answer) -> None:
    if answer.status not in (HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN):
        raise StoryBroken(f"{step['by']} should have been refused {step['event']}: {answer.status} {answer.code}")
    legal = answer.details.get("legal")
    named = f" Legal now: [b]{escape(', '.join(legal))}[/]." if legal else ""
    teller.say(f"{step['by']} {what} ({step['event']}): refused, {escape(answer.body['detail'])}{named}")
