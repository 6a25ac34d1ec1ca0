"""Every error a caller sees: RFC 9457, one table of kinds, never an echo of what was sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from shared.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, TooMany, Unavailable, kind_of

CONTENT_TYPE: Final = b"application/problem+json"
RETRY_AFTER_SECONDS: Final = 2
Mistakes = Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem: its page is `/problems/<slug>`."""

    slug: str
    status: int
    title: str
    remedy: str


TYPES: Final = {
    kind.slug: kind
    for kind in (
        ProblemType("malformed", 400, "The request cannot be read.", "Send what the detail asks for."),
        ProblemType(
            "idempotency_key_missing",
            400,
            "An idempotency key is needed.",
            "Send the header Idempotency-Key with a fresh random value, and the same value when you repeat the request.",
        ),
        ProblemType("unauthenticated", 401, "Who you are could not be established.", "Send a valid access token."),
        ProblemType(
            "step_up_required",
            401,
            "Show once more, or better, who you are.",
            "Sign in again as WWW-Authenticate asks, then repeat the request.",
        ),
        ProblemType("forbidden", 403, "You may not do this.", "Ask somebody whose role allows it."),
        ProblemType("not_found", 404, "There is nothing here that you may know of.", "Check the address."),
        ProblemType("method_not_allowed", 405, "This cannot be done here.", "Use a method that Allow names."),
        ProblemType("too_slow", 408, "The request took too long to arrive.", "Send it again."),
        ProblemType("conflict", 409, "The current state does not allow this.", "Read the state, then decide."),
        ProblemType("stale", 412, "Somebody changed this after you read it.", "Read it again, then decide."),
        ProblemType("too_large", 413, "The request is too large.", "Send less at once."),
        ProblemType("uri_too_long", 414, "The address is too long.", "Ask for less at once."),
        ProblemType("unsupported_media_type", 415, "This format is not read here.", "Send application/json in UTF-8."),
        ProblemType(
            "range_unsatisfiable", 416, "The file has no such part.", "Ask for bytes that Content-Range counts."
        ),
        ProblemType("misdirected", 421, "This is not the host that you asked for.", "Check the name in the address."),
        ProblemType("invalid", 422, "The request can never succeed as sent.", "Correct what `errors` names."),
        ProblemType(
            "version_required",
            428,
            "Say which version you saw.",
            "Send the header If-Match with the ETag that you were given.",
        ),
        ProblemType("too_many", 429, "Too many requests.", "Wait as long as Retry-After says."),
        ProblemType("headers_too_large", 431, "There are too many headers, or too large ones.", "Send fewer."),
        ProblemType("failed", 500, "Something failed here that should not have.", "Tell us the trace id."),
        ProblemType(
            "unavailable", 503, "Not available now.", "Try again after Retry-After; with the same key, if you sent one."
        ),
    )
}

_OF_KIND: Final[dict[type[ServiceError], str]] = {
    Invalid: "invalid",
    Forbidden: "forbidden",
    NotFound: "not_found",
    Conflict: "conflict",
    TooMany: "too_many",
    Unavailable: "unavailable",
}
_TELLS_DETAILS: Final = {"invalid", "conflict", "stale"}


@dataclass
class Problem(Exception):
    """An answer that is an error. `code` is the stable word for programs, `detail` the sentence for people."""

    slug: str
    detail: str = ""
    code: str = ""
    errors: tuple[Mapping[str, str], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    """What this type of problem has beside what all have."""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def kind(self) -> ProblemType:
        """Its row in the table."""
        return TYPES[self.slug]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kind.status

    def body(self, trace: str) -> bytes:
        """The problem as JSON."""
        kind = self.kind
        told: dict[str, Any] = {
            "type": f"/problems/{kind.slug}",
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail or kind.remedy,
            "code": self.code or kind.slug,
            "trace": trace,
        }
        told |= self.members
        if self.errors:
            told["errors"] = list(self.errors)
        if self.details:
            told["details"] = dict(self.details)
        return orjson.dumps(told)


def problem_of(error: ServiceError) -> Problem:
    """What the caller is told about one of the six kinds."""
    slug = "stale" if error.error_code == "stale" else _OF_KIND[kind_of(error)]
    details = dict(error.details)
    errors = tuple(details.pop("errors", ())) if slug == "invalid" else ()
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if slug in {"too_many", "unavailable"}:
        wait = details.get("retry_after", RETRY_AFTER_SECONDS)
        headers = ((b"retry-after", str(wait).encode()),)
    told = details if slug in _TELLS_DETAILS else {}
    return Problem(slug, error.message, error.error_code, errors=errors, details=told, headers=headers)


def invalid(errors: Mistakes, detail: str = "") -> Problem:
    """The wrong shape: which places, and what is wrong with each."""
    return Problem("invalid", detail or "Some of what was sent does not fit: see `errors`.", "malformed", tuple(errors))


def malformed(detail: str, code: str = "malformed") -> Problem:
    """What cannot even be read."""
    return Problem("malformed", detail, code)
