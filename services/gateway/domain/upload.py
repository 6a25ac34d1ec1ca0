"""An upload: a file that somebody sends, from its announcement until they may have it or it is forgotten."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from services.gateway.domain.upload_errors import NameUnfitting, UploadOver, UploadTooLarge, UploadUnfinished

State = Literal["created", "receiving", "available", "refused", "cancelled", "expired"]
OPEN: Final = ("created", "receiving")
FORGOTTEN: Final = ("refused", "cancelled", "expired")


@dataclass(frozen=True)
class Kind:
    """What is told of a media type, and how files of it are called."""

    code: str
    endings: tuple[str, ...]


KINDS: Final = MappingProxyType(
    {
        "application/pdf": Kind("pdf", (".pdf",)),
        "image/png": Kind("png", (".png",)),
        "image/jpeg": Kind("jpeg", (".jpg", ".jpeg", ".jpe")),
        "image/tiff": Kind("tiff", (".tif", ".tiff")),
        "image/heic": Kind("heic", (".heic", ".heif")),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind("docx", (".docx",)),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind("xlsx", (".xlsx",)),
        "application/vnd.oasis.opendocument.text": Kind("odt", (".odt",)),
        "text/plain": Kind("txt", (".txt", ".text", ".log")),
        "text/csv": Kind("csv", (".csv",)),
    }
)


@dataclass(frozen=True)
class Created:
    """It was announced."""


@dataclass(frozen=True)
class Accepted:
    """It is there, and this may be told of what it holds."""

    digest: str


@dataclass(frozen=True)
class Refused:
    """It was not taken in."""

    reason: str


@dataclass(frozen=True)
class Cancelled:
    """It was taken back."""


@dataclass(frozen=True)
class Expired:
    """Nobody went on."""


Fact = Created | Accepted | Refused | Cancelled | Expired


@dataclass
class Upload:
    """One upload at one version, and what happened to it since it was loaded."""

    id: UUID
    owner: UUID
    department: str
    media_type: str
    length: int
    created_at: datetime
    touched_at: datetime
    file_name: str | None
    sha256: str | None
    salt: bytes | None
    state: State = "created"
    refusal: str | None = None
    finished_at: datetime | None = None
    version: int = 1
    facts: list[Fact] = field(default_factory=list)

    @classmethod
    def create(
        cls,
        id: UUID,
        *,
        owner: UUID,
        department: str,
        file_name: str,
        media_type: str,
        length: int,
        sha256: str | None,
        salt: bytes,
        at: datetime,
        most_bytes: int,
    ) -> "Upload":
        """A new upload; raises UploadTooLarge or NameUnfitting."""
        if length > most_bytes:
            raise UploadTooLarge(errors=[{"pointer": "/length", "detail": f"must be at most {most_bytes}"}])
        endings = KINDS[media_type].endings
        if not file_name.lower().endswith(endings):
            detail = f"must end in {' or '.join(endings)}"
            raise NameUnfitting(errors=[{"pointer": "/file_name", "detail": detail}])
        upload = cls(id, owner, department, media_type, length, at, at, file_name, sha256, salt)
        upload.facts.append(Created())
        return upload

    @property
    def is_open(self) -> bool:
        """Whether more of it may come."""
        return self.state in OPEN

    def receive(self, at: datetime) -> None:
        """More of it comes; raises UploadOver."""
        self._require_open()
        self.state, self.touched_at = "receiving", at

    def accept(self, sha256: str, at: datetime) -> None:
        """It has arrived, is what it was said to be, and may be had; raises UploadOver."""
        self._require_open()
        self.state, self.sha256 = "available", sha256
        self._end(Accepted(self._digest(sha256)), at)

    def refuse(self, reason: str, at: datetime) -> None:
        """It has arrived and is not taken in; raises UploadOver."""
        self._require_open()
        self.state, self.refusal = "refused", reason
        self._forget(Refused(reason), at)

    def cancel(self, at: datetime) -> None:
        """Whoever sent it takes it back; raises UploadOver where it is forgotten already."""
        if self.state in FORGOTTEN:
            raise UploadOver(state=self.state)
        self.state = "cancelled"
        self._forget(Cancelled(), at)

    def expire(self, at: datetime) -> None:
        """Nobody went on; raises UploadOver."""
        self._require_open()
        self.state = "expired"
        self._forget(Expired(), at)

    def content(self) -> tuple[str, str]:
        """Its name, and the digest of what it holds; raises UploadUnfinished."""
        if self.state != "available" or self.file_name is None or self.sha256 is None:
            raise UploadUnfinished(state=self.state)
        return self.file_name, self.sha256

    def _require_open(self) -> None:
        if not self.is_open:
            raise UploadOver(state=self.state)

    def _forget(self, fact: Fact, at: datetime) -> None:
        self.file_name = self.sha256 = self.salt = None
        self._end(fact, at)

    def _end(self, fact: Fact, at: datetime) -> None:
        self.finished_at = self.touched_at = at
        self.version += 1
        self.facts.append(fact)

    def _digest(self, content: str) -> str:
        assert self.salt is not None
        return hmac.new(self.salt, bytes.fromhex(content), sha256).hexdigest()
