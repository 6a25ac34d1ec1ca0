"""One line of a case's history. Append-only."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Entry:
    """From where to where, by whom, when; `answers` are the answers that this step changed."""

    case_id: UUID
    sequence: int
    event: str
    from_state: str | None
    to_state: str
    case_type_version: int
    actor: UUID
    on_behalf_of: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    fields: tuple[str, ...] = ()
    answers: Mapping[str, Any] | None = None
    comment: str | None = None
    resource: str | None = None
    salt: bytes | None = None

    def resource_digest(self) -> str | None:
        """What the record may say of the outside resource: nothing, once name and salt are erased together."""
        if self.resource is None or self.salt is None:
            return None
        return hmac.new(self.salt, self.resource.encode(), sha256).hexdigest()
