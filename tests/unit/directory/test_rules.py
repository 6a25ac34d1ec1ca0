"""The directory's rules, without a store: who may give what, from when until when, and what nothing outweighs."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.domain.administrators import check_somebody_stays
from services.gateway.domain.assignment import Assignment, Granter, check_emergency, check_gift
from services.gateway.domain.errors import (
    Excluded,
    LastAdministrator,
    LeadNotMember,
    OwnExclusion,
    OwnRole,
    RoleAboveAuthority,
)
from services.gateway.domain.periods import Emergencies, Period
from services.gateway.domain.roles import GUARDED, ROLES, Kind, may_give
from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.domain.team import TeamDescription

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENTS = some.timedeltas(timedelta(-2_000), timedelta(5_000)).map(lambda away: NOW + away)
ROLE_SETS = some.frozensets(some.sampled_from(sorted(ROLES)))


def assignment(kind: Kind = "specific", role: str | None = "agent", about: UUID | None = None) -> Assignment:
    return Assignment(
        id=uuid4(),
        holder=uuid4(),
        department="city",
        kind=kind,
        role=role,
        about=about or uuid4(),
        period=Period(NOW),
        reason="joined",
        note="",
        salt=b"salt",
        granted_by=uuid4(),
        granted_at=NOW,
    )


def test_the_directory_gives_the_roles_that_tokens_may_carry() -> None:
    assert ROLES == STAFF_ROLES


@given(held=ROLE_SETS, role=some.sampled_from(sorted(GUARDED)), kind=some.sampled_from(get_args(Kind)))
def test_only_security_officers_give_what_watches_over_others(held: frozenset[str], role: str, kind: Kind) -> None:
    if kind != "excluded" and may_give(held, kind, role):
        assert "security_officer" in held


@given(held=ROLE_SETS, role=some.sampled_from(sorted(ROLES)))
def test_what_is_taken_in_an_emergency_is_never_given(held: frozenset[str], role: str) -> None:
    assert not may_give(held, "challenged", role)


@given(
    held=ROLE_SETS, kind=some.sampled_from(["standard", "specific", "excluded"]), role=some.sampled_from(sorted(ROLES))
)
def test_nobody_gives_themselves_anything_whatever_they_hold(held: frozenset[str], kind: Kind, role: str) -> None:
    wish = assignment(kind, None if kind == "excluded" else role)
    with pytest.raises(OwnRole):
        check_gift(wish, Granter(wish.holder, held), [], NOW)


@given(at=MOMENTS, minutes=some.integers(1, 1_440))
def test_an_emergency_ends_within_four_hours_and_the_day(at: datetime, minutes: int) -> None:
    period = Emergencies().period(minutes, at)
    assert period.ends_at is not None
    assert at < period.ends_at <= at + timedelta(hours=4)
    assert (period.ends_at - timedelta(microseconds=1)).date() == at.date()


@given(begins=some.tuples(MOMENTS, MOMENTS), lasts=some.tuples(*[some.timedeltas(timedelta(1), timedelta(900))] * 2))
def test_two_periods_overlap_where_one_begins_within_the_other(
    begins: tuple[datetime, datetime], lasts: tuple[timedelta, timedelta]
) -> None:
    one, other = (Period(begin, begin + last) for begin, last in zip(begins, lasts, strict=True))
    shared = one.holds(other.begins_at) or other.holds(one.begins_at)
    assert one.overlaps(other) == other.overlaps(one) == shared


def test_an_exclusion_outweighs_an_emergency_and_a_gift_alike() -> None:
    kept_out = assignment("excluded", None)
    wish = assignment("challenged", "agent", kept_out.about)
    with pytest.raises(Excluded):
        check_emergency(wish, Granter(wish.holder, frozenset({"agent"})), [kept_out], NOW)
    gift = assignment("specific", "agent", kept_out.about)
    with pytest.raises(Excluded):
        check_gift(gift, Granter(uuid4(), frozenset({"administrator"})), [kept_out], NOW)


def test_nobody_lifts_their_own_exclusion_with_any_role() -> None:
    kept_out = assignment("excluded", None)
    with pytest.raises(OwnExclusion):
        kept_out.end(Granter(kept_out.holder, ROLES), "nonsense", NOW)
    with pytest.raises(RoleAboveAuthority):
        kept_out.end(Granter(uuid4(), frozenset({"administrator", "agent"})), "nonsense", NOW)


def test_somebody_stays_who_can_let_others_in() -> None:
    ann, bea = uuid4(), uuid4()
    check_somebody_stays({ann, bea}, ann)
    check_somebody_stays({ann}, bea)
    check_somebody_stays(set(), bea)
    with pytest.raises(LastAdministrator):
        check_somebody_stays({ann}, ann)


def test_who_leads_a_team_is_in_it() -> None:
    with pytest.raises(LeadNotMember):
        TeamDescription("Permits", "city", lead=uuid4())
