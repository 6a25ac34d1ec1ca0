"""A contact's rules: what it begins with, what an amendment is, and who came first."""

from datetime import UTC, datetime

import pytest

from services.contacts.application.register_contact import owner
from services.contacts.domain.contact import Contact, Details
from services.contacts.domain.errors import DepartmentElsewhere, NameMissing, NothingToAmend
from services.contacts.domain.events import Amended, Registered
from shared.errors import Stale
from shared.ids import new_id
from tests.support.actors import staff

AT = datetime(2026, 3, 1, tzinfo=UTC)


def contact(details: Details) -> Contact:
    return Contact.register(new_id(), "CON-1", kind="person", department="city", details=details, at=AT)


def test_a_new_contact_says_which_fields_are_filled_and_not_with_what() -> None:
    made = contact(Details("Siân", phone="+442920123456"))
    assert (made.version, made.registered_at) == (1, AT)
    assert made.facts == [Registered(("name", "phone", "language"))]


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u2003"])
def test_a_contact_needs_a_name(name: str) -> None:
    with pytest.raises(NameMissing):
        Details(name)
    with pytest.raises(NameMissing):
        contact(Details("Siân")).amend(1, name=name)


def test_an_amendment_names_the_fields_that_differ_and_counts_one_version() -> None:
    made = contact(Details("Siân", "sian@example.org"))
    made.amend(1, name="Siân", email=None, language="cy")
    assert made.details == Details("Siân", None, None, "cy")
    assert (made.version, made.facts[-1]) == (2, Amended(("email", "language")))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_an_amendment_of_another_version_is_stale_and_changes_nothing(version: int) -> None:
    made = contact(Details("Siân"))
    made.amend(1, name="Siân Jones")
    with pytest.raises(Stale) as error:
        made.amend(version, name="Overwritten")
    assert error.value.details == {"current_version": 2}
    assert (made.details.name, made.version, len(made.facts)) == ("Siân Jones", 2, 2)


def test_nothing_to_amend_is_no_version() -> None:
    made = contact(Details("Siân"))
    with pytest.raises(NothingToAmend):
        made.amend(1, name="Siân", phone=None)
    assert (made.version, len(made.facts)) == (1, 1)


@pytest.mark.parametrize("named", [None, "city.permits", "city.permits.events"])
def test_a_contact_is_kept_by_the_actors_department_or_one_within_it(named: str | None) -> None:
    assert owner(named, staff("agent", department="city.permits")) == (named or "city.permits")


@pytest.mark.parametrize("named", ["city", "city.parking", "no.such", "city.permitsmore"])
def test_nobody_registers_for_a_department_elsewhere(named: str) -> None:
    with pytest.raises(DepartmentElsewhere):
        owner(named, staff("agent", department="city.permits"))


def test_a_migration_brings_in_the_contacts_of_every_department() -> None:
    assert owner("city", staff("migration", department="city.permits")) == "city"
