"""Everything the cases service answers to. The work is in application/."""

from services.cases import application, wiring
from services.cases.application.ports import ContactCards, Rulebook, UnitOfWork
from shared.contracts.cases.rpc import (
    ActivateCaseType,
    AddCaseType,
    CaseEventView,
    CaseSummary,
    CaseTypeView,
    CaseView,
    GetCase,
    GetCaseType,
    ListCaseEvents,
    ListCases,
    ListCaseTypes,
    OpenCase,
    SeeCases,
    TakeCaseEvent,
)
from shared.contracts.paging import Page
from shared.contracts.sights import Sights
from shared.rpc.server import answers


class CasesService:
    """Calls to the cases service."""

    name = "cases"

    unit_of_work: UnitOfWork = wiring.UnitOfWork()
    contacts: ContactCards = wiring.ContactCards()
    rulebook: Rulebook = wiring.Rulebook()

    @answers(AddCaseType)
    def add_case_type(self, request: AddCaseType) -> CaseTypeView:
        return application.add_case_type(request, unit_of_work=self.unit_of_work, rulebook=self.rulebook)

    @answers(ActivateCaseType)
    def activate_case_type(self, request: ActivateCaseType) -> CaseTypeView:
        return application.activate_case_type(request, unit_of_work=self.unit_of_work)

    @answers(GetCaseType)
    def get_case_type(self, request: GetCaseType) -> CaseTypeView:
        return application.get_case_type(request, unit_of_work=self.unit_of_work)

    @answers(ListCaseTypes)
    def list_case_types(self, request: ListCaseTypes) -> Page[CaseTypeView]:
        return application.list_case_types(request, unit_of_work=self.unit_of_work)

    @answers(OpenCase)
    def open_case(self, request: OpenCase) -> CaseView:
        return application.open_case(
            request, unit_of_work=self.unit_of_work, contacts=self.contacts, rulebook=self.rulebook
        )

    @answers(TakeCaseEvent)
    def take_case_event(self, request: TakeCaseEvent) -> CaseView:
        return application.take_case_event(request, unit_of_work=self.unit_of_work, rulebook=self.rulebook)

    @answers(GetCase)
    def get_case(self, request: GetCase) -> CaseView:
        return application.get_case(request, unit_of_work=self.unit_of_work)

    @answers(ListCases)
    def list_cases(self, request: ListCases) -> Page[CaseSummary]:
        return application.list_cases(request, unit_of_work=self.unit_of_work)

    @answers(ListCaseEvents)
    def list_case_events(self, request: ListCaseEvents) -> Page[CaseEventView]:
        return application.list_case_events(request, unit_of_work=self.unit_of_work)

    @answers(SeeCases)
    def see_cases(self, request: SeeCases) -> Sights:
        return application.see_cases(request, unit_of_work=self.unit_of_work)
