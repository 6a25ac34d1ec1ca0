"""Who serves which route of uploads."""

from collections.abc import Mapping
from typing import Final

from services.gateway.endpoint import Speaker
from services.gateway.files.appending import Appending
from services.gateway.files.desk import Desk
from services.gateway.files.looking import Cancelling, Creating, Looking
from services.gateway.files.sending import Sending
from services.gateway.files.unconfigured import no_desk

SERVED: Final = ("create_upload", "get_upload", "append_upload", "cancel_upload", "read_upload")


def speakers_of(desk: Desk | None) -> Mapping[str, Speaker]:
    """By the names that the routes say."""
    if desk is None:
        return dict.fromkeys(SERVED, no_desk)
    return {
        "create_upload": Creating(desk),
        "get_upload": Looking(desk),
        "append_upload": Appending(desk),
        "cancel_upload": Cancelling(desk),
        "read_upload": Sending(desk),
    }
