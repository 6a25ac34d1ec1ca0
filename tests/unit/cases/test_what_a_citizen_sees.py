"""A citizen sees their own answers, and not what officials write on the way to a decision."""

from datetime import UTC, datetime
from uuid import UUID

from services.cases.application.published import as_view
from services.cases.domain.case import Case
from shared.authz.decisions import ActorPermissions, policies_of
from shared.authz.model import Decision
from tests.support.actors import citizen, staff
from tests.support.case_bundles import stored

PERMIT = stored("street-permit")
AT = datetime(2026, 11, 21, tzinfo=UTC)
OURS = {"assessment": "not to be told yet", "advice": "refuse", "complete": True}
THEIRS = {"street": "Mill Lane", "applicant_name": "Ada"}
ALL = Decision(allowed=True, policies=(), fields=frozenset({"*"}))


def case() -> Case:
    data = {**THEIRS, **OURS}
    return Case(UUID(int=1), "CASE-1", "street-permit", 1, UUID(int=2), "deciding", "city.permits", AT, AT, data=data)


def test_officials_notes_are_not_among_a_citizens_answers() -> None:
    permissions = ActorPermissions(policies_of("cases"), citizen(UUID(int=2)))
    assert as_view(case(), PERMIT, ALL, permissions).data == THEIRS


def test_a_caseworker_sees_them_all() -> None:
    permissions = ActorPermissions(policies_of("cases"), staff("caseworker"))
    assert as_view(case(), PERMIT, ALL, permissions).data == {**THEIRS, **OURS}
