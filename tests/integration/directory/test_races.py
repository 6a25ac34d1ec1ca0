"""What is checked stays true until it is done: two at once never do together what neither may do alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.domain.errors import ActorRevoked, LastAdministrator
from shared.contracts.gateway.assignments import EndAssignment, ListAssignments
from shared.contracts.gateway.staff import DeactivateStaff, GetStaff
from shared.errors import Conflict, ServiceError
from tests.support.directory import Directory, acting_as


def at_once(*works: Callable[[], Any]) -> list[Any]:
    def outcome(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(outcome, works))


def test_two_last_administrators_do_not_end_each_other(directory: Directory) -> None:
    for _ in range(5):
        pair = [directory.provision(department="city") for _ in range(2)]
        for one in pair:
            directory.assign(one, "administrator", by=directory.security_officer)
        given = directory.ask(directory.administrator, ListAssignments(role="administrator", in_force=True)).items
        ends = [EndAssignment(assignment_id=one.id, reason="moved") for one in given]
        outcomes = at_once(*(lambda wish=wish: directory.ask(directory.security_officer, wish) for wish in ends))

        left = directory.ask(directory.administrator, ListAssignments(role="administrator", in_force=True)).items
        assert len(left) >= 1
        assert any(isinstance(outcome, LastAdministrator) for outcome in outcomes)


def test_whoever_was_deactivated_gives_nothing_with_a_token_that_is_still_good(directory: Directory) -> None:
    abel, carl = directory.provision(department="city"), directory.provision()
    his = acting_as(abel, "administrator", assurance="aal2", authenticated_at=directory.administrator.authenticated_at)
    directory.ask(directory.administrator, DeactivateStaff(staff_id=abel.id))

    with pytest.raises(ActorRevoked):
        directory.assign(carl, "caseworker", by=his)
    with pytest.raises(ActorRevoked):
        directory.ask(his, DeactivateStaff(staff_id=carl.id))
    assert directory.ask(directory.administrator, GetStaff(staff_id=carl.id)).active


def test_no_more_grants_are_given_at_once_than_one_person_may_have(directory: Directory) -> None:
    carl = directory.provision()
    for _ in range(98):
        directory.assign(carl, "agent", kind="specific", about=uuid4())
    outcomes = at_once(*(lambda: directory.assign(carl, "agent", kind="specific", about=uuid4()) for _ in range(6)))
    assert sum(not isinstance(outcome, ServiceError) for outcome in outcomes) <= 2
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if isinstance(outcome, ServiceError))
