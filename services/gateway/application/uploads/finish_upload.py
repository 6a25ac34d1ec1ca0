"""Finish an upload: all of it has arrived and was looked at."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_events, as_progress, as_resource
from services.gateway.domain.upload_errors import UploadUnknown
from shared.clock import now
from shared.contracts.gateway.uploads import FinishUpload, UploadProgress


def finish_upload(request: FinishUpload, *, unit_of_work: UnitOfWork) -> UploadProgress:
    """Whoever sent it may have it, or it is refused and forgotten; the world is told either way."""
    with unit_of_work() as work:
        upload = work.uploads.lock(request.upload_id)
        seen = as_resource(upload, work.permissions.actor)
        work.permissions.require("finish_upload", seen, see="get_upload", unknown=UploadUnknown)
        if request.refusal is None:
            upload.accept(request.sha256, now())
        else:
            upload.refuse(request.refusal, now())
        work.uploads.save(upload)
        work.tell(*as_events(upload), department=upload.department)
        return work.reply(as_progress(upload))
