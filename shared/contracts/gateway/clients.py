"""What the directory answers about systems that call the API by themselves."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Code, Department, Line, Message, Moment, Request, Version, View
from shared.contracts.paging import Cursor, Limit, Page

Scope = Literal[
    "contacts_read",
    "contacts_write",
    "cases_read",
    "cases_write",
    "messages_read",
    "record_read",
    "provision_staff",
]
"""What a system may be registered for."""
Scopes = Annotated[tuple[Scope, ...], Field(min_length=1, max_length=20)]
Coordinate = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{43}$")]


class PublicKey(Message):
    """A public key as RFC 7517 writes it: on P-256 (ES256) or Ed25519. A private one is refused, unread."""

    kty: Literal["EC", "OKP"]
    crv: Literal["P-256", "Ed25519"]
    x: Coordinate
    y: Coordinate | None = None


class ClientKeyView(View):
    """A key that a system may prove itself with."""

    kid: str
    """Its RFC 7638 thumbprint."""
    added_at: AwareDatetime
    expires_at: AwareDatetime


class ClientView(View):
    """A system that calls the API by itself."""

    id: UUID
    """Its internal id, and the client_id that it names itself by."""
    name: str
    owner: UUID
    """The member of staff who answers for it."""
    department: Department
    purpose: Code
    scopes: tuple[str, ...]
    active: bool
    expires_at: AwareDatetime
    keys: tuple[ClientKeyView, ...]
    version: Version
    registered_at: AwareDatetime
    changed_at: AwareDatetime
    last_used_at: AwareDatetime | None = None


class RegisterClient(Request[ClientView], service="gateway", writes=True):
    """Let a system call the API for one purpose, with the scopes it needs, until a day; whoever asks answers for it."""

    name: Line
    department: Department
    purpose: Code
    scopes: Scopes
    expires_at: Moment
    key: PublicKey


class AmendClient(Request[ClientView], service="gateway", writes=True):
    """Change what a system is registered for."""

    client_id: UUID
    version: Version
    name: Line | None = None
    scopes: Scopes | None = None
    expires_at: Moment | None = None
    owner: UUID | None = None


class AddClientKey(Request[ClientView], service="gateway", writes=True):
    """Add a key beside those there are, so that one can follow another without a gap; three at once."""

    client_id: UUID
    key: PublicKey
    expires_at: Moment | None = None


class RemoveClientKey(Request[ClientView], service="gateway", writes=True):
    """Trust a key no longer. Tokens that it was used for end with the system's next request for one."""

    client_id: UUID
    kid: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{43}$")]


class SuspendClient(Request[ClientView], service="gateway", writes=True):
    """End what a system may do, within a second, everywhere."""

    client_id: UUID
    reason: Code


class ResumeClient(Request[ClientView], service="gateway", writes=True):
    """Let a suspended system go on."""

    client_id: UUID
    reason: Code


class GetClient(Request[ClientView], service="gateway"):
    """One system."""

    client_id: UUID


class ListClients(Request[Page[ClientView]], service="gateway"):
    """The systems that the caller may know of, newest first."""

    active: bool | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
