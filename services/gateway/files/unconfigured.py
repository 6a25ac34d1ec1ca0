"""What is served where no place for files is set."""

from typing import NoReturn

from services.gateway.endpoint import Visit
from shared.errors import Unavailable


async def no_desk(visit: Visit) -> NoReturn:
    """Says so."""
    del visit
    raise Unavailable("No files are taken in here.", code="uploads.unconfigured")
