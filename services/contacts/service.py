"""Everything the contacts service answers to. The work is in application/."""

from services.contacts import application, wiring
from services.contacts.application.ports import Points, UnitOfWork
from shared.contracts.contacts.rpc import (
    AmendContact,
    ContactCard,
    ContactChange,
    ContactSummary,
    ContactView,
    FindContacts,
    GetContact,
    GetContactCard,
    InteractionView,
    ListContactChanges,
    ListInteractions,
    RecordInteraction,
    RegisterContact,
    SeeContacts,
    SeeInteractions,
)
from shared.contracts.paging import Page
from shared.contracts.sights import Sights
from shared.rpc.server import answers


class ContactsService:
    """Calls to the contacts service."""

    name = "contacts"

    unit_of_work: UnitOfWork = wiring.UnitOfWork()
    points: Points = wiring.Points()

    @answers(RegisterContact)
    def register_contact(self, request: RegisterContact) -> ContactView:
        return application.register_contact(request, unit_of_work=self.unit_of_work, points=self.points)

    @answers(AmendContact)
    def amend_contact(self, request: AmendContact) -> ContactView:
        return application.amend_contact(request, unit_of_work=self.unit_of_work, points=self.points)

    @answers(GetContact)
    def get_contact(self, request: GetContact) -> ContactView:
        return application.get_contact(request, unit_of_work=self.unit_of_work)

    @answers(GetContactCard)
    def get_contact_card(self, request: GetContactCard) -> ContactCard:
        return application.get_contact_card(request, unit_of_work=self.unit_of_work)

    @answers(FindContacts)
    def find_contacts(self, request: FindContacts) -> Page[ContactSummary]:
        return application.find_contacts(request, unit_of_work=self.unit_of_work, points=self.points)

    @answers(RecordInteraction)
    def record_interaction(self, request: RecordInteraction) -> InteractionView:
        return application.record_interaction(request, unit_of_work=self.unit_of_work)

    @answers(ListInteractions)
    def list_interactions(self, request: ListInteractions) -> Page[InteractionView]:
        return application.list_interactions(request, unit_of_work=self.unit_of_work)

    @answers(ListContactChanges)
    def list_contact_changes(self, request: ListContactChanges) -> Page[ContactChange]:
        return application.list_contact_changes(request, unit_of_work=self.unit_of_work)

    @answers(SeeContacts)
    def see_contacts(self, request: SeeContacts) -> Sights:
        return application.see_contacts(request, unit_of_work=self.unit_of_work)

    @answers(SeeInteractions)
    def see_interactions(self, request: SeeInteractions) -> Sights:
        return application.see_interactions(request, unit_of_work=self.unit_of_work)
