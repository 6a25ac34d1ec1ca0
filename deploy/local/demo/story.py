"""One citizen's story: she calls, is known once, asks for a permit, and gets a decision."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

from rich.markup import escape

from clients.python.tellus_client import Refused, models
from deploy.local.demo.samples import sample
from deploy.local.demo.telling import Teller, moment
from deploy.local.demo.voices import Company, StoryBroken
from deploy.local.demo.walking import Step, open_once, take, walk

AGENT, CASEWORKER = "ada-agent", "carl-caseworker"


def tell(company: Company, teller: Teller) -> models.CaseView:
    """The case, decided."""
    told = sample("story")
    contact = _registered(company, teller, told)
    _called(company, teller, told["call"], contact)
    case = _opened(company, teller, told, contact)
    return _decided(company, teller, told, case)


def _registered(company: Company, teller: Teller, told: Mapping[str, Any]) -> models.ContactView:
    citizen = cast("models.RegisterContact", {**told["citizen"], "source": told["source"]})
    phone = told["citizen"]["phone"]
    agent = company[AGENT]
    teller.chapter("A citizen calls, and says who she is once")
    found = agent.find_contacts({"phone": phone})["items"]
    teller.say(f"{AGENT} looks for {phone}: {len(found)} found.")
    if not found:
        new = agent.register_contact(citizen, idempotency_key=agent.key("/v1/contacts", "register"))
        teller.say(f"She is registered: {escape(new['name'] or '')}, reference [b]{new['reference']}[/].")
        found = agent.find_contacts({"phone": phone})["items"]
        teller.say(f"{AGENT} looks again: {len(found)} found.")
    another = agent.key("/v1/contacts", "another form, the same citizen")
    again = _refusal(lambda: agent.register_contact(citizen, idempotency_key=another))
    if again is None or again.code != "contacts.exists":
        raise StoryBroken(f"The same citizen could be registered twice: {again}")
    teller.say(f"Another form with the same citizen is refused: {escape(again.problem['detail'])}")
    contact = agent.get_contact(found[0]["id"])
    teller.say(f"[b]{escape(contact['name'] or '')}[/], {contact['reference']}, reads {contact['language']}.")
    teller.behind(f"contact {contact['id']}; who looked at her data is on record before it is shown")
    return contact


def _called(company: Company, teller: Teller, call: models.RecordInteraction, contact: models.ContactView) -> None:
    agent, path = company[AGENT], f"/v1/contacts/{contact['id']}/interactions"
    teller.chapter("The call is logged")
    same = [one for one in agent.list_interactions_all(contact["id"]) if one["subject"] == call["subject"]]
    logged = same[0] if same else agent.record_interaction(contact["id"], call, idempotency_key=agent.key(path, "call"))
    teller.say(f"{AGENT}: {logged['channel']}, {logged['direction']}: [i]{escape(logged['subject'] or '')}[/].")
    teller.behind(
        f"interaction {logged['id']}, recorded {logged['recorded_at']}{', in an earlier run' if same else ''}"
    )


def _opened(company: Company, teller: Teller, told: Mapping[str, Any], contact: models.ContactView) -> models.CaseView:
    teller.chapter("A case is opened, with the form filled from what is known")
    body = cast("models.OpenCase", {**told["case"], "source": told["source"], "contact_id": contact["id"]})
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
            for name, value in (case["data"] or {}).items()
        ),
    )
    teller.behind(f"case {case['id']}")
    return case


def _decided(company: Company, teller: Teller, told: Mapping[str, Any], case: models.CaseView) -> models.CaseView:
    teller.chapter("The steps are taken, by those whose steps they are")
    new = case if case["version"] == 1 else _new_case(company)
    if new is not None:
        what = f"takes a step too soon on {new['reference']}"
        _refused(company, teller, what, told["too_soon"], new)
    case = walk(company, case, told["steps"])
    _refused(company, teller, f"tries to decide on {case['reference']}", told["not_theirs"], case)
    case = walk(company, case, told["decision"], before=len(told["steps"]))
    teller.behind()
    history = company[CASEWORKER].list_case_events_all(case["id"])
    teller.say("What happened, as the case tells it:")
    teller.table(
        ("when", "step", "from", "to"),
        (
            (moment(one["occurred_at"]), one["title"] or one["event"], one["from_state"] or "", one["to_state"])
            for one in history
        ),
    )
    case = company[CASEWORKER].get_case(case["id"])
    teller.say(f"The case is [b]{case['state_title']}[/], outcome [b]{case['outcome']}[/], version {case['version']}.")
    teller.behind()
    return case


def _new_case(company: Company) -> models.CaseSummary | None:
    """A case on which nothing was done yet, to try an illegal step on."""
    worklist = company[CASEWORKER].list_cases(case_type="street-permit", state="applied")["items"]
    return worklist[0] if worklist else None


def _refused(
    company: Company, teller: Teller, what: str, step: Step, case: models.CaseView | models.CaseSummary
) -> None:
    refusal = _refusal(lambda: take(company, case["id"], case["version"], step))
    if refusal is None or refusal.status not in (HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN):
        raise StoryBroken(f"{step['by']} should have been refused {step['event']}: {refusal}")
    legal = refusal.details.get("legal")
    named = f" Legal now: [b]{escape(', '.join(legal))}[/]." if legal else ""
    teller.say(f"{step['by']} {what} ({step['event']}): refused, {escape(refusal.problem['detail'])}{named}")


def _refusal(ask: Callable[[], object]) -> Refused | None:
    try:
        ask()
    except Refused as refused:
        return refused
    return None
