"""Who was told what a file is called, or was given it: committed before it leaves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.gateway.endpoint import Visit
from shared.contracts.gateway.events import DataAccessed


async def record_access(visit: Visit, upload: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    """It is on record, or this raises and nothing is shown."""
    id = UUID(upload["id"])
    await visit.tell(
        DataAccessed(
            subject=id,
            subject_version=upload.get("version", 0),
            operation=visit.route.operation,
            purpose=visit.actor.purpose or visit.route.purpose,
            subjects=(id,),
            fields=tuple(field for field in fields if upload.get(field)),
        )
    )
