"""One message as it came in, and what can be read out of it without ever failing on it."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

MOST_SHOWN = 1_000_000
UNREADABLE = "(the parts of this message cannot be told apart)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message the sink took, mail or SMS."""

    kind: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    identity: str
    received_at: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """A mail taken apart to be looked at."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[dict[str, str | int]]


def read_mail(raw: bytes, *, sender: str, recipients: tuple[str, ...], received_at: str) -> Received:
    """A mail with the two headers by which people and tests know it."""
    head = BytesHeaderParser().parsebytes(raw)
    return Received(
        kind="email",
        sender=sender,
        recipients=recipients,
        subject=_header(head, "subject"),
        identity=_header(head, "message-id"),
        received_at=received_at,
        body=raw,
    )


def content_of(raw: bytes) -> Content:
    """What a mail says, as far as it can be read."""
    try:
        mail = message_from_bytes(raw)
        parts = [part for part in mail.walk() if not part.is_multipart()]
    except RecursionError:
        return Content([], UNREADABLE, "", [])
    shown = {"text/plain": "", "text/html": ""}
    attachments: list[dict[str, str | int]] = []
    for part in parts:
        kind, name = part.get_content_type(), part.get_filename()
        if kind in shown and name is None and part.get_content_disposition() != "attachment":
            shown[kind] = (shown[kind] + _text(part))[:MOST_SHOWN]
        else:
            size = len(_bytes(part))
            attachments.append({"filename": _decoded(name or ""), "content_type": kind, "size": size})
    headers = [(name, _decoded(str(value))) for name, value in mail.raw_items()]
    return Content(headers, shown["text/plain"], shown["text/html"], attachments)


def _header(head: Message, wanted: str) -> str:
    return next((_decoded(str(value)) for name, value in head.raw_items() if name.lower() == wanted), "")


def _decoded(value: str) -> str:
    """A header as people read it; unreadable bytes become question marks, never an error."""
    flat = value.replace("\r", "").replace("\n", "")
    text = flat.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        text = str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    try:
        return _bytes(part).decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return _bytes(part).decode("utf-8", "replace")
