"""Who may be put into a team: somebody who is there, and whom the actor could change."""

from collections.abc import Collection
from uuid import UUID

from services.gateway.application.people import resource
from services.gateway.application.ports import Work
from services.gateway.domain.errors import MemberUnknown


def check_members(work: Work, ids: Collection[UUID]) -> None:
    """Raises MemberUnknown, naming each who may not be."""
    departments = work.staff.departments(ids)
    wrong = [
        id
        for id in sorted(ids)
        if id not in departments
        or not work.permissions.decide("amend_staff", resource(departments[id], itself=False)).allowed
    ]
    if wrong:
        raise MemberUnknown(unknown=[str(id) for id in wrong])
