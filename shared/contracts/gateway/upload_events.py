"""What the gateway tells of files that people send: that they came and went, never what they are called or hold."""

from shared.contracts.base import Event


class UploadCreated(Event, key="upload.created.v1", source="gateway"):
    """Somebody begins to send a file. Heard by audit."""

    media_type: str
    """As a code, such as pdf."""
    size: int


class UploadAccepted(Event, key="upload.accepted.v1", source="gateway"):
    """A file has arrived, was looked at, and its sender may have it. Heard by audit."""

    media_type: str
    size: int
    digest: str
    """HMAC-SHA-256 of the file's SHA-256 under a salt that is stored, and erased, with it."""


class UploadRefused(Event, key="upload.refused.v1", source="gateway"):
    """A file has arrived and was not what may be taken in: it is forgotten. Heard by audit; many are a warning."""

    media_type: str
    size: int
    reason: str


class UploadCancelled(Event, key="upload.cancelled.v1", source="gateway"):
    """Whoever sent a file took it back: it is forgotten. Heard by audit."""


class UploadExpired(Event, key="upload.expired.v1", source="gateway"):
    """Nobody went on sending a file: it is forgotten. Heard by audit."""
