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


class GrantKind(StrEnum):
    SPECIFIC = "specific"
    """Somebody gave this actor a role for this one resource."""
    CHALLENGED = "challenged"
    """The actor took it in an emergency, for a short time, and will be asked why."""
    EXCLUDED = "excluded"
    """A conflict of interest: nothing else that is granted reaches this resource."""


class Grant(BaseModel):
    """What an actor may do to one resource beyond, or against, what their roles say of all."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: GrantKind
    resource: UUID
    """A case or a contact."""
    role: Code | None = None
    """In which role, for all but an exclusion."""


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
    """For whom, where not for themselves: a contact by mandate, a colleague by delegation, a user by a system."""
    contact_id: UUID | None = None
    """The contact that a citizen is, or acts for."""
    scopes: tuple[Code, ...] = ()
    """What a system was registered for."""
    authenticated_at: int | None = None
    """When a person last proved who they are, in seconds since the epoch; None where nobody says."""
    session: UUID | None = None
    """The browser session that the call came by."""
    grants: tuple[Grant, ...] = ()

    def stands_for(self, id: UUID) -> bool:
        """Whether this is who asks, or for whom they ask: what nobody may do to themselves, nobody does so either."""
        return id in (self.id, self.on_behalf_of)

    @property
    def owner(self) -> UUID:
        """Whose it is what they make: the user's where a system acts for one, else their own, a delegate's too."""
        return self.on_behalf_of if self.kind is Kind.SYSTEM and self.on_behalf_of is not None else self.id
