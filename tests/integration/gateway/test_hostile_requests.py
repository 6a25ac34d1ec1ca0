"""Too much, too deep, too clever: each refused in words of our own; nothing done, nothing repeated, nothing logged."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from tests.support.edge_process import EdgeProcess, edge_process
from tests.support.framing_vectors import TOKEN, get, request
from tests.support.raw_http import Connection

CANARY: Final = b"canary-4711"


@dataclass(frozen=True)
class Hostile:
    """What is sent, and the status that it deserves."""

    status: int
    sent: bytes
    bare: bool = False


def body(content: bytes, *fields: bytes, content_type: bytes = b"application/json") -> bytes:
    """A POST with this body, however large, its length said truly."""
    length = b"Content-Length: %d" % len(content)
    more = (b"Content-Type: " + content_type, b"Idempotency-Key: k", length, *fields)
    return request("POST /v1/contacts HTTP/1.1", *more, body=content)


def chunked(content: bytes) -> bytes:
    """The same without saying how long it will be."""
    more = (b"Content-Type: application/json", b"Idempotency-Key: k", b"Transfer-Encoding: chunked")
    return request("POST /v1/contacts HTTP/1.1", *more, body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content))


def names(count: int) -> bytes:
    return b"{" + b",".join(b'"%d":1' % number for number in range(count)) + b"}"


LONG: Final = b'{"name":"' + CANARY + b"x" * 20_000_000 + b'"}'
PARTS: Final = b"".join(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(3_000))
SEARCH: Final = "POST /v1/contacts/search HTTP/1.1"
HOSTILE: Final = {
    # how much
    "a header of 1 MB": Hostile(431, get(b"X-A: " + CANARY + b"x" * 1_000_000), bare=True),
    "5,000 headers": Hostile(431, get(*(b"X-%d: canary-4711" % number for number in range(5_000))), bare=True),
    "an address of 1 MB": Hostile(431, get(target="/v1/" + "canary-4711" * 100_000), bare=True),
    "100,000 parameters": Hostile(431, get(target="/v1/cases?" + "a=1&" * 100_000), bare=True),
    "1,000 parameters": Hostile(400, get(target="/v1/cases?" + "&".join(f"a{number}=1" for number in range(1_000)))),
    "a text of 20 MB": Hostile(413, body(LONG)),
    "a text of 20 MB in chunks": Hostile(413, chunked(LONG)),
    "1,000,000 names": Hostile(413, body(names(1_000_000))),
    "20,001 names": Hostile(400, body(names(20_001))),
    "names that some tables hash alike": Hostile(422, body(b"{" + b",".join(b'"%d":0' % (n << 20) for n in range(9_999)) + b"}")),
    "brackets 100,000 deep": Hostile(400, body(b"[" * 100_000 + b"]" * 100_000)),
    "objects 40,000 deep": Hostile(400, body(b'{"a":' * 40_000 + b"1" + b"}" * 40_000)),
    "an integer of 400 digits": Hostile(400, body(b'{"name":' + b"9" * 400 + b"}")),
    "10,000 ranges": Hostile(431, get(b"Range: bytes=" + b"0-0," * 10_000)),
    "traceparent of 100 KB": Hostile(431, get(b"traceparent: 00-" + b"a" * 100_000), bare=False),
    "an idempotency key of 10 KB": Hostile(400, request("POST /v1/contacts HTTP/1.1", b"Content-Type: application/json",
                                                      b"Content-Length: 2", b"Idempotency-Key: " + b"k" * 10_000, body=b"{}")),
    # what JSON
    "NaN": Hostile(400, body(b'{"name":NaN}')),
    "infinity": Hostile(400, body(b'{"name":-Infinity}')),
    "1e400": Hostile(400, body(b'{"name":1e400}')),
    "minus zero": Hostile(400, body(b'{"name":-0}')),
    "half of a surrogate pair": Hostile(400, body(b'{"name":"canary-4711\\ud800"}')),
    "NUL": Hostile(400, body(b'{"name":"canary-4711\\u0000"}')),
    "UTF-16": Hostile(400, body('{"name":"canary-4711"}'.encode("utf-16"))),
    "a byte order mark": Hostile(400, body(b'\xef\xbb\xbf{"name":"canary-4711"}')),
    "a name twice": Hostile(400, body(b'{"name":"a","name":"canary-4711"}')),
    "a name twice, once in escapes": Hostile(400, body(b'{"name":"a","\\u006eame":"canary-4711"}')),
    "a prototype": Hostile(422, body(b'{"name":"a","__proto__":{"canary-4711":1}}')),
    # what clothes
    **{
        f"{coding.decode()} content": Hostile(415, body(b"\x1f\x8b" + b"\0" * 99, b"Content-Encoding: " + coding))
        for coding in (b"gzip", b"br", b"zstd", b"deflate", b"identity, gzip", b"x-gzip")
    },
    **{
        f"a body of {kind.decode()!r}": Hostile(415, body(b'{"name":"canary-4711"}', content_type=kind))
        for kind in (
            b"text/plain", b"application/x-www-form-urlencoded", b"application/json; charset=utf-16",
            b'application/json; charset="utf-8', b'application/json; charset=utf-8"', b"application/json; a=b",
            b"application/json, text/plain", b"application/jsonx", b"text/json", b"application/yaml",
        )
    },
    "3,000 parts": Hostile(415, body(PARTS, content_type=b"multipart/form-data; boundary=b")),
    "parts without an end": Hostile(415, body(b"--b\r\nX: canary-4711", content_type=b"multipart/form-data; boundary=b")),
    # what lines
    "a line break in an address": Hostile(404, get(target="/v1/me%0d%0aSet-Cookie:%20canary-4711=1")),
    "a line break in a parameter": Hostile(422, get(target="/v1/cases?cursor=%0d%0acanary-4711%1b%5b31m")),
    "a purpose that breaks out of JSON": Hostile(422, get(b'Tellus-Purpose: a","status":"canary-4711')),
    "a purpose in colours": Hostile(400, get(b"Tellus-Purpose: \x1b[31mcanary-4711"), bare=True),
    "a token that is none": Hostile(401, b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer canary-4711\r\n\r\n"),
    "a password": Hostile(401, b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Y2FuYXJ5LTQ3MTE6eA==\r\n\r\n"),
    # what place
    "a style sheet below a person": Hostile(404, get(target="/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01/canary-4711.css")),
    "a style sheet below oneself": Hostile(404, get(target="/v1/me/canary-4711.css")),
    "a style sheet behind a semicolon": Hostile(404, get(target="/v1/me;canary-4711.css")),
    "a style sheet behind an encoded slash": Hostile(404, get(target="/v1/me%2fcanary-4711.css")),
    "a style sheet behind an encoded mark": Hostile(404, get(target="/v1/me%3fcanary-4711.css")),
    "another version": Hostile(404, get(target="/v0/me")),
    "the health page": Hostile(404, get(target="/healthz")),
    "the metrics": Hostile(404, get(target="/metrics")),
}  # fmt: skip

IGNORED: Final = {
    "who somebody claims to be": (b"X-User-Id: root", b"X-Roles: administrator", b"X-Forwarded-User: root", b"Remote-User: root"),
    "where somebody claims to come from": (b"X-Forwarded-For: 10.0.0.1", b"X-Real-IP: 10.0.0.1", b"Forwarded: for=10.0.0.1;host=canary-4711",
                                           b"X-Forwarded-Host: canary-4711", b"X-Forwarded-Proto: gopher", b"True-Client-IP: ::1"),
    "what the bus would believe": (b"nameko-auth-token: canary-4711", b"nameko-call-id-stack: canary-4711", b"X-Nameko-User-Id: 1"),
    "another method": (b"X-HTTP-Method-Override: DELETE", b"X-Method-Override: PATCH", b"X-Original-URL: /v1/audit/entries"),
    "another address": (b"X-Rewrite-URL: /v1/audit/entries", b"X-Original-Host: canary-4711"),
    "a trace that is none": (b"traceparent: 00-canary-4711-\x22-01", b"tracestate: canary-4711=1", b"baggage: canary-4711=" + b"x" * 5_000),
    "a hundred ranges": (b"Range: bytes=" + b"0-0," * 100,),
    "colours": (b'User-Agent: canary-4711{"status":500}', b"Referer: http://canary-4711/"),
    "headers to be dropped on the way": (b"Connection: authorization, tellus-purpose",),
}  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    with edge_process(tmp_path_factory.mktemp("edge")) as running:
        yield running


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_refused_and_nothing_is_done_or_repeated(gateway: EdgeProcess, hostile: Hostile) -> None:
    before = len(gateway.called())
    with Connection(gateway.port) as connection:
        (answer,) = connection.exchange(hostile.sent.replace(TOKEN, gateway.token.encode()), expected=1).answers

    assert answer.status == hostile.status
    assert len(gateway.called()) == before
    assert CANARY not in answer.body
    assert "set-cookie" not in answer.headers
    if hostile.bare:
        assert (answer.headers["connection"], answer.body) == ("close", b"")
        return
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.body)["trace"] == answer.headers["tellus-trace"]


@pytest.mark.parametrize("fields", IGNORED.values(), ids=IGNORED.keys())
def test_it_is_not_even_read(gateway: EdgeProcess, fields: tuple[bytes, ...]) -> None:
    with Connection(gateway.port) as connection:
        (plain,) = connection.exchange(get().replace(TOKEN, gateway.token.encode()), expected=1).answers
        (same,) = connection.exchange(get(*fields).replace(TOKEN, gateway.token.encode()), expected=1).answers

    assert (same.status, same.body) == (200, plain.body)
    assert same.headers["cache-control"] == "no-store"
    assert CANARY not in str(same.headers).encode()


def test_nothing_that_was_sent_is_in_the_log_and_every_line_is_one(gateway: EdgeProcess) -> None:
    for sent in (
        *(hostile.sent for hostile in HOSTILE.values() if len(hostile.sent) < 20_000),
        *map(_ignored, IGNORED),
    ):
        with Connection(gateway.port) as connection:
            connection.exchange(sent.replace(TOKEN, gateway.token.encode()), expected=1)

    text = gateway.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) > len(HOSTILE)
    assert CANARY.decode() not in text
    assert "127.0.0.1" not in text
    assert {line["level"] for line in lines} <= {"info", "warning"}
    assert not [line for line in lines if line.get("missing")]


def _ignored(name: str) -> bytes:
    return get(*IGNORED[name])


def test_after_all_that_somebody_is_served(gateway: EdgeProcess) -> None:
    search = (b"Content-Type: application/json", b"Content-Length: 12", b"Tellus-Purpose: service_delivery")
    with Connection(gateway.port) as connection:
        sent = request(SEARCH, *search, body=b'{"name":"A"}').replace(TOKEN, gateway.token.encode())
        (answer,) = connection.exchange(sent, expected=1).answers

    assert answer.status == 200
    assert gateway.called()[-1] == "find_contacts"
