"""A version of a case type: added as a draft, activated, retired; its bundle never changes."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.cases.domain.errors import CaseTypeActive
from services.cases.domain.facts import TypeActivated, TypeAdded, TypeFact

Status = Literal["draft", "active", "retired"]


def digest_of(text: str) -> str:
    """What a bundle's text is known by."""
    return sha256(text.encode()).hexdigest()


@dataclass
class CaseType:
    """One version, and what happened to it since it was loaded. `revision` counts its own changes of status."""

    id: UUID
    key: str
    version: int
    title: str
    text: str
    digest: str
    added_at: datetime
    status: Status = "draft"
    activated_at: datetime | None = None
    revision: int = 1
    facts: list[TypeFact] = field(default_factory=list)

    @classmethod
    def add(cls, id: UUID, *, key: str, version: int, title: str, text: str, at: datetime) -> "CaseType":
        """A new draft."""
        case_type = cls(id, key, version, title, text, digest_of(text), at)
        case_type.facts.append(TypeAdded())
        return case_type

    def activate(self, at: datetime) -> None:
        """New cases follow this version. A retired one may come back; the active one already is."""
        if self.status == "active":
            raise CaseTypeActive(key=self.key, version=self.version)
        self.status, self.activated_at = "active", at
        self.revision += 1
        self.facts.append(TypeActivated())

    def retire(self) -> None:
        """New cases follow another version; those that run keep this one."""
        self.status = "retired"
        self.revision += 1
