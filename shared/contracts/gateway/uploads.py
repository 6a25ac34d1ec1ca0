"""What the directory answers about uploads: files that arrive over HTTP. Their bytes never travel through here."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Code, Moment, Request, Storable, View
from shared.contracts.paging import Cursor, Limit, Page

LARGEST: int = 2**40
"""Of anything, whatever the settings say."""
DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that turn the direction of what follows: `\u202egpj.exe` would read `exe.jpg`."""
MediaType = Literal[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/tiff",
    "image/heic",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "text/plain",
    "text/csv",
]
State = Literal["created", "receiving", "available", "refused", "cancelled", "expired"]
FileName = Annotated[
    str,
    StringConstraints(
        strict=True,
        min_length=1,
        max_length=255,
        strip_whitespace=True,
        pattern=f"^[^\\x00-\\x1f\\x7f-\\x9f/\\\\{DIRECTIONS}]+$",
    ),
    Storable,
]
"""The name of a file, without a folder and without anything that does not show."""
Sha256 = Annotated[str, StringConstraints(strict=True, pattern="^[0-9a-f]{64}$")]


class UploadView(View):
    """A file that somebody sends, or has sent. What was refused, cancelled or has expired is forgotten but for this."""

    id: UUID
    state: State
    file_name: str | None = None
    media_type: MediaType
    length: int
    sha256: str | None = None
    refusal: str | None = Field(default=None, description="Why it was refused, as a code.")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    version: int


class UploadProgress(View):
    """How far an upload is, without the name of the file."""

    id: UUID
    state: State
    media_type: MediaType
    length: int
    sha256: str | None = None
    refusal: str | None = Field(default=None, description="Why it was refused, as a code.")


class UploadContent(View):
    """What is needed to hand out a file."""

    id: UUID
    file_name: str
    media_type: MediaType
    length: int
    content: str
    """Its SHA-256: where it is found."""


class CreateUpload(Request[UploadView], service="gateway", writes=True):
    """Begin to send a file. Its bytes follow by `append_upload`, in one request or in many, and may be resumed.

    `length` and `media_type` are held to. `sha256` may be left out here and said with the last bytes, in Repr-Digest.
    """

    file_name: FileName
    media_type: MediaType
    length: int = Field(ge=1, le=LARGEST, strict=True, description="In bytes.")
    sha256: Sha256 | None = Field(default=None, description="Of the whole file, in hexadecimal.")


class GetUpload(Request[UploadView], service="gateway"):
    """One of the caller's uploads. Upload-Offset says how much of it has arrived for good."""

    upload_id: UUID


class ListUploads(Request[Page[UploadView]], service="gateway"):
    """The caller's uploads, newest first."""

    state: State | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class AppendUpload(Request[UploadProgress], service="gateway", writes=True):
    """Send the bytes that follow Upload-Offset. With `Upload-Complete: ?1` they are the last: the file is looked at.

    One request at a time. What arrived before a connection broke is kept; ask with HEAD where to go on.
    """

    upload_id: UUID


class FinishUpload(Request[UploadProgress], service="gateway", writes=True):
    """All of it has arrived and was looked at: whoever sent it may have it, or it was refused and is forgotten."""

    upload_id: UUID
    sha256: Sha256
    refusal: Code | None = None


class CancelUpload(Request[UploadProgress], service="gateway", writes=True):
    """Forget an upload, and the file if it has arrived."""

    upload_id: UUID


class ReadUpload(Request[UploadContent], service="gateway"):
    """The file itself, or one range of it."""

    upload_id: UUID


class ExpiredUploads(View):
    """Uploads whose bytes are to be thrown away."""

    ids: tuple[UUID, ...]
    more: bool


class ExpireUploads(Request[ExpiredUploads], service="gateway", writes=True):
    """Give up uploads that nobody has sent anything to since that moment, some at a time."""

    idle_since: Moment


class KeptContent(View):
    """Which of those asked about are still some upload's."""

    content: tuple[Sha256, ...]


class ListKeptContent(Request[KeptContent], service="gateway"):
    """Which of these files somebody may still have."""

    content: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=500)]
