"""What the directory can do: one module, one use case, one transaction."""

from services.gateway.application.staff.find_staff import find_staff
from services.gateway.application.staff.get_staff import get_staff
from services.gateway.application.staff.list_staff import list_staff
from services.gateway.application.staff.provision_staff import provision_staff
from services.gateway.application.uploads import (
    append_upload,
    cancel_upload,
    create_upload,
    expire_uploads,
    finish_upload,
    get_upload,
    list_kept_content,
    list_uploads,
    read_upload,
)

__all__ = [
    "append_upload",
    "cancel_upload",
    "create_upload",
    "expire_uploads",
    "find_staff",
    "finish_upload",
    "get_staff",
    "get_upload",
    "list_kept_content",
    "list_staff",
    "list_uploads",
    "provision_staff",
    "read_upload",
]
