"""Teams: people of a department who are there, one of whom may lead them."""

from uuid import uuid4

import pytest

from services.gateway.domain.errors import Contradictory, LeadNotMember, MemberUnknown, TeamNameTaken, TeamUnknown
from shared.authz.decisions import PolicyRefused
from shared.contracts.gateway.staff import Alternative, Condition, GetStaff, ListStaff, RemoveStaff
from shared.contracts.gateway.teams import AmendTeam, CreateTeam, FindTeams, GetTeam, ListTeams, RemoveTeam
from shared.errors import Stale
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as


def test_a_team_is_made_seen_changed_and_dissolved(directory: Directory) -> None:
    ann, bea, cyd = (directory.provision(name) for name in ("ann", "bea", "cyd"))
    wish = CreateTeam(name="Permits", department="city.permits", lead=ann.id, members=(ann.id, bea.id))
    team = directory.ask(directory.administrator, wish)
    assert directory.ask(directory.administrator, GetStaff(staff_id=ann.id)).teams == (team.id,)

    amended = directory.ask(
        directory.administrator, AmendTeam(team_id=team.id, version=1, add=(cyd.id,), drop=(ann.id,))
    )
    assert (amended.members, amended.lead, amended.version) == (tuple(sorted((bea.id, cyd.id))), None, 2)
    with pytest.raises(Stale):
        directory.ask(directory.administrator, AmendTeam(team_id=team.id, version=1, name="X"))
    listed = directory.ask(directory.administrator, ListStaff(team_id=team.id)).items
    assert [one.user_name for one in listed] == ["bea", "cyd"]

    directory.ask(directory.administrator, RemoveStaff(staff_id=bea.id))
    assert directory.ask(directory.administrator, GetTeam(team_id=team.id)).members == (cyd.id,)
    directory.ask(directory.administrator, RemoveTeam(team_id=team.id))
    with pytest.raises(TeamUnknown):
        directory.ask(directory.administrator, GetTeam(team_id=team.id))
    told = [(fact.key, fact.version) for fact in directory.told() if fact.key.startswith("team.")]
    assert told == [("team.created.v1", 1), ("team.changed.v1", 2), ("team.changed.v1", 3), ("team.removed.v1", 4)]
    assert directory.told("team.changed.v1")[0].data == {
        "fields": ["lead", "members"],
        "came": [str(cyd.id)],
        "went": [str(ann.id)],
    }


def test_a_department_has_one_team_of_a_name(directory: Directory) -> None:
    directory.ask(directory.administrator, CreateTeam(name="Permits", department="city.permits"))
    with pytest.raises(TeamNameTaken):
        directory.ask(directory.administrator, CreateTeam(name="PERMITS", department="city.permits"))
    directory.ask(directory.administrator, CreateTeam(name="Permits", department="city.parking"))


def test_members_are_there_and_within_reach_or_the_team_is_not_made(directory: Directory) -> None:
    theirs = staff("administrator", department="city.permits")
    elsewhere = directory.provision(department="city.parking")
    inside = directory.provision()
    for stranger in (elsewhere.id, uuid4()):
        wish = CreateTeam(name="Permits", department="city.permits", members=(inside.id, stranger))
        with pytest.raises(MemberUnknown) as refused:
            directory.ask(theirs, wish)
        assert refused.value.details["unknown"] == [str(stranger)]
    assert directory.ask(directory.administrator, ListTeams()).items == ()
    with pytest.raises(LeadNotMember):
        directory.ask(theirs, CreateTeam(name="Permits", department="city.permits", lead=inside.id))
    with pytest.raises(PolicyRefused):
        directory.ask(theirs, CreateTeam(name="Parking", department="city.parking"))


def test_contradictions_are_refused(directory: Directory) -> None:
    ann = directory.provision()
    team = directory.ask(directory.administrator, CreateTeam(name="Permits", department="city.permits"))
    for wish in (
        AmendTeam(team_id=team.id, version=1, lead=ann.id, remove=("lead",)),
        AmendTeam(team_id=team.id, version=1, members=(), add=(ann.id,)),
    ):
        with pytest.raises(Contradictory):
            directory.ask(directory.administrator, wish)


def test_a_list_shows_what_a_look_shows(directory: Directory) -> None:
    ann = directory.provision(department="city.parking")
    teams = [
        directory.ask(directory.administrator, CreateTeam(name=name, department=department, members=members))
        for name, department, members in (
            ("a", "city.permits", ()), ("b", "city.parking", ()), ("c", "city.permits", (ann.id,)),
        )
    ]  # fmt: skip
    for looker in (acting_as(ann, "agent"), staff("agent"), staff("auditor"), directory.administrator):
        shown = []
        for team in teams:
            try:
                shown.append(directory.ask(looker, GetTeam(team_id=team.id)))
            except TeamUnknown:
                continue
        found = directory.ask(looker, FindTeams(limit=10))
        assert shown
        assert list(directory.ask(looker, ListTeams()).items) == list(found.items) == shown
        assert found.total == len(shown)


def test_conditions_find_teams(directory: Directory) -> None:
    ann = directory.provision()
    for name, members in (("Permits", (ann.id,)), ("Trees", ())):
        directory.ask(directory.administrator, CreateTeam(name=name, department="city.permits", members=members))
    for field, operator, value, names in (
        ("member", "eq", str(ann.id), ["Permits"]),
        ("member", "ne", str(ann.id), ["Trees"]),
        ("name", "sw", "tr", ["Trees"]),
    ):
        where = (Alternative(conditions=(Condition(field=field, operator=operator, value=value),)),)
        assert [t.name for t in directory.ask(directory.administrator, FindTeams(where=where)).items] == names
