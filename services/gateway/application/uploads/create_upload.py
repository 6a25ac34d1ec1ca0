"""Announce a file."""

import secrets

from services.gateway.application.uploads.ports import Limits, UnitOfWork
from services.gateway.application.uploads.published import as_events, as_view
from services.gateway.domain.upload import Upload
from services.gateway.domain.upload_errors import TooManyUploads
from shared.clock import now
from shared.contracts.gateway.uploads import CreateUpload, UploadView
from shared.ids import new_id

SALT_BYTES = 16


def create_upload(request: CreateUpload, *, unit_of_work: UnitOfWork, limits: Limits) -> UploadView:
    """The file may be sent and the world is told, or nothing happened."""
    with unit_of_work() as work:
        work.require_current()
        work.permissions.require("create_upload")
        actor = work.permissions.actor
        upload = Upload.create(
            new_id(),
            owner=actor.owner,
            department=actor.department,
            file_name=request.file_name,
            media_type=request.media_type,
            length=request.length,
            sha256=request.sha256,
            salt=secrets.token_bytes(SALT_BYTES),
            at=now(),
            most_bytes=limits.most_bytes,
        )
        if work.uploads.count_open(actor.owner) >= limits.most_open:
            raise TooManyUploads
        work.uploads.add(upload)
        work.tell(*as_events(upload), department=upload.department)
        return work.reply(as_view(upload))
