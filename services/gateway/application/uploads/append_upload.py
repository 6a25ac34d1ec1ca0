"""Let more of an upload come."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_progress, as_resource
from services.gateway.domain.upload_errors import UploadUnknown
from shared.clock import now
from shared.contracts.gateway.uploads import AppendUpload, UploadProgress


def append_upload(request: AppendUpload, *, unit_of_work: UnitOfWork) -> UploadProgress:
    """The caller may send on, and it is known when they last did."""
    with unit_of_work() as work:
        work.require_current()
        upload = work.uploads.lock(request.upload_id)
        seen = as_resource(upload, work.permissions.actor)
        work.permissions.require("append_upload", seen, see="get_upload", unknown=UploadUnknown)
        upload.receive(now())
        work.uploads.save(upload)
        return work.reply(as_progress(upload))
