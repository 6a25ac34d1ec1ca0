"""Somebody must always be able to let others in: the last active administrator stays one."""

from collections.abc import Set as AbstractSet
from uuid import UUID

from services.gateway.domain.errors import LastAdministrator

ADMINISTRATOR = "administrator"


def check_somebody_stays(administrators: AbstractSet[UUID], going: UUID) -> None:
    """Raises LastAdministrator where, without this one, the directory would have none."""
    if administrators and not administrators - {going}:
        raise LastAdministrator
