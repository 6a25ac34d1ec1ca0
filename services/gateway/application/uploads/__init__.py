"""Files that people send: what is known of them, without their bytes."""

from services.gateway.application.uploads.append_upload import append_upload
from services.gateway.application.uploads.cancel_upload import cancel_upload
from services.gateway.application.uploads.create_upload import create_upload
from services.gateway.application.uploads.expire_uploads import expire_uploads
from services.gateway.application.uploads.finish_upload import finish_upload
from services.gateway.application.uploads.get_upload import get_upload
from services.gateway.application.uploads.list_kept_content import list_kept_content
from services.gateway.application.uploads.list_uploads import list_uploads
from services.gateway.application.uploads.read_upload import read_upload

__all__ = [
    "append_upload",
    "cancel_upload",
    "create_upload",
    "expire_uploads",
    "finish_upload",
    "get_upload",
    "list_kept_content",
    "list_uploads",
    "read_upload",
]
