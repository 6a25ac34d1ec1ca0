"""Staff: provisioned once, seen by whom it concerns, changed by nobody behind anybody's back."""

from uuid import uuid4

import pytest

from services.gateway.domain.errors import StaffExists, StaffUnknown, TermHidden, UserNameTaken
from shared.authz.decisions import PolicyRefused
from shared.contracts.gateway.staff import Alternative, Condition, FindStaff, GetStaff, ListStaff, ProvisionStaff
from shared.errors import Invalid
from shared.ids import new_id
from tests.support.actors import citizen, staff
from tests.support.directory import Directory, acting_as, hr_system


def where(field: str, operator: str, value: str = "") -> tuple[Alternative, ...]:
    return (Alternative(conditions=(Condition(field=field, operator=operator, value=value),)),)


def test_somebody_is_provisioned_and_the_world_is_told_without_their_name(directory: Directory) -> None:
    made = directory.provision("carl", email="carl@city.example", skills=("welsh", "permits", "welsh"), capacity=3)

    assert (made.user_name, made.skills, made.version) == ("carl", ("permits", "welsh"), 1)
    assert directory.ask(directory.administrator, GetStaff(staff_id=made.id)) == made
    enrolled, provisioned = directory.told()
    assert (enrolled.key, provisioned.key) == ("actor.enrolled.v1", "staff.provisioned.v1")
    assert provisioned.data == {
        "active": True,
        "fields": ["user_name", "display_name", "email", "department", "skills", "capacity"],
    }
    assert provisioned.department == "city.permits"


def test_an_identity_is_provisioned_once(directory: Directory) -> None:
    directory.provision("carl", external_id="c-1")

    with pytest.raises(StaffExists):
        directory.provision("other", external_id="c-1")
    with pytest.raises(UserNameTaken):
        directory.provision("CARL", external_id="c-2")
    assert len(directory.told("staff.provisioned.v1")) == 1


def test_a_repeated_command_is_answered_alike(directory: Directory) -> None:
    wish = ProvisionStaff(user_name="carl", display_name="Carl", department="city.permits")
    command = new_id()

    first = directory.ask(directory.administrator, wish, command_id=command)
    again = directory.ask(directory.administrator, wish, command_id=command)

    assert first == again
    assert len(directory.told("staff.provisioned.v1")) == 1


def test_only_a_trusted_issuer_vouches_for_staff(directory: Directory) -> None:
    with pytest.raises(Invalid) as refused:
        directory.provision("carl", issuer="https://elsewhere.test")
    assert refused.value.error_code == "staff.issuer_unknown"


def test_an_administrator_manages_their_department_and_no_other(directory: Directory) -> None:
    theirs = staff("administrator", department="city.permits")
    directory.provision("carl", by=theirs, department="city.permits.trees")

    for department in ("city", "city.parking", "city.permitsplus"):
        with pytest.raises(PolicyRefused):
            directory.provision(by=theirs, department=department)


@pytest.mark.parametrize("role", ["agent", "caseworker", "team_lead", "auditor", "security_officer", "system"])
def test_nobody_else_provisions(directory: Directory, role: str) -> None:
    with pytest.raises(PolicyRefused):
        directory.provision(by=staff(role, department="city"))


def test_a_system_registered_for_it_provisions(directory: Directory) -> None:
    made = directory.provision("carl", by=hr_system())
    assert directory.ask(hr_system(), GetStaff(staff_id=made.id)).email is None
    with pytest.raises(PolicyRefused):
        directory.provision(by=hr_system().model_copy(update={"scopes": ("something_else",)}))


def test_a_list_shows_what_a_look_shows_for_every_role(directory: Directory) -> None:
    views = [
        directory.provision(f"s{number}", department=department, email="s@city.example")
        for number, department in enumerate(("city.permits", "city.permits.trees", "city.parking", "city"))
    ]
    somebody = acting_as(views[0], "caseworker")
    lookers = [staff(role, department="city.permits") for role in (
        "administrator", "team_lead", "auditor", "security_officer", "privacy_officer", "agent", "migration",
    )]  # fmt: skip
    for looker in [*lookers, somebody, acting_as(views[2], "team_lead")]:
        shown = {}
        for view in views:
            try:
                shown[view.id] = directory.ask(looker, GetStaff(staff_id=view.id))
            except StaffUnknown:
                continue
        listed = directory.ask(looker, ListStaff(limit=100)).items
        found = directory.ask(looker, FindStaff(limit=100))
        assert {view.id: view for view in listed} == shown, looker.roles
        assert {view.id: view for view in found.items} == shown
        assert found.total == len(shown)
    with pytest.raises(PolicyRefused):
        directory.ask(citizen(uuid4()), ListStaff())


def test_what_is_hidden_cannot_be_searched_for(directory: Directory) -> None:
    directory.provision("carl", email="carl@city.example")
    auditor = staff("auditor", department="city")

    assert directory.ask(auditor, ListStaff()).items[0].hidden == ("email",)
    with pytest.raises(TermHidden):
        directory.ask(auditor, FindStaff(where=where("email", "sw", "carl")))


def test_pages_come_in_order_and_end(directory: Directory) -> None:
    for name in ("b", "a", "d", "C", "e"):
        directory.provision(name)
    names, cursor = [], None
    while True:
        page = directory.ask(directory.administrator, ListStaff(limit=2, cursor=cursor))
        names += [item.user_name for item in page.items]
        if (cursor := page.next) is None:
            break
    assert names == ["a", "b", "C", "d", "e"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (where("user_name", "eq", "ANN"), ["ann"]),
        (where("user_name", "ne", "ann"), ["bea", "cyd_100%"]),
        (where("user_name", "sw", "b"), ["bea"]),
        (where("user_name", "co", "_100%"), ["cyd_100%"]),
        (where("user_name", "ew", "A"), ["bea"]),
        (where("email", "pr"), ["ann"]),
        (where("active", "eq", "false"), ["bea"]),
        (where("external_id", "eq", "X1"), ["ann"]),
        (where("external_id", "eq", "x1"), []),
        (where("changed_at", "gt", "2020-01-01T00:00:00Z"), ["ann", "bea", "cyd_100%"]),
        (where("id", "eq", "no id"), []),
        (where("team", "pr"), []),
        (where("user_name", "eq", "ann") + where("user_name", "eq", "bea"), ["ann", "bea"]),
    ],
    ids=str,
)
def test_conditions_find(directory: Directory, asked: tuple[Alternative, ...], names: list[str]) -> None:
    directory.provision("ann", email="a@city.example", external_id="X1")
    directory.provision("bea", active=False)
    directory.provision("cyd_100%")
    found = directory.ask(directory.administrator, FindStaff(where=asked))
    assert [item.user_name for item in found.items] == names
    assert found.total == len(names)


@pytest.mark.parametrize(
    "asked", [where("salary", "eq", "1"), where("active", "gt", "true"), where("changed_at", "gt", "yesterday")]
)
def test_a_condition_that_cannot_be_is_refused(directory: Directory, asked: tuple[Alternative, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        directory.ask(directory.administrator, FindStaff(where=asked))
    assert refused.value.error_code == "directory.field_unknown"
