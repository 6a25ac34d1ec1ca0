"""What the contacts service does, whatever keeps its contacts: one suite for the real store and the one in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from services.contacts.domain.errors import (
    ContactExists,
    ContactUnknown,
    MomentImpossible,
    NothingToAmend,
    PointContradictory,
    PointInvalid,
    TermHidden,
)
from shared.authz.decisions import PolicyRefused, policies_of
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.contacts.rpc import (
    AmendContact,
    ContactSummary,
    ContactView,
    FindContacts,
    GetContact,
    InteractionView,
    ListContactChanges,
    ListInteractions,
    RecordInteraction,
    RegisterContact,
)
from shared.errors import ServiceError, Stale
from shared.ids import new_id
from tests.support.actors import citizen, staff
from tests.support.contacts import Reception

ROLES: Final = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", "system",
)  # fmt: skip
DEPARTMENTS: Final = ("city", "city.permits", "city.permits.street", "city.parking", "city.permitsandmore")
POINTS: Final[dict[str, Any]] = {"email": "Sian@Example.ORG", "phone": "029 2012 3456"}
AGENT: Final = staff("agent", department="city")


def refusal(reception: Reception, actor: Actor, request: Any) -> ServiceError | None:
    try:
        reception.ask(actor, request)
    except ServiceError as error:
        return error
    return None


class Registering:
    def test_a_contact_is_kept_in_normal_form_and_the_world_is_told_without_a_name(self, reception: Reception) -> None:
        made = reception.register(by=AGENT, department="city.permits", **POINTS)
        assert reception.ask(AGENT, GetContact(contact_id=made.id)) == made
        assert (made.email, made.phone, made.version, made.hidden) == ("sian@example.org", "+442920123456", 1, ())
        (told,) = reception.store.told()
        assert (told.key, told.subject, told.version) == ("contact.registered.v1", str(made.id), 1)
        assert told.department == "city.permits"
        assert told.data == {"kind": "person", "fields": ["name", "email", "phone", "language"]}

    def test_a_reference_from_elsewhere_is_registered_once_and_the_refusal_names_the_contact(
        self, reception: Reception
    ) -> None:
        first = reception.register(source="old-crm", external_reference="17")
        for _ in range(2):
            with pytest.raises(ContactExists) as error:
                reception.register("Somebody Else", source="old-crm", external_reference="17")
            assert error.value.details == {"contact_id": str(first.id)}
        reception.register("Somebody Else", source="other-crm", external_reference="17")
        assert len(reception.store.told()) == 2

    def test_a_call_delivered_twice_registers_one_contact(self, reception: Reception) -> None:
        command, request = new_id(), RegisterContact(name="Zoë")
        answers = [reception.ask(AGENT, request, command_id=command) for _ in range(3)]
        assert answers[1:] == answers[:2]
        assert len(reception.store.told()) == 1

    def test_who_keeps_no_contacts_registers_none(self, reception: Reception) -> None:
        for role in ("auditor", "campaign_officer", "decision_maker", "privacy_officer"):
            with pytest.raises(PolicyRefused):
                reception.register(by=staff(role))
        assert reception.store.told() == []


class Amending:
    def test_an_amendment_is_a_new_version_a_line_of_history_and_a_fact(self, reception: Reception) -> None:
        made = reception.register(**POINTS)
        lead = staff("team_lead")
        seen = reception.ask(lead, AmendContact(contact_id=made.id, version=1, name="Siân Jones", remove=("phone",)))
        assert (seen.name, seen.email, seen.phone, seen.version) == ("Siân Jones", "sian@example.org", None, 2)
        newest, oldest = reception.ask(lead, ListContactChanges(contact_id=made.id)).items
        assert (newest.version, newest.action, newest.fields, newest.actor) == (
            2,
            "amended",
            ("name", "phone"),
            lead.id,
        )
        assert (oldest.version, oldest.action) == (1, "registered")
        told = reception.store.told()[-1]
        assert (told.key, told.version, told.data) == ("contact.amended.v1", 2, {"fields": ["name", "phone"]})

    def test_a_stale_version_changes_nothing(self, reception: Reception) -> None:
        made = reception.register()
        current = reception.ask(AGENT, AmendContact(contact_id=made.id, version=1, language="cy"))
        with pytest.raises(Stale) as error:
            reception.ask(AGENT, AmendContact(contact_id=made.id, version=1, name="Overwritten"))
        assert error.value.details == {"current_version": 2}
        assert reception.ask(AGENT, GetContact(contact_id=made.id)) == current
        assert len(reception.store.told()) == 2

    def test_an_amendment_that_changes_nothing_is_refused(self, reception: Reception) -> None:
        made = reception.register(**POINTS)
        for same in ({}, {"name": made.name}, {"email": "SIAN@example.org"}, {"phone": "+44 29 2012 3456"}):
            with pytest.raises(NothingToAmend):
                reception.ask(AGENT, AmendContact.model_validate({"contact_id": made.id, "version": 1} | same))

    def test_a_point_is_changed_or_removed_and_not_both(self, reception: Reception) -> None:
        made = reception.register(**POINTS)
        request = AmendContact(contact_id=made.id, version=1, email="new@example.org", remove=("email", "phone"))
        error = refusal(reception, AGENT, request)
        assert isinstance(error, PointContradictory)
        assert [fault["pointer"] for fault in error.details["errors"]] == ["/email"]
        assert reception.ask(AGENT, GetContact(contact_id=made.id)) == made

    def test_nobody_amends_a_contact_that_they_may_not_know(self, reception: Reception) -> None:
        made = reception.register()
        for actor in (citizen(new_id()), staff("records_officer")):
            with pytest.raises(ContactUnknown):
                reception.ask(actor, AmendContact(contact_id=made.id, version=1, name="Other"))
        with pytest.raises(PolicyRefused):
            reception.ask(staff("auditor"), AmendContact(contact_id=made.id, version=1, name="Other"))
        assert reception.ask(citizen(made.id), AmendContact(contact_id=made.id, version=1, name="Own")).name == "Own"

    def test_history_is_read_in_pages_newest_first(self, reception: Reception) -> None:
        made = reception.register()
        for version in range(1, 8):
            reception.ask(AGENT, AmendContact(contact_id=made.id, version=version, name=f"Name {version}"))
        pages = reception.every(AGENT, lambda c: ListContactChanges(contact_id=made.id, limit=3, cursor=c))
        assert [change.version for page in pages for change in page.items] == list(range(8, 0, -1))


class Finding:
    def found(self, reception: Reception, actor: Actor = AGENT, **terms: Any) -> list[ContactSummary]:
        pages = reception.every(actor, lambda cursor: FindContacts(limit=40, cursor=cursor, **terms))
        return [summary for page in pages for summary in page.items]

    def test_a_name_is_found_by_its_beginning_whatever_its_case_and_accents(self, reception: Reception) -> None:
        longer = reception.register("Siân Ó Briain")
        exact = reception.register("SIAN O")
        reception.register("Persian Obrien")
        for typed in ("sian o", "SIÂN  Ó", "siân ó"):
            assert [summary.id for summary in self.found(reception, name=typed)][:2] == [exact.id, longer.id]

    def test_signs_that_mean_anything_in_a_search_mean_themselves(self, reception: Reception) -> None:
        percent = reception.register("100% Skips_Ltd")
        reception.register("100 Skips Ltd")
        assert self.found(reception, name="100%")[0].id == percent.id
        for anything in ("%", "_", "\\", "\u0301", "\u001c"):
            assert self.found(reception, name=anything) == []

    def test_a_contact_is_found_by_each_point_and_by_its_reference(self, reception: Reception) -> None:
        made = reception.register(**POINTS)
        reception.register("Somebody Else", email="else@example.org", phone="029 2012 3457")
        every: list[dict[str, Any]] = [
            {"email": "SIAN@example.org"},
            {"phone": "+44 (0)29 2012 3456"},
            {"reference": made.reference.lower()},
            {"name": "siân", "email": "sian@example.org", "phone": "02920123456"},
        ]
        for terms in every:
            assert [summary.id for summary in self.found(reception, **terms)] == [made.id]
        assert self.found(reception, name="somebody", email="sian@example.org") == []

    def test_what_cannot_be_a_point_is_refused_by_its_place(self, reception: Reception) -> None:
        for term in ("email", "phone"):
            with pytest.raises(PointInvalid) as error:
                reception.ask(AGENT, FindContacts.model_validate({term: "none of that"}))
            assert [fault["pointer"] for fault in error.value.details["errors"]] == [f"/{term}"]

    def test_pages_show_everybody_once_although_all_have_the_same_name(self, reception: Reception) -> None:
        made = {reception.register("Jan Jansen").id for _ in range(250)}
        found = [summary.id for summary in self.found(reception, name="jan jansen")]
        assert (len(found), set(found)) == (250, made)

    @pytest.mark.parametrize("name", ["永" * 200, "\u0001" * 200, "ﷺ" * 200, "\U00010330" * 200])
    def test_a_long_name_in_any_script_does_not_end_the_pages(self, reception: Reception, name: str) -> None:
        made = {reception.register(name).id for _ in range(3)}
        pages = reception.every(AGENT, lambda cursor: FindContacts(name=name, limit=1, cursor=cursor))
        assert {summary.id for page in pages for summary in page.items} == made

    @pytest.mark.parametrize("cursor", ["zzzz", "W10", "WyJ4IiwieCIsIngiXQ", "WzEsMiwzXQ", "A" * 500])
    def test_a_cursor_that_was_not_given_out_is_refused(self, reception: Reception, cursor: str) -> None:
        contact = reception.register()
        for request in (
            FindContacts(name="s", cursor=cursor),
            ListInteractions(contact_id=contact.id, cursor=cursor),
            ListContactChanges(contact_id=contact.id, cursor=cursor),
        ):
            assert getattr(refusal(reception, AGENT, request), "error_code", None) == "cursor_invalid", request.method


class Masking:
    def test_a_search_shows_of_everybody_what_a_look_shows(self, reception: Reception) -> None:
        made = [reception.register(f"Sam {n}", **POINTS, department=d).id for n, d in enumerate(DEPARTMENTS)]
        searched = set()
        for actor in [staff(role, department=d) for role in ROLES for d in ("city", "county")]:
            if refusal(reception, actor, FindContacts(name="sam")) is None:
                found = {s.id: s for s in reception.ask(actor, FindContacts(name="sam")).items}
                assert found == {id: summary(reception.ask(actor, GetContact(contact_id=id))) for id in made}
                searched.add(actor.roles[0])
        assert searched == {
            "agent", "caseworker", "team_lead", "decision_maker", "privacy_officer", "migration", "campaign_officer",
        }  # fmt: skip
        with pytest.raises(PolicyRefused):
            reception.ask(citizen(made[0]), FindContacts(name="sam"))

    @pytest.mark.parametrize(
        ("role", "shown"),
        [
            ("agent", {"name", "email", "phone", "language"}),
            ("privacy_officer", {"name", "email", "phone", "language"}),
            ("campaign_officer", {"name", "language"}),
            ("auditor", {"language"}),
            ("records_officer", None),
            ("administrator", None),
            ("system", None),
        ],
    )
    def test_a_look_shows_a_role_its_fields_and_names_the_others(
        self, reception: Reception, role: str, shown: set[str] | None
    ) -> None:
        contact = reception.register(**POINTS)
        request = GetContact(contact_id=contact.id)
        if shown is None:
            assert isinstance(refusal(reception, staff(role), request), ContactUnknown)
            return
        view = reception.ask(staff(role), request)
        fields = {"name", "email", "phone", "language"}
        assert {field for field in fields if getattr(view, field) is not None} == shown
        assert set(view.hidden) == fields - shown

    def test_a_citizen_sees_their_own_record_and_learns_of_no_other(self, reception: Reception) -> None:
        contact = reception.register(**POINTS)
        assert reception.ask(citizen(contact.id), GetContact(contact_id=contact.id)) == contact
        for unseen in (contact.id, new_id()):
            error = refusal(reception, citizen(new_id()), GetContact(contact_id=unseen))
            assert isinstance(error, ContactUnknown)
            assert set(error.details) <= {"refused"}  # which policies refused is for the record, and goes no further

    def test_nobody_searches_by_what_is_hidden_from_them(self, reception: Reception) -> None:
        reception.register(**POINTS)
        officer = staff("campaign_officer")
        for term in ("email", "phone"):
            error = refusal(reception, officer, FindContacts.model_validate({"name": "siân", term: POINTS[term]}))
            assert isinstance(error, TermHidden)
            assert error.details == {"terms": [term]}
        assert len(reception.ask(officer, FindContacts(name="siân")).items) == 1


class Interacting:
    @pytest.fixture
    def contact(self, reception: Reception) -> UUID:
        """Somebody with thirty interactions over five departments."""
        contact = reception.register().id
        start = datetime(2026, 1, 1, tzinfo=UTC)
        for n in range(30):
            agent = staff("agent", department=DEPARTMENTS[n % 5])
            reception.note(contact, by=agent, occurred_at=start + timedelta(hours=n % 7))
        reception.note(reception.register("Somebody Else").id, by=AGENT)
        return contact

    def all_of(self, reception: Reception, contact: UUID) -> list[InteractionView]:
        pages = reception.every(
            staff("privacy_officer"), lambda c: ListInteractions(contact_id=contact, limit=100, cursor=c)
        )
        return [interaction for page in pages for interaction in page.items]

    def test_a_list_holds_exactly_what_each_may_see_in_full_pages(self, reception: Reception, contact: UUID) -> None:
        everything = self.all_of(reception, contact)
        assert len(everything) == 30
        people = [staff(role, department=d) for role in ROLES for d in (*DEPARTMENTS, "county")]
        for actor in (
            *people,
            citizen(contact),
            staff("citizen", department="city").model_copy(update={"contact_id": contact}),
        ):
            if refusal(reception, actor, ListInteractions(contact_id=contact)) is not None:
                continue
            pages = list(reception.every(actor, lambda c: ListInteractions(contact_id=contact, limit=4, cursor=c)))
            assert [len(page.items) for page in pages[:-1]] == [4] * (len(pages) - 1)
            listed = [interaction for page in pages for interaction in page.items]
            assert listed == [interaction for interaction in everything if self.may_see(actor, interaction)]

    def may_see(self, actor: Actor, interaction: InteractionView) -> bool:
        about = {"contact": str(interaction.contact_id)}
        resource = Resource("Interaction", str(interaction.id), interaction.department, about)
        return policies_of("contacts").decide(actor, "see_interaction", resource).allowed

    def test_interactions_stay_in_the_department_that_had_them(self, reception: Reception, contact: UUID) -> None:
        def departments(actor: Actor) -> set[str]:
            return {i.department for i in reception.ask(actor, ListInteractions(contact_id=contact, limit=100)).items}

        assert departments(staff("caseworker", department="city")) == set(DEPARTMENTS)
        assert departments(staff("caseworker", department="city.permits")) == {"city.permits", "city.permits.street"}
        assert departments(staff("caseworker", department="city.permits.street")) == {"city.permits.street"}
        assert departments(staff("caseworker", department="county")) == set()
        assert departments(citizen(contact)) == set(DEPARTMENTS)

    def test_the_newest_come_first(self, reception: Reception, contact: UUID) -> None:
        moments = [(i.occurred_at, i.id) for i in self.all_of(reception, contact)]
        assert moments == sorted(moments, reverse=True)

    def test_who_may_not_list_is_refused_and_strangers_learn_nothing(self, reception: Reception, contact: UUID) -> None:
        request = ListInteractions(contact_id=contact)
        for role in ("auditor", "campaign_officer", "migration"):
            assert isinstance(refusal(reception, staff(role), request), PolicyRefused)
        for stranger in (citizen(new_id()), staff("records_officer"), staff("administrator")):
            assert isinstance(refusal(reception, stranger, request), ContactUnknown)

    def test_the_world_learns_that_there_was_a_touch_and_not_what_was_said(
        self, reception: Reception, contact: UUID
    ) -> None:
        made = reception.note(contact, by=AGENT, subject="Canary", body="canary", case_id=new_id())
        told = reception.store.told()[-1]
        assert (told.key, told.subject, told.department) == ("interaction.recorded.v1", str(made.id), "city")
        assert (told.data["contact_id"], told.data["case_id"]) == (str(contact), str(made.case_id))
        assert "canary" not in str(told).lower()

    @pytest.mark.parametrize(
        "moment", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "2999-01-01T00:00:00Z"]
    )
    def test_a_moment_that_cannot_be_true_is_refused(self, reception: Reception, contact: UUID, moment: str) -> None:
        request = RecordInteraction.model_validate(
            {"contact_id": contact, "channel": "phone", "subject": "Skip", "occurred_at": moment}
        )
        error = refusal(reception, AGENT, request)
        assert isinstance(error, MomentImpossible)
        assert error.details["errors"][0]["pointer"] == "/occurred_at"
        assert len(self.all_of(reception, contact)) == 30


def summary(view: ContactView) -> ContactSummary:
    """A look, cut down to a line of a search."""
    line = ContactSummary.model_validate(view, from_attributes=True)
    return line.model_copy(update={"hidden": tuple(h for h in view.hidden if h in ("name", "email", "phone"))})
