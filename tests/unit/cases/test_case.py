"""A case takes the steps that its type allows, and no other."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.cases.adapters.rulebook import standard_rulebook
from services.cases.domain.bundle import Bundle
from services.cases.domain.case import Case
from services.cases.domain.errors import CaseClosed, FormFaulty, GuardUnsatisfied, RoleMissing, StepIllegal
from services.cases.domain.facts import Decided, Opened, StepTaken
from services.cases.domain.prefilling import known_answers
from shared.errors import Stale
from tests.support.case_bundles import SMALL, bundle_of, stored

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
RULES = standard_rulebook()
PERMIT = stored("street-permit")
APPLICATION = {"purpose": "skip", "street": "Mill Lane", "first_day": "2026-11-23", "last_day": "2026-11-25"}
CARD = {"contact.name": "Ada", "contact.email": "ada@example.org", "contact.phone": None}


def opened(bundle: Bundle = PERMIT, sent: Mapping[str, Any] = APPLICATION, card: Mapping[str, Any] = CARD) -> Case:
    return Case.open(
        UUID(int=1),
        "CASE-1",
        bundle,
        1,
        contact_id=UUID(int=2),
        department="city.permits",
        known=known_answers(bundle, card, RULES.schemas),
        sent=sent,
        due_on=None,
        opened_at=AT,
        recorded_at=AT,
        schemas=RULES.schemas,
    )


def take(case: Case, event: str, role: str = "caseworker", *, bundle: Bundle = PERMIT, **more: Any) -> StepTaken:
    told: dict[str, Any] = {"version": case.version, "sent": {}, "comment": None, "occurred_at": AT} | more
    return case.take(event, bundle, roles=frozenset({role}), guards=RULES.guards, schemas=RULES.schemas, **told)


def deciding(advice: str) -> Case:
    case = opened()
    take(case, "check_completeness", sent={"complete": True})
    take(case, "assess", sent={"assessment": "Room enough.", "advice": advice})
    return case


def test_what_is_known_already_is_not_asked_again() -> None:
    case = opened()
    assert case.data["applicant_name"] == "Ada"
    assert case.prefilled == ("applicant_email", "applicant_name")
    assert case.facts == [Opened(("applicant_email", "applicant_name"), "case-opened", AT)]


def test_what_was_sent_wins_over_what_is_known() -> None:
    case = opened(sent=APPLICATION | {"applicant_name": "Ada Lovelace"})
    assert case.data["applicant_name"] == "Ada Lovelace"
    assert case.prefilled == ("applicant_email",)


def test_what_a_form_would_not_take_from_a_person_is_not_prefilled() -> None:
    assert "applicant_email" not in opened(card=CARD | {"contact.email": "not an address"}).data


def test_a_missing_and_a_wrong_answer_are_named_by_their_places() -> None:
    with pytest.raises(FormFaulty) as error:
        opened(sent={"purpose": "skip", "street": "", "first_day": "2026-11-23", "last_day": "2026-11-25"})
    assert [fault["pointer"] for fault in error.value.details["errors"]] == ["/data/street"]
    with pytest.raises(FormFaulty) as error:
        opened(sent=APPLICATION | {"first_day": "tomorrow", "purpose": "revolution"})
    found = {fault["pointer"]: fault["detail"] for fault in error.value.details["errors"]}
    assert set(found) == {"/data/first_day", "/data/purpose"}
    assert not any(said in detail for detail in found.values() for said in ("tomorrow", "revolution"))


def test_an_answer_that_is_not_asked_for_is_refused_without_repeating_it() -> None:
    with pytest.raises(FormFaulty) as error:
        opened(sent=APPLICATION | {"salary": 1})
    (fault,) = error.value.details["errors"]
    assert fault["pointer"] == "/data"
    assert "salary" not in fault["detail"]
    assert "street" in fault["detail"]


def test_an_illegal_step_names_the_legal_ones() -> None:
    with pytest.raises(StepIllegal) as error:
        take(opened(), "grant", "decision_maker")
    assert error.value.details["legal"] == ["check_completeness", "withdraw"]
    assert error.value.error_code == "cases.illegal_step"


def test_a_step_that_nobody_knows_is_illegal_too() -> None:
    with pytest.raises(StepIllegal):
        take(opened(), "fly")


def test_a_step_belongs_to_its_roles() -> None:
    with pytest.raises(RoleMissing) as error:
        take(deciding("grant"), "grant", "caseworker")
    assert error.value.details["roles"] == ["decision_maker"]


def test_a_step_on_an_older_version_is_stale_and_changes_nothing() -> None:
    case = opened()
    with pytest.raises(Stale):
        take(case, "check_completeness", version=7, sent={"complete": True})
    assert (case.version, case.state) == (1, "applied")


def test_a_guard_that_does_not_hold_refuses_the_step() -> None:
    with pytest.raises(GuardUnsatisfied):
        take(deciding("refuse"), "grant", "decision_maker")


def test_the_answers_choose_the_post_state() -> None:
    complete, incomplete = opened(), opened()
    take(complete, "check_completeness", sent={"complete": True})
    take(incomplete, "check_completeness", sent={"complete": False, "missing": "A drawing"})
    assert (complete.state, incomplete.state) == ("assessing", "incomplete")


def test_a_final_state_closes_the_case_with_its_outcome() -> None:
    case = deciding("grant")
    take(case, "grant", "decision_maker")
    assert (case.closed, case.outcome, case.closed_at) == (True, "granted", AT)
    assert case.facts[-1] == Decided("grant", "granted", "case-decided", AT)


def test_a_closed_case_takes_no_steps() -> None:
    case = deciding("grant")
    take(case, "grant", "decision_maker")
    with pytest.raises(CaseClosed):
        take(case, "withdraw")


def test_a_comment_that_is_asked_for_must_be_there() -> None:
    with pytest.raises(FormFaulty) as error:
        take(deciding("grant"), "return_for_assessment", "decision_maker", comment="  ")
    assert error.value.details["errors"][0]["pointer"] == "/comment"


def test_an_answer_that_is_only_shown_cannot_be_changed() -> None:
    with pytest.raises(FormFaulty) as error:
        take(deciding("refuse"), "grant", "decision_maker", sent={"advice": "grant"})
    assert error.value.details["errors"][0]["pointer"] == "/data/advice"


def test_null_takes_an_optional_answer_back() -> None:
    raw = deepcopy(dict(SMALL))
    raw["events"][0]["fields"] = [{"name": "plate"}]
    bundle = bundle_of(raw)
    case = opened(bundle, {"plate": "AB 12"})
    taken = take(case, "check", bundle=bundle, sent={"plate": None})
    assert (case.data, taken.fields) == ({}, ("plate",))


def test_a_permissive_case_takes_any_listed_step_again_and_again() -> None:
    bundle = stored("receipt-migration")
    case = opened(bundle, {"channel": "Internet", "anything": "else"})
    for _ in range(3):
        take(case, "t10-determine-necessity-to-stop-indication", "migration", bundle=bundle)
    assert (case.state, case.version, case.closed) == ("received", 4, False)
