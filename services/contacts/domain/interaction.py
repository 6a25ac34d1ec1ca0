"""An interaction: one touch between government and a contact, on any channel."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID


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
