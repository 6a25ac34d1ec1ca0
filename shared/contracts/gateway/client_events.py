"""What the gateway tells of systems, and of who may act for whom."""

from uuid import UUID

from shared.contracts.base import Event


class ClientRegistered(Event, key="client.registered.v1", source="gateway"):
    """A system may call the API. Heard by audit."""

    owner: UUID
    purpose: str
    scopes: tuple[str, ...]


class ClientChanged(Event, key="client.changed.v1", source="gateway"):
    """What a system is registered for changed, or its keys, or whether it may call at all. Heard by audit."""

    fields: tuple[str, ...]
    scopes: tuple[str, ...]
    active: bool
    reason: str | None = None


class ClientRefused(Event, key="client.refused.v1", source="gateway"):
    """A system that is known could not prove itself. Heard by audit."""

    reason: str


class AuthorityGranted(Event, key="authority.granted.v1", source="gateway"):
    """Somebody may act for somebody else. Heard by audit."""

    kind: str
    principal: UUID
    representative: UUID
    roles: tuple[str, ...] = ()
    reason: str


class AuthorityEnded(Event, key="authority.ended.v1", source="gateway"):
    """They may no longer. Heard by audit."""

    kind: str
    principal: UUID
    representative: UUID
    reason: str
