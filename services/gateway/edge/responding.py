"""Sends an answer: bytes as they are, with the headers that every answer carries."""

from dataclasses import dataclass
from typing import Final

from starlette.types import Send

from services.gateway.edge.headers import CLOSE, NEVER_STORED, SECURITY
from services.gateway.edge.problem import CONTENT_TYPE, Problem

JSON: Final = b"application/json"
WITHOUT_CONTENT: Final = frozenset((204, 304))
_CLOSING: Final = {"too_slow", "too_large"}
"""Problems that leave a body unread on the connection."""


@dataclass(frozen=True)
class Answer:
    """A finished answer."""

    status: int
    body: bytes
    content_type: bytes = JSON
    code: str = "ok"
    """For the log and the trace."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    security: tuple[tuple[bytes, bytes], ...] = SECURITY

    @classmethod
    def of_problem(cls, problem: Problem, trace: str) -> "Answer":
        """The problem as an answer."""
        return cls(
            status=problem.status,
            body=problem.body(trace),
            content_type=CONTENT_TYPE,
            code=problem.code or problem.slug,
            headers=(NEVER_STORED, *problem.headers, *(CLOSE if problem.slug in _CLOSING else ())),
        )


async def send_answer(send: Send, answer: Answer, trace: str, *, head: bool = False) -> None:
    """The answer, or for HEAD what it would be."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                *(() if answer.status in WITHOUT_CONTENT else _content(answer)),
                (b"tellus-trace", trace.encode()),
                *answer.security,
                *answer.headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


def _content(answer: Answer) -> tuple[tuple[bytes, bytes], ...]:
    return (b"content-type", answer.content_type), (b"content-length", str(len(answer.body)).encode())
