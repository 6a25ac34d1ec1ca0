"""Raw requests that two readers could take differently, each with the one outcome that it has here, and why it may."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SMUGGLED: Final = b"GET /v1/smuggled HTTP/1.1\r\nHost: tellus.test\r\n\r\n"
ME, REGISTER = "GET /v1/me", "POST /v1/contacts"
TOKEN: Final = b"<token>"
"""Stands for a good access token."""


@dataclass(frozen=True)
class Vector:
    """What is sent on a connection of its own, and what comes back."""

    name: str
    sent: bytes
    rfc: str
    answers: tuple[int, ...] = (400,)
    closed: bool = True
    reaches: tuple[str, ...] = ()
    """What gets as far as the routes."""
    bare: bool = False
    """Whether the server refuses it before our layers see it: a status and no body."""
    why: str = "refused"

    @property
    def refused(self) -> bool:
        """Whether nothing of it was acted on."""
        return not self.reaches


def request(line: str, *fields: bytes, body: bytes = b"") -> bytes:
    """A request with a Host and a token, and these fields before the blank line."""
    head = [line.encode(), b"Host: tellus.test", b"Authorization: Bearer " + TOKEN, *fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def get(*fields: bytes, target: str = "/v1/me", version: str = "HTTP/1.1", body: bytes = b"") -> bytes:
    """A GET that is in order but for these fields."""
    return request(f"GET {target} {version}", *fields, body=body)


def post(*fields: bytes, body: bytes = b"{}", version: str = "HTTP/1.1") -> bytes:
    """A POST whose body, read as an empty object, is answered with 422."""
    more = (b"Content-Type: application/json", b"Idempotency-Key: k", *fields)
    return request(f"POST /v1/contacts {version}", *more, body=body)


def bare(name: str, sent: bytes, rfc: str, *answers: int) -> Vector:
    """Refused by the server itself."""
    return Vector(name, sent, rfc, answers or (400,), bare=True)


def edge(name: str, sent: bytes, rfc: str, status: int = 400, *, closed: bool = True) -> Vector:
    """Refused by our own layer."""
    return Vector(name, sent, rfc, (status,), closed=closed)


def taken(name: str, sent: bytes, rfc: str, why: str, *, closed: bool = False, reaches: str = REGISTER) -> Vector:
    """Acted on in the one reading that the RFC permits."""
    return Vector(name, sent, rfc, (422 if reaches == REGISTER else 200,), closed, (reaches,), why=why)


CHUNKED: Final = b"Transfer-Encoding: chunked"
TWO: Final = b"Content-Length: 2"
ENDED: Final = b"2\r\n{}\r\n0\r\n\r\n"


def without_host(*fields: bytes, version: str = "HTTP/1.1", target: str = "/v1/me") -> bytes:
    """A GET with these fields only."""
    return b"\r\n".join([f"GET {target} {version}".encode(), *fields]) + b"\r\n\r\n"


def _lengths() -> Iterable[Vector]:
    dropped = "read in chunks, as Transfer-Encoding says; the connection closes and what follows is not read"
    two = "9112 6.3"
    yield taken("a length, then chunks", post(TWO, CHUNKED, body=ENDED + SMUGGLED), "9112 6.1", dropped, closed=True)
    yield taken("chunks, then a length", post(CHUNKED, TWO, body=ENDED + SMUGGLED), "9112 6.1", dropped, closed=True)
    yield taken("the same length twice", post(TWO, TWO), "9110 8.6", "read as the one length that both give")
    yield bare("two lengths", post(TWO, b"Content-Length: 3", body=b"{}" + SMUGGLED), two)
    yield bare("a list of lengths", post(b"Content-Length: 2, 2"), two)
    for spelled in (b"+2", b"-2", b"0x2", b"2_0", b"", b"2 2", b"\x0b2", b"\xb2", b"2.0", b"9" * 30):
        yield bare(f"a length of {spelled[:8]!r}", post(b"Content-Length: " + spelled), two)
    yield edge("a length with a leading zero", post(b"Content-Length: 02"), "9112 6.3")
    yield edge("a length of 19 digits", post(b"Content-Length: 1000000000000000000"), "9112 6.3")
    yield bare("a length with a space before its colon", post(b"Content-Length : 2"), "9112 5.1")
    yield edge("a length with an underscore", post(b"Content_Length: 2"), "9110 5.1", closed=True)
    yield edge("a body on a GET", get(b"Content-Length: 49", body=SMUGGLED), "9110 9.3.1")
    yield edge("chunks on a GET", get(CHUNKED, body=b"0\r\n\r\n" + SMUGGLED), "9110 9.3.1")
    why = "no length and no chunks mean no body; what follows is no request"
    yield Vector("a body without a length", post(), "9112 6.3", (400, 400), reaches=(REGISTER,), why=why)


def _codings() -> Iterable[Vector]:
    for coding in (b"xchunked", b"identity", b"chunked, identity", b"\x0bchunked", b"chunked;q=1", b""):
        yield bare(f"a coding of {coding!r}", post(b"Transfer-Encoding: " + coding, body=ENDED), "9112 6.1")
    for coding in (b"gzip, chunked", b"identity, chunked", b"chunked, chunked"):
        yield edge(f"a coding of {coding!r}", post(b"Transfer-Encoding: " + coding, body=ENDED), "9112 6.1")
    yield edge("chunks announced twice", post(CHUNKED, CHUNKED, body=ENDED), "9112 6.1")
    yield edge("chunks announced with an underscore", post(b"Transfer_Encoding: chunked", body=ENDED), "9110 5.1")
    yield bare("chunks on HTTP/1.0", post(CHUNKED, body=ENDED, version="HTTP/1.0"), "9112 6.1")
    yield bare("chunks with a space before the colon", post(b"Transfer-Encoding : chunked", body=ENDED), "9112 5.1")
    yield taken("chunks in capitals", post(b"Transfer-Encoding: CHUNKED", body=ENDED), "9112 7", "codings have no case")
    for size in (b"0x2", b"+2", b"-2", b"2_0", b"zz", b"", b"10000000000000002", b"2;a\nb"):
        spoilt = post(CHUNKED, body=size + b"\r\n{}\r\n0\r\n\r\n" + SMUGGLED)
        yield broken(f"a chunk of size {size!r}", spoilt)
    yield broken("chunks with bare line feeds", post(CHUNKED, body=b"2\n{}\n0\n\n" + SMUGGLED))
    yield broken("a chunk longer than its size", post(CHUNKED, body=b"2\r\n{}XX\r\n0\r\n\r\n" + SMUGGLED))
    ignored = "an extension that is not known is ignored"
    yield taken("a chunk extension", post(CHUNKED, body=b"2;a=b\r\n{}\r\n0\r\n\r\n"), "9112 7.1.1", ignored)
    blank = "blanks before an extension are allowed"
    yield taken("a blank after a chunk's size", post(CHUNKED, body=b"2 \r\n{}\r\n0\r\n\r\n"), "9112 7.1.1", blank)
    for field in (b"X-User-Id: admin", b"Authorization: Bearer x", b"Host: elsewhere", b"Content-Length: 9"):
        late = post(CHUNKED, body=b"2\r\n{}\r\n0\r\n" + field + b"\r\n\r\n")
        yield taken(f"a trailer {field.split(b':')[0].decode()}", late, "9110 6.5.1", "trailers are discarded")


def broken(name: str, sent: bytes) -> Vector:
    """Chunks that stop making sense: the endpoint is told that the body broke off, and refuses."""
    return Vector(name, sent, "9112 7.1", (400,), True, (REGISTER,), why="refused: the body breaks off")


def _fields() -> Iterable[Vector]:
    yield bare("a folded line", get(b"X-A: b\r\n c"), "9112 5.2")
    yield bare("a bare CR in a value", get(b"X-A: b\rX-User-Id: admin"), "9112 2.2")
    yield bare("NUL in a value", get(b"X-A: b\x00c"), "9110 5.5")
    yield bare("NUL in a name", get(b"X\x00A: b"), "9110 5.1")
    yield bare("a control character in a value", get(b"X-A: b\x01"), "9110 5.5")
    yield bare("a space before the colon", get(b"X-User-Id : admin"), "9112 5.1")
    yield bare("a space before the first field", without_host(b" X-A: b", b"Host: tellus.test"), "9112 2.2")
    yield bare("a field without a colon", get(b"X-A"), "9112 5")
    yield bare("a field without a name", get(b": a"), "9110 5.1")
    yield edge("an underscore in a name", get(b"X_User_Id: admin"), "9110 5.1")
    yield edge("65 fields", get(*(b"X-%d: b" % number for number in range(63))), "6585 5", 431)
    yield bare("101 fields", get(*(b"X-%d: b" % number for number in range(101))), "6585 5", 431)
    yield edge("17 KB of fields", get(b"X-A: " + b"x" * 17_000), "6585 5", 431)
    whole = "a line feed alone may end a line"
    lines = get().replace(b"\r\n", b"\n")
    yield taken("bare line feeds", lines, "9112 2.2", whole, reaches=ME)
    hidden = "a line feed may end a line; the field it makes is one that nobody reads"
    yield taken("a field behind a bare line feed", get(b"X-A: b\nX-User-Id: admin"), "9112 2.2", hidden, reaches=ME)
    unread = "not among the fields that are read"
    for field in (b"X-User-Id: admin", b"X-Forwarded-For: 10.0.0.1", b"Forwarded: for=10.0.0.1", b"X-Real-IP: ::1"):
        yield taken(field.split(b":")[0].decode(), get(field), "9110 5.1", unread, reaches=ME)
    yield taken(
        "nameko's own fields", get(b"nameko-user_id: admin".replace(b"_", b"-")), "9110 5.1", unread, reaches=ME
    )
    for override in (b"X-HTTP-Method-Override: DELETE", b"X-HTTP-Method: PATCH"):
        yield taken(override.split(b":")[0].decode(), get(override), "9110 9.1", unread, reaches=ME)
    kept = "no protocol is changed here: answered as if it had not been asked"
    h2c = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")
    yield taken("an upgrade to HTTP/2", get(*h2c), "9110 7.8", kept, reaches=ME)
    socket = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    yield taken("an upgrade to WebSocket", get(*socket, b"Sec-WebSocket-Version: 13"), "9110 7.8", kept, reaches=ME)
    why = "told to continue, then answered"
    expecting = post(TWO, b"Expect: 100-continue")
    yield Vector("100-continue", expecting, "9110 10.1.1", (100, 422), False, (REGISTER,), why=why)


def _hosts() -> Iterable[Vector]:
    token = b"Authorization: Bearer " + TOKEN
    yield edge("no Host", without_host(token), "9112 3.2")
    yield edge("an empty Host", without_host(b"Host:", token), "9112 3.2")
    yield edge("two Hosts", without_host(b"Host: tellus.test", b"Host: tellus.test", token), "9112 3.2")
    for host in (b"a/b", b"a@b", b"a, b", b"a b", b"a:b", b"[::1", b"%61", b"a?b", b"a#b"):
        yield edge(f"a Host of {host!r}", without_host(b"Host: " + host, token), "9112 3.2")
    yield edge("no Host on HTTP/1.0", without_host(token, version="HTTP/1.0"), "9112 3.2")
    alike = "the target's host counts; neither names anything here"
    absolute = get(target="http://elsewhere/v1/me")
    yield taken("another host in the target", absolute, "9112 3.2.2", alike, reaches=ME)
    filled = "the server fills Host in from the target"
    yield taken(
        "a target in place of Host", without_host(token, target="http://a/v1/me"), "9112 3.2.2", filled, reaches=ME
    )


def _targets() -> Iterable[Vector]:
    yield edge("a target that is an authority", get(target="tellus.test:80"), "9112 3.2.3")
    yield edge("a target of *", request("OPTIONS * HTTP/1.1"), "9112 3.2.4")
    yield Vector("CONNECT", request("CONNECT tellus.test:80 HTTP/1.1"), "9110 9.3.6", (400,))
    for path in (
        "//v1/me", "/v1//me", "/v1/me/", "/v1/./me", "/v1/x/../me", "/v1/%6de", "/v1%2fme", "/v1/%2e%2e/v1/me",
        "/v1/me%00", "/v1/me%0a", "/v1/me;a=b", "/v1;/me", "/v1\\me", "/v1/\u00e9",
    ):  # fmt: skip
        yield edge(f"the address {path}", get(target=path), "3986 6.2", 404, closed=False)
    for path in ("/v0/me", "/v1/me/x.css"):
        nothing = "there is nothing at this address"
        yield Vector(
            f"the address {path}", get(target=path), "9110 15.5.5", (404,), False, (f"GET {path}",), why=nothing
        )
    yield edge("an address of 9 KB", get(target="/" + "a" * 9_000), "9112 3", 414)
    yield bare("an address of 64 KB", get(target="/" + "a" * 65_600), "9112 3", 414)
    yield bare("NUL in an address", get(target="/v1/me\0"), "9112 3.2")
    yield bare("a blank in an address", get(target="/v1/m e"), "9112 3.2")
    dropped = "a fragment is no part of a target: the server drops it"
    yield taken("a fragment", get(target="/v1/me#x"), "9112 3.2", dropped, reaches=ME)
    repeated = get(target="/v1/cases?limit=1&limit=2")
    yield edge("a parameter twice", repeated, "3986 3.4", 422, closed=False)
    many = get(target="/v1/cases?" + "&".join(f"a{number}=1" for number in range(33)))
    yield edge("33 parameters", many, "3986 3.4", closed=False)


def _versions() -> Iterable[Vector]:
    yield bare("HTTP/0.9", b"GET /v1/me\r\n", "9112 2.3")
    yield bare("HTTP/0.9 with fields", b"GET /v1/me\r\nHost: tellus.test\r\n\r\n", "9112 2.3")
    for version in ("HTTP/1.2", "HTTP/2.0", "HTTP/1.10", "HTTP/1", "http/1.1", "ICY/1.1"):
        yield bare(f"version {version}", get(version=version), "9112 2.3")
    yield Vector("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "9113 3.4", (), bare=True)
    yield bare("TLS on a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40, "9112 2.2")
    yield bare("two blanks before the target", get().replace(b"GET ", b"GET  ", 1), "9112 3")
    yield bare("a tab before the target", get().replace(b"GET ", b"GET\t", 1), "9112 3")
    yield bare("a method that is no token", get().replace(b"GET ", b"G@T ", 1), "9110 9.1")
    first = "an empty line before a request is passed over"
    yield taken("an empty line first", b"\r\n" + get(), "9112 2.2", first, reaches=ME)
    old = "served, and the connection closes"
    yield taken("HTTP/1.0", get(version="HTTP/1.0"), "9112 9.3", old, reaches=ME, closed=True)
    why = "requests in a row are answered in that order"
    yield Vector("two requests in a row", get() + get(), "9112 9.3.2", (200, 200), False, (ME, ME), why=why)
    for method in ("TRACE", "get", "DELETE", "MAKEITSO"):
        sent = request(f"{method} /v1/me HTTP/1.1")
        why = "answered with the methods that there are"
        yield Vector(f"method {method}", sent, "9110 15.5.6", (405,), False, (f"{method} /v1/me",), why=why)


VECTORS: Final = (*_lengths(), *_codings(), *_fields(), *_hosts(), *_targets(), *_versions())
