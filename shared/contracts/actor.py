"""Who is asking: the identity that travels with every call, and is verified again where it arrives."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import Code, Department


class Kind(StrEnum):
    STAFF = "staff"
    CITIZEN = "citizen"
    SYSTEM = "system"


class Actor(BaseModel):
    """One acting identity, by internal id: never an issuer's subject, never a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ANONYMOUS: ClassVar[str] = "anonymous"

    id: UUID
    kind: Kind
    roles: tuple[Code, ...] = ()
    department: Department
    assurance: Code = "aal1"
    purpose: Code | None = None
    on_behalf_of: UUID | None = None
    contact_id: UUID | None = None
    """The contact that a citizen is."""
