"""One request and one answer, and how what was sent is read without trusting it."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy.local.sink.faults import Fault

MOST_DIGITS = 18
MOST_FIELDS = 20
JSON = "application/json"
HTML = "text/html; charset=utf-8"


class Refused(ValueError):
    """The request cannot be answered; carries the status and the reason for a person."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and the fault that it meets on its way out."""

    status: HTTPStatus
    content_type: str
    body: bytes
    fault: Fault = field(default_factory=Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, its address taken apart."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    body: bytes

    @classmethod
    def of(cls, method: str, target: str, content_type: str, body: bytes) -> "Request":
        """The request as it arrived; `Refused` when its address is none."""
        try:
            url = urlsplit(target)
            asked = parse_qs(url.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "The address cannot be read.") from error
        query = {name: values[-1] for name, values in asked.items()}
        return cls(method=method, path=url.path, query=query, content_type=content_type, body=body)

    def number(self, name: str) -> int | None:
        """A whole number from the query, or none when it was not given."""
        if name not in self.query:
            return None
        text = self.query[name]
        if not _is_number(text):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"`{name}` must be a whole number.")
        return int(text)

    def sent(self) -> dict[str, Any]:
        """The JSON object in the body."""
        # Another site's form cannot send this type without asking first, and nobody here says yes.
        if self.content_type.partition(";")[0].strip().lower() != JSON:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON}.")
        try:
            sent = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body is no JSON that can be read.") from error
        if not isinstance(sent, dict):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "Send one JSON object.")
        return sent


def words(sent: dict[str, Any], name: str, most: int) -> str:
    """A text that can be kept, of a bounded length."""
    value = sent.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= most or not _can_be_kept(value):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"`{name}` must be a text of 1 to {most} characters.")
    return value


def message_number(text: str) -> int:
    """The number of a message in an address; what is no number is no message."""
    if not _is_number(text):
        raise Refused(HTTPStatus.NOT_FOUND, "Messages are numbered: 1, 2, 3.")
    return int(text)


def json_answer(content: object, status: HTTPStatus = HTTPStatus.OK, fault: Fault | None = None) -> Answer:
    """An answer for programs."""
    return Answer(status, JSON, json.dumps(content).encode(), fault or Fault())


def html_answer(text: str) -> Answer:
    """An answer for people."""
    return Answer(HTTPStatus.OK, HTML, text.encode("utf-8", "replace"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _can_be_kept(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
