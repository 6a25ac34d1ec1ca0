"""Who may check the record, and who may read it: the policy, role by role."""

import pytest

from shared.authz.decisions import policies_of
from shared.contracts.actor import Actor
from shared.ids import new_id
from tests.support.actors import citizen, staff

POLICIES = policies_of("audit")
PROOFS = ("get_checkpoint", "get_consistency_proof", "get_inclusion_proof")


@pytest.mark.parametrize("actor", [citizen(new_id()), staff("agent"), staff("system"), staff("auditor"), staff()])
@pytest.mark.parametrize("action", PROOFS)
def test_anyone_who_can_sign_in_may_check_the_record(actor: Actor, action: str) -> None:
    decision = POLICIES.decide(actor, action)
    assert (decision.allowed, decision.policies) == (True, ("audit.anyone-who-can-sign-in-may-check-the-record",))


@pytest.mark.parametrize("actor", [citizen(new_id()), staff("agent"), staff("administrator"), staff("system")])
def test_what_is_in_the_record_is_for_those_who_oversee(actor: Actor) -> None:
    assert not POLICIES.decide(actor, "find_entries").allowed
    assert POLICIES.decide(staff("auditor"), "find_entries").allowed
