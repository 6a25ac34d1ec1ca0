"""What the gateway tells: who saw what, and who was refused."""

from uuid import UUID

from shared.contracts.base import Event


class DataAccessed(Event, key="data.accessed.v1", source="gateway"):
    """Personal data left the suite towards `actor`. Committed before the response was sent. Heard by audit."""

    operation: str
    purpose: str
    subjects: tuple[UUID, ...]
    """The contacts and cases whose data was in the response."""
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class AccessDenied(Event, key="access.denied.v1", source="gateway"):
    """Somebody known asked for what they may not do. Heard by audit."""

    operation: str
    code: str
    policies: tuple[str, ...] = ()


class ActorEnrolled(Event, key="actor.enrolled.v1", source="gateway"):
    """An identity was seen for the first time and has an internal id from now on. Heard by audit."""

    kind: str
    issuer_digest: str
    """SHA-256 of issuer and subject under the gateway's own salt: no outside identifier is told."""
