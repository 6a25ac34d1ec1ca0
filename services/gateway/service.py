"""Everything the gateway's directory answers to. The work is in application/."""

from services.gateway import application, wiring
from services.gateway.application.ports import Issuers, UnitOfWork
from services.gateway.application.uploads.ports import Limits
from services.gateway.application.uploads.ports import UnitOfWork as UploadsUnitOfWork
from services.gateway.directory_settings import DirectorySettings
from shared.contracts.gateway.staff import FindStaff, GetStaff, ListStaff, ProvisionStaff, StaffView
from shared.contracts.gateway.uploads import (
    AppendUpload,
    CancelUpload,
    CreateUpload,
    ExpiredUploads,
    ExpireUploads,
    FinishUpload,
    GetUpload,
    KeptContent,
    ListKeptContent,
    ListUploads,
    ReadUpload,
    UploadContent,
    UploadProgress,
    UploadView,
)
from shared.contracts.paging import Counted, Page
from shared.rpc.server import answers


class GatewayService:
    """Calls to the directory."""

    name = "gateway"
    settings = DirectorySettings

    unit_of_work: UnitOfWork = wiring.UnitOfWork()
    issuers: Issuers = wiring.Issuers()
    uploads_work: UploadsUnitOfWork = wiring.UnitOfWork()
    upload_limits: Limits = wiring.UploadLimits()

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

    @answers(CreateUpload)
    def create_upload(self, request: CreateUpload) -> UploadView:
        return application.create_upload(request, unit_of_work=self.uploads_work, limits=self.upload_limits)

    @answers(GetUpload)
    def get_upload(self, request: GetUpload) -> UploadView:
        return application.get_upload(request, unit_of_work=self.uploads_work)

    @answers(ListUploads)
    def list_uploads(self, request: ListUploads) -> Page[UploadView]:
        return application.list_uploads(request, unit_of_work=self.uploads_work)

    @answers(AppendUpload)
    def append_upload(self, request: AppendUpload) -> UploadProgress:
        return application.append_upload(request, unit_of_work=self.uploads_work)

    @answers(FinishUpload)
    def finish_upload(self, request: FinishUpload) -> UploadProgress:
        return application.finish_upload(request, unit_of_work=self.uploads_work)

    @answers(CancelUpload)
    def cancel_upload(self, request: CancelUpload) -> UploadProgress:
        return application.cancel_upload(request, unit_of_work=self.uploads_work)

    @answers(ReadUpload)
    def read_upload(self, request: ReadUpload) -> UploadContent:
        return application.read_upload(request, unit_of_work=self.uploads_work)

    @answers(ExpireUploads)
    def expire_uploads(self, request: ExpireUploads) -> ExpiredUploads:
        return application.expire_uploads(request, unit_of_work=self.uploads_work)

    @answers(ListKeptContent)
    def list_kept_content(self, request: ListKeptContent) -> KeptContent:
        return application.list_kept_content(request, unit_of_work=self.uploads_work)
