"""Everything the notifications service answers to and hears. The work is in application/."""

from services.notifications import application, wiring
from services.notifications.application.ports import UnitOfWork
from shared.contracts.cases.events import CaseDecided, CaseOpened
from shared.contracts.notifications.rpc import (
    AddTemplate,
    CountMessages,
    GetMessage,
    GetTemplate,
    ListMessages,
    ListTemplates,
    MessageCounts,
    MessageView,
    SeeMessages,
    TemplateView,
)
from shared.contracts.paging import Page
from shared.contracts.sights import Sights
from shared.events.subscriber import hears
from shared.rpc.server import answers


class NotificationsService:
    """Calls to the notifications service."""

    name = "notifications"

    unit_of_work: UnitOfWork = wiring.UnitOfWork()

    @answers(AddTemplate)
    def add_template(self, request: AddTemplate) -> TemplateView:
        return application.add_template(request, unit_of_work=self.unit_of_work)

    @answers(GetTemplate)
    def get_template(self, request: GetTemplate) -> TemplateView:
        return application.get_template(request, unit_of_work=self.unit_of_work)

    @answers(ListTemplates)
    def list_templates(self, request: ListTemplates) -> Page[TemplateView]:
        return application.list_templates(request, unit_of_work=self.unit_of_work)

    @answers(GetMessage)
    def get_message(self, request: GetMessage) -> MessageView:
        return application.get_message(request, unit_of_work=self.unit_of_work)

    @answers(ListMessages)
    def list_messages(self, request: ListMessages) -> Page[MessageView]:
        return application.list_messages(request, unit_of_work=self.unit_of_work)

    @answers(CountMessages)
    def count_messages(self, request: CountMessages) -> MessageCounts:
        return application.count_messages(request, unit_of_work=self.unit_of_work)

    @answers(SeeMessages)
    def see_messages(self, request: SeeMessages) -> Sights:
        return application.see_messages(request, unit_of_work=self.unit_of_work)


class NotificationsEvents:
    """What the notifications service hears."""

    name = "notifications"

    unit_of_work: UnitOfWork = wiring.UnitOfWork()

    @hears(CaseOpened)
    def send_case_opened(self, event: CaseOpened) -> None:
        application.queue_message(event, unit_of_work=self.unit_of_work)

    @hears(CaseDecided)
    def send_case_decided(self, event: CaseDecided) -> None:
        application.queue_message(event, unit_of_work=self.unit_of_work)
