"""Refuses a request whose length or addressee two readers could take differently (RFC 9112), before any of it is used."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from services.gateway.edge.headers import CLOSE
from services.gateway.edge.problem import Problem, malformed

MOST_DIGITS: Final = 18
WITHOUT_CONTENT: Final = frozenset(("GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"))
_HOST: Final = re.compile(rb"(?P<name>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_LENGTH: Final = re.compile(rb"0|[1-9][0-9]*")
_PER_LINE: Final = len(b": \r\n")
Raw = Iterable[tuple[bytes, bytes]]


def check_headers(raw: Raw, *, method: str, most: int, most_bytes: int, hosts: Collection[str]) -> bool:
    """Whether content follows the headers; raises a problem where they are too many or can be read in two ways."""
    count = size = 0
    hosts_named: list[bytes] = []
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for name, value in raw:
        count += 1
        size += len(name) + len(value) + _PER_LINE
        known = name.lower()
        if b"_" in known:
            raise unclear("A header's name holds an underscore, which some readers take for a hyphen.", "header_name")
        if known == b"host":
            hosts_named.append(value)
        elif known == b"content-length":
            lengths.append(value)
        elif known == b"transfer-encoding":
            codings.append(value)
        elif known == b"content-encoding" and value.strip().lower() != b"identity":
            raise Problem("unsupported_media_type", "A compressed body is not read here: send it as it is.")
    if count > most or size > most_bytes:
        raise closing(Problem("headers_too_large", f"A request has at most {most} headers, {most_bytes} bytes in all."))
    _check_host(hosts_named, hosts)
    return _check_length(lengths, codings, method)


def unclear(detail: str, code: str) -> Problem:
    """A request whose bounds are in doubt: nothing that follows it on its connection can be trusted."""
    return closing(malformed(detail, f"framing.{code}"))


def closing(problem: Problem) -> Problem:
    """The problem, and the end of the connection."""
    problem.headers += CLOSE
    return problem


def _check_host(named: list[bytes], hosts: Collection[str]) -> None:
    found = _HOST.fullmatch(named[0]) if len(named) == 1 else None
    if found is None:
        raise unclear("A request has one Host header, a name or address with or without a port.", "host")
    if hosts and found["name"].decode().lower() not in hosts:
        raise closing(Problem("misdirected"))


def _check_length(lengths: list[bytes], codings: list[bytes], method: str) -> bool:
    if len(lengths) > 1 or (lengths and codings):
        raise unclear("The length of the body is given twice.", "two_lengths")
    if codings and (len(codings) > 1 or codings[0].strip().lower() != b"chunked"):
        raise unclear("A body may be sent in chunks, and in no other transfer coding.", "transfer_coding")
    if lengths and not (len(lengths[0]) <= MOST_DIGITS and _LENGTH.fullmatch(lengths[0])):
        raise unclear("Content-Length is no length.", "length")
    content = bool(codings) or (bool(lengths) and lengths[0] != b"0")
    if content and method in WITHOUT_CONTENT:
        raise unclear("This method takes no body.", "unexpected_body")
    return content
