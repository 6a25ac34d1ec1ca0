"""A refusal says what proof of identity would change it, but only where that alone would."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from shared.authz.decisions import CONTRACTS, LONG_AGO, Policies, PolicyRefused
from shared.authz.model import StepUp
from shared.clock import now
from shared.contracts.actor import Actor, Kind

SCHEMA = (
    (CONTRACTS / "actor.cedarschema").read_text()
    + """
action "seal", "break" appliesTo { principal: [Actor], resource: [Suite], context: { purpose: String } };
"""
)
TEXT = """
@id("officers-seal") @fields("*")
permit (principal in Role::"security_officer", action, resource);
@id("sealing-needs-a-fresh-second-factor") @stepup("aal2 900")
forbid (principal, action, resource) unless { principal.assurance == "aal2" && principal.authAge <= 900 };
@id("breaking-needs-a-very-fresh-one") @stepup("aal2 60")
forbid (principal, action == Action::"break", resource) unless { principal.authAge <= 60 };
@id("nobody-breaks-at-home")
forbid (principal, action == Action::"break", resource) when { context.purpose == "home" };
"""
POLICIES = Policies(TEXT, SCHEMA)


def officer(assurance: str, ago: int | None, *, role: str = "security_officer", purpose: str = "work") -> Actor:
    at = None if ago is None else int(now().timestamp()) - ago
    return Actor(
        id=uuid4(),
        kind=Kind.STAFF,
        roles=(role,),
        department="city",
        assurance=assurance,
        authenticated_at=at,
        purpose=purpose,
    )


def test_a_fresh_second_factor_opens_what_asks_for_one() -> None:
    assert POLICIES.decide(officer("aal2", 30), "seal").allowed


@pytest.mark.parametrize(("assurance", "ago"), [("aal1", 10), ("aal2", 1_000), ("aal2", None), ("aal1", None)])
def test_less_is_told_what_would_do(assurance: str, ago: int | None) -> None:
    decision = POLICIES.decide(officer(assurance, ago), "seal")

    assert not decision.allowed
    assert decision.step_up == StepUp("aal2", 900)


def test_of_several_demands_the_hardest_is_told() -> None:
    assert POLICIES.decide(officer("aal1", None), "break").step_up == StepUp("aal2", 60)


def test_nobody_is_sent_to_sign_in_again_in_vain() -> None:
    assert POLICIES.decide(officer("aal1", 10, role="agent"), "seal").step_up is None
    assert POLICIES.decide(officer("aal2", 100, purpose="home"), "break").step_up is None


def test_a_refusal_carries_it_to_whoever_asked() -> None:
    with pytest.raises(PolicyRefused) as refused:
        POLICIES.require(officer("aal1", 10), "seal")

    assert refused.value.details["step_up"] == {"level": "aal2", "max_age": 900}


def test_an_age_is_rounded_up_to_one_that_is_asked_about() -> None:
    ages = [POLICIES.age_of(officer("aal1", ago)) for ago in (0, 30, 61, 899, 901, None)]

    assert ages == [60, 60, 900, 900, LONG_AGO, LONG_AGO]


@pytest.mark.parametrize("text", sorted(CONTRACTS.rglob("*.cedar")), ids=lambda path: str(path.relative_to(CONTRACTS)))
def test_every_age_that_a_policy_compares_with_is_one_that_it_announces(text: Path) -> None:
    # decisions round ages up to announced ones: another number would be compared with the wrong age
    for policy in re.split(r"(?=@id)", text.read_text()):
        compared = set(re.findall(r"authAge\s*\S+\s*(\d+)", policy))
        announced = {words.split()[1] for words in re.findall(r'@stepup\("([^"]+)"\)', policy)}
        assert compared <= announced
        assert policy.count("authAge") == len(re.findall(r"authAge <= \d+", policy))


def test_reading_never_asks_for_a_better_proof() -> None:
    texts = [policy for file in CONTRACTS.rglob("*.cedar") for policy in re.split(r"(?=@id)", file.read_text())]
    asking = [policy for policy in texts if "@stepup" in policy]
    asked = {action for policy in asking for action in re.findall(r'Action::"(\w+)"', policy)}

    assert {"assign_role", "challenge_access", "end_sessions", "add_client_key", "export_cases"} <= asked
    assert not {action for action in asked if action.startswith(("get_", "list_", "find_", "search_", "see_", "read_"))}
    assert all("action" in policy and "Action::" in policy for policy in asking)  # each names its actions
