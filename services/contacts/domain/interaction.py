"""An interaction: one touch between government and a contact, on any channel."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from services.contacts.domain.errors import MomentImpossible

EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""


def happened(claimed: datetime | None, at: datetime) -> datetime:
    """When it happened: `at`, unless an earlier moment is claimed; raises MomentImpossible."""
    if claimed is None:
        return at
    if not EARLIEST <= claimed <= at + AHEAD:
        detail = "must lie between the year 1800 and now"
        raise MomentImpossible(errors=[{"pointer": "/occurred_at", "detail": detail}])
    return claimed


@dataclass(frozen=True)
class Interaction:
    """What was said, when, to whom. Append-only."""

    id: UUID
    contact_id: UUID
    channel: str
    direction: str
    subject: str
    body: str
    case_id: UUID | None
    department: str
    recorded_by: UUID
    occurred_at: datetime
    recorded_at: datetime
    salt: bytes

    def digest(self) -> str:
        """What the record may say of the text: nothing, once text and salt are erased together."""
        return hmac.new(self.salt, f"{self.subject}\x00{self.body}".encode(), sha256).hexdigest()
