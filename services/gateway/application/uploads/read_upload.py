"""Hand out what an upload holds."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_resource
from services.gateway.domain.upload_errors import UploadUnknown
from shared.contracts.gateway.uploads import ReadUpload, UploadContent


def read_upload(request: ReadUpload, *, unit_of_work: UnitOfWork) -> UploadContent:
    """Where the file is and what it is called, where it is the caller's and has arrived."""
    with unit_of_work.reading() as work:
        upload = work.uploads.get(request.upload_id)
        seen = as_resource(upload, work.permissions.actor)
        work.permissions.require("read_upload", seen, see="get_upload", unknown=UploadUnknown)
        file_name, content = upload.content()
        about = {"id": upload.id, "file_name": file_name, "content": content}
        return UploadContent.model_validate(about | {"media_type": upload.media_type, "length": upload.length})
