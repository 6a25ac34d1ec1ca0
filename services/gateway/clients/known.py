"""A system as the token endpoint needs to know it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Known:
    """One registered system that may get tokens now, and the keys that still count, as JSON by thumbprint."""

    id: UUID
    department: str
    scopes: tuple[str, ...]
    keys: dict[str, str]


class KnownClients(Protocol):
    """The systems that are registered."""

    async def find(self, client_id: UUID) -> Known | None:
        """The system; None where there is none, or none that may act now."""

    async def use(self, client_id: UUID, digest: bytes, expires_at: datetime) -> bool:
        """Note that an assertion was used, and the system with it; False where it was used before."""
