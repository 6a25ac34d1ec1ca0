"""Everything the gateway's directory answers to. The work is in application/."""

from services.gateway import application, wiring
from services.gateway.application.ports import Issuers, UnitOfWork
from services.gateway.directory_settings import DirectorySettings
from shared.contracts.gateway.staff import FindStaff, GetStaff, ListStaff, ProvisionStaff, StaffView
from shared.contracts.paging import Counted, Page
from shared.rpc.server import answers


class GatewayService:
    """Calls to the directory."""

    name = "gateway"
    settings = DirectorySettings

    unit_of_work: UnitOfWork = wiring.UnitOfWork()
    issuers: Issuers = wiring.Issuers()

    @answers(ProvisionStaff)
    def provision_staff(self, request: ProvisionStaff) -> StaffView:
        return application.provision_staff(request, unit_of_work=self.unit_of_work, issuers=self.issuers)

    @answers(GetStaff)
    def get_staff(self, request: GetStaff) -> StaffView:
        return application.get_staff(request, unit_of_work=self.unit_of_work)

    @answers(ListStaff)
    def list_staff(self, request: ListStaff) -> Page[StaffView]:
        return application.list_staff(request, unit_of_work=self.unit_of_work)

    @answers(FindStaff)
    def find_staff(self, request: FindStaff) -> Counted[StaffView]:
        return application.find_staff(request, unit_of_work=self.unit_of_work)
