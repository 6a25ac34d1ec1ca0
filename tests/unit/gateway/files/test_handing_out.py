"""A file as it is handed out: in whole or in part, under a name that is safe to say, never to be shown in place."""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.edge.problem import Problem
from services.gateway.files.naming import disposition
from services.gateway.files.ranges import part_of
from tests.support.documents import PDF
from tests.support.uploads import UploadGateway

CONTENT = PDF + b"%" + os.urandom(300_000).replace(b"PK", b"kp") + b"\n"
SIZE = len(CONTENT)
ETAG = f'"{sha256(CONTENT).hexdigest()}"'


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> UploadGateway:
    return UploadGateway(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def place(gateway: UploadGateway) -> str:
    return gateway.sent(CONTENT)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=100-65600", 100, 65_601),
        ("bytes=65536-131071", 65_536, 131_072),
        ("bytes=-1", SIZE - 1, SIZE),
        ("bytes=-999999999", 0, SIZE),
        (f"bytes={SIZE - 1}-{'9' * 400}", SIZE - 1, SIZE),
        ("Bytes=5-9", 5, 10),
    ],
)
def test_one_range_is_that_range(gateway: UploadGateway, place: str, asked: str, start: int, stop: int) -> None:
    answer = gateway.content_of(place, range=asked)
    assert (answer.status, answer.body) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={'9' * 400}-", "bytes=-0", "bytes=99999999-99999999"])
def test_a_range_that_the_file_has_not_is_refused(gateway: UploadGateway, place: str, asked: str) -> None:
    answer = gateway.content_of(place, range=asked)
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-0,2-2",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(1_500)),
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes",
        "bytes=a-b",
        "bytes=0x1-0x2",
        "bytes=1_0-2_0",
        "bytes=--5",
        "lines=1-2",
        "bytes=0-1;bytes=2-3",
    ],
)
def test_ranges_that_cannot_be_made_out_are_not_looked_at(gateway: UploadGateway, place: str, asked: str) -> None:
    answer = gateway.content_of(place, range=asked)
    assert (answer.status, answer.body) == (200, CONTENT)


def test_a_range_under_a_condition_is_given_where_the_condition_holds(gateway: UploadGateway, place: str) -> None:
    assert gateway.content_of(place, range="bytes=0-9", if_range=ETAG).status == 206
    for other in ('"other"', f"W/{ETAG}", "Sat, 21 Nov 2026 09:00:00 GMT"):
        assert gateway.content_of(place, range="bytes=0-9", if_range=other).status == 200


def test_a_head_tells_what_there_is(gateway: UploadGateway, place: str) -> None:
    told = gateway.request("HEAD", f"{place}/content")
    assert (told.status, told.body) == (200, b"")
    assert told.headers["content-length"] == str(SIZE)
    assert told.headers["accept-ranges"] == "bytes"


def test_a_file_is_for_saving_and_never_shown_in_place(gateway: UploadGateway, place: str) -> None:
    headers = gateway.content_of(place).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["content-disposition"].startswith("attachment; ")
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["etag"] == ETAG


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.pdf", "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"),
        ("Siân.pdf", "attachment; filename=\"Sian.pdf\"; filename*=UTF-8''Si%C3%A2n.pdf"),
        ("計画.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%E8%A8%88%E7%94%BB.pdf"),
        ('a";x=y.pdf', "attachment; filename=\"a__x_y.pdf\"; filename*=UTF-8''a%22%3Bx%3Dy.pdf"),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        ("計画", "attachment; filename=\"file\"; filename*=UTF-8''%E8%A8%88%E7%94%BB"),
    ],
)
def test_a_name_is_said_in_both_forms(name: str, header: str) -> None:
    assert disposition(name).decode() == header


@given(st.text(min_size=1, max_size=255).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert not any(byte < 0x20 or byte == 0x7F for byte in header)
    plain = header[len(b'attachment; filename="') :].partition(b'"')[0]
    assert b"\\" not in plain
    assert header.count(b'"') == 2


@given(st.text("bytes=0123456789-, \t", max_size=40), st.integers(1, 1_000))
def test_whatever_is_asked_for_lies_within_the_file(asked: str, size: int) -> None:
    with suppress(Problem):
        part = part_of(asked, None, etag='"x"', size=size)
        assert part is None or 0 <= part.start < part.stop <= size


def test_a_file_that_is_not_where_it_should_be_is_an_error_and_not_half_an_answer(tmp_path: Path) -> None:
    gateway = UploadGateway(tmp_path)
    place = gateway.sent(CONTENT)
    (body,) = (path for path in (tmp_path / "kept" / "bodies").rglob("*") if path.is_file())
    body.write_bytes(body.read_bytes()[:100])
    assert gateway.content_of(place).status == 503
    body.unlink()
    assert gateway.content_of(place).status == 503
    for envelope in (tmp_path / "kept" / "envelopes").rglob("*"):
        if envelope.is_file():
            envelope.unlink()
    answer = gateway.content_of(place)
    assert (answer.status, answer.json["code"]) == (503, "storage.damaged")
