"""Get an upload."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_resource, as_view
from services.gateway.domain.upload_errors import UploadUnknown
from shared.contracts.gateway.uploads import GetUpload, UploadView


def get_upload(request: GetUpload, *, unit_of_work: UnitOfWork) -> UploadView:
    """The upload, where it is the caller's."""
    with unit_of_work.reading() as work:
        upload = work.uploads.get(request.upload_id)
        seen = as_resource(upload, work.permissions.actor)
        work.permissions.require("get_upload", seen, see="get_upload", unknown=UploadUnknown)
        return as_view(upload)
