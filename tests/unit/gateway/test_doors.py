"""Who may knock at what the gateway owns: every route, every role, compared with a page written by hand."""

import time
from pathlib import Path
from typing import Final

import pytest
import yaml

from services.gateway.deciding import decide
from services.gateway.routes import ROUTES
from shared.contracts.actor import Actor, Kind
from shared.ids import new_id

PAGE: Final[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "doors.yaml").read_text(encoding="utf-8"))
STAFF: Final = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", None,
)  # fmt: skip
ROLES: Final = (*STAFF, "citizen", "system")
GROUPS: Final = {"staff": set(STAFF), "people": {*STAFF, "citizen"}, "everyone": set(ROLES)}
OWN: Final = [route.operation for route in ROUTES if route.service == "gateway"]


def actor(role: str | None, *, sure: bool) -> Actor:
    return Actor(
        id=new_id(),
        kind=Kind.CITIZEN if role == "citizen" else Kind.SYSTEM if role == "system" else Kind.STAFF,
        roles=(role,) if role else (),
        department="city",
        contact_id=new_id() if role == "citizen" else None,
        assurance="aal2" if sure else "aal1",
        authenticated_at=int(time.time()) if sure else None,
        purpose="operations",
    )


def test_the_page_speaks_of_every_route_that_the_gateway_owns_and_of_nothing_else() -> None:
    assert set(PAGE) == set(OWN)


@pytest.mark.parametrize("operation", OWN)
def test_who_may_knock_is_who_the_page_says(operation: str) -> None:
    named, _, more = PAGE[operation].partition(",")
    may = GROUPS.get(named.strip(), set(named.split()))
    assert {role for role in ROLES if decide(actor(role, sure=True), "gateway", operation).allowed} == may
    asked_for_more = {role for role in may if decide(actor(role, sure=False), "gateway", operation).step_up is not None}
    assert asked_for_more == (may - {"citizen"} if more.strip() == "sure" else set())
