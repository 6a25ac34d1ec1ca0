"""Cancel an upload."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_events, as_progress, as_resource
from services.gateway.domain.upload_errors import UploadUnknown
from shared.clock import now
from shared.contracts.gateway.uploads import CancelUpload, UploadProgress


def cancel_upload(request: CancelUpload, *, unit_of_work: UnitOfWork) -> UploadProgress:
    """It is forgotten and the world is told, or nothing happened."""
    with unit_of_work() as work:
        work.require_current()
        upload = work.uploads.lock(request.upload_id)
        seen = as_resource(upload, work.permissions.actor)
        work.permissions.require("cancel_upload", seen, see="get_upload", unknown=UploadUnknown)
        upload.cancel(now())
        work.uploads.save(upload)
        work.tell(*as_events(upload), department=upload.department)
        return work.reply(as_progress(upload))
