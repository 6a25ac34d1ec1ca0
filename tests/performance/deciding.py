"""What one decision costs under sixty policies: those of cases, and more of the same shapes, on the real schema."""

import time
from collections.abc import Iterator
from statistics import median
from uuid import uuid4

from shared.authz import sources
from shared.authz.decisions import Policies
from shared.authz.model import Resource
from tests.support.actors import staff

POLICIES, DECISIONS = 60, 2_000
ROLES = ("agent", "caseworker", "team_lead", "decision_maker", "records_officer", "auditor", "campaign_officer")
ACTIONS = ("get_case", "list_case_events", "take_case_event", "open_case")


def microseconds() -> float:
    """The median of many decisions, each about another case: nothing about it was parsed or decided before."""
    policies = Policies("\n".join(sixty()), sources.schema_of("cases"))
    actor = staff("caseworker", "agent", department="city.permits")
    cases = [
        Resource("Case", str(uuid4()), "city.permits.trees", {"contact": str(uuid4()), "assigned": number % 3 == 0})
        for number in range(DECISIONS)
    ]
    took = []
    for case in cases:
        started = time.perf_counter()
        decision = policies.decide(actor, "get_case", case)
        took.append((time.perf_counter() - started) * 1e6)
        assert decision.allowed, decision
    return median(took)


def sixty() -> Iterator[str]:
    """The policies of cases, and as many more as are missing to sixty."""
    real = [place.text for place in sources.places_of("cases").values()]
    yield from real
    for number in range(POLICIES - len(real)):
        role, action = ROLES[number % len(ROLES)], ACTIONS[number % len(ACTIONS)]
        yield (_wall if number % 4 == 3 else _permit)(number, role, action)


def _permit(number: int, role: str, action: str) -> str:
    return (
        f'@id("bench.permit-{number}") @fields("contact_id outcome")\n'
        f'permit (principal in Role::"{role}", action in [Action::"{action}", Action::"get_case"], resource is Case)\n'
        f'when {{ resource in Department::"county.office{number}" && context.purpose == "purpose_{number}" }};'
    )


def _wall(number: int, role: str, action: str) -> str:
    return (
        f'@id("bench.wall-{number}")\n'
        f'forbid (principal in Role::"{role}", action in [Action::"{action}", Action::"get_case"], resource is Case)\n'
        f'when {{ resource in Department::"secret.office{number}" && !resource.assigned }};'
    )
