"""Files over HTTP, request by request: what is said, what is kept, and what is refused without being kept."""

import asyncio
import base64
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.gateway.events import DataAccessed
from shared.contracts.gateway.upload_events import UploadAccepted, UploadCancelled, UploadCreated, UploadRefused
from shared.contracts.gateway.uploads import FinishUpload
from shared.errors import Unavailable
from tests.support import documents
from tests.support.documents import PDF
from tests.support.uploads import Pause, UploadGateway, cut, said

LONG = PDF + b"%" + os.urandom(400_000).replace(b"PK", b"kp") + b"\n%%EOF\n"
TELLS = "upload-offset"


@pytest.fixture
def gateway(tmp_path: Path) -> UploadGateway:
    return UploadGateway(tmp_path)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_announced_sent_and_had_again(gateway: UploadGateway) -> None:
    announced = gateway.announce(LONG)
    assert announced.status == 201
    assert announced.json["state"] == "created"
    assert announced.headers[TELLS] == "0"
    assert "max-size=" in announced.headers["upload-limit"]
    sent = gateway.append(announced.headers["location"], cut(LONG))
    assert (sent.status, sent.json["state"]) == (200, "available")
    assert (sent.headers["upload-complete"], sent.headers[TELLS]) == ("?1", str(len(LONG)))
    had = gateway.content_of(announced.headers["location"])
    assert (had.status, had.body) == (200, LONG)
    assert had.headers["content-length"] == str(len(LONG))


def test_a_file_that_comes_in_many_requests_is_one_file(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    at = 0
    for size in (1, 99, 65_536, 100_000, 70_001):
        answer = gateway.append(place, [LONG[at : at + size]], offset=at, complete=False)
        at += size
        assert (answer.status, answer.headers[TELLS], answer.headers["upload-complete"]) == (204, str(at), "?0")
        assert gateway.request("HEAD", place).headers[TELLS] == str(at)
    assert gateway.append(place, [LONG[at:]], offset=at).status == 200
    assert gateway.content_of(place).body == LONG


def test_head_tells_where_to_go_on_and_shows_nothing(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    gateway.append(place, [LONG[:1_000]], complete=False)
    told = gateway.request("HEAD", place)
    assert (told.status, told.body) == (200, b"")
    assert (told.headers[TELLS], told.headers["upload-complete"]) == ("1000", "?0")
    assert told.headers["upload-length"] == str(len(LONG))
    assert told.headers["cache-control"] == "no-store"


def test_the_last_bytes_may_be_none(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    gateway.append(place, [LONG], complete=False)
    assert gateway.request("HEAD", place).headers["upload-complete"] == "?0"
    assert gateway.append(place, [], offset=len(LONG)).status == 200
    assert gateway.request("HEAD", place).headers["upload-complete"] == "?1"


def test_what_arrived_before_the_connection_broke_is_kept(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    gateway.append(place, cut(LONG[:123_457], 1_000), broken=True)
    assert gateway.request("HEAD", place).headers[TELLS] == "123457"
    assert gateway.append(place, [LONG[123_457:]], offset=123_457).status == 200
    assert gateway.content_of(place).body == LONG


@pytest.mark.parametrize("offset", [0, 499, 501, 10**14])
def test_bytes_for_another_place_are_refused_and_the_right_one_is_named(gateway: UploadGateway, offset: int) -> None:
    place = gateway.announce(LONG).headers["location"]
    gateway.append(place, [LONG[:500]], complete=False)
    answer = gateway.append(place, [LONG[500:600]], offset=offset, complete=False)
    assert (answer.status, answer.json["code"], answer.headers[TELLS]) == (409, "uploads.offset_mismatch", "500")
    assert answer.json["details"] == {"expected_offset": 500}
    assert gateway.request("HEAD", place).headers[TELLS] == "500"


def test_of_two_who_write_at_once_one_is_told_to_wait(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]

    async def both() -> tuple[Any, Any]:
        pause = Pause()
        first = asyncio.create_task(
            gateway.asking("PATCH", place, headers=said(0, complete=True), pieces=cut(LONG), pause=pause)
        )
        await pause.reached.wait()
        second = await gateway.asking("PATCH", place, headers=said(0, complete=True), pieces=cut(LONG))
        pause.over.set()
        return await first, second

    first, second = asyncio.run(both())
    assert (second.status, second.json["code"]) == (409, "storage.busy")
    assert first.status == 200
    assert gateway.content_of(place).body == LONG


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"upload-offset": ...}, "uploads.offset_missing"),
        ({"upload-offset": "-1"}, "uploads.offset_missing"),
        ({"upload-offset": "+0"}, "uploads.offset_missing"),
        ({"upload-offset": "0.0"}, "uploads.offset_missing"),
        ({"upload-offset": "1" * 30}, "uploads.offset_missing"),
        ({"upload-offset": "\u0660"}, None),
        ({"upload-complete": ...}, "uploads.complete_missing"),
        ({"upload-complete": "1"}, "uploads.complete_missing"),
        ({"upload-complete": "?2"}, "uploads.complete_missing"),
        ({"repr-digest": "sha-256=nonsense"}, "uploads.digest_malformed"),
        ({"repr-digest": "sha-256=:AAAA:"}, "uploads.digest_malformed"),
        ({"repr-digest": f"sha-256=:{base64.b64encode(b'x' * 32).decode()}:"}, "uploads.digest_contradictory"),
    ],
)
def test_headers_that_say_too_little_or_nonsense_change_nothing(
    gateway: UploadGateway, headers: dict[str, Any], code: str | None
) -> None:
    place = gateway.announce(LONG).headers["location"]
    sent = {k: v for k, v in (said(0, complete=True) | headers).items() if v is not ...}
    if code is None:
        with pytest.raises(UnicodeEncodeError):
            gateway.request("PATCH", place, headers=sent, pieces=[LONG])
        return
    answer = gateway.request("PATCH", place, headers=sent, pieces=[LONG])
    assert (answer.status, answer.json["code"]) == (400, code)
    assert gateway.request("HEAD", place).headers[TELLS] == "0"


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", None])
def test_bytes_are_sent_as_bytes_and_as_nothing_else(gateway: UploadGateway, media_type: str | None) -> None:
    place = gateway.announce(LONG).headers["location"]
    headers = said(0, complete=True) | {"content-type": media_type or ""}
    assert gateway.request("PATCH", place, headers=headers, pieces=[LONG]).status == 415


def test_the_digest_may_be_said_with_the_last_bytes(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG, sha256=...).headers["location"]
    missing = gateway.append(place, [LONG])
    assert (missing.status, missing.json["code"]) == (400, "uploads.digest_missing")
    assert gateway.request("HEAD", place).headers[TELLS] == "0"
    digest = base64.b64encode(sha256(LONG).digest()).decode()
    said_so = {"repr-digest": f"sha-512=:AAAA:, sha-256=:{digest}:"}
    assert gateway.append(place, [LONG], headers=said_so).status == 200
    assert gateway.content_of(place).headers["repr-digest"] == f"sha-256=:{digest}:"


def test_a_wrong_digest_ends_the_upload_and_leaves_nothing(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG, sha256="0" * 64).headers["location"]
    answer = gateway.append(place, [LONG])
    assert (answer.status, answer.json["code"]) == (422, "uploads.digest_mismatch")
    assert answer.headers["upload-complete"] == "?1"
    seen = gateway.request("GET", place).json
    assert (seen["state"], seen["refusal"], seen["file_name"]) == ("refused", "digest_mismatch", None)
    assert files(gateway.folder) == []
    assert gateway.content_of(place).status == 409
    assert gateway.append(place, [LONG]).json["code"] == "uploads.over"


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("chunked", [True, False])
def test_more_bytes_than_were_announced_are_not_kept(gateway: UploadGateway, *, complete: bool, chunked: bool) -> None:
    place = gateway.announce(LONG).headers["location"]
    more = {"transfer-encoding": "chunked"} if chunked else {}
    answer = gateway.append(place, [*cut(LONG), b"and more"], complete=complete, headers=more)
    assert (answer.status, answer.json["code"]) == (400, "uploads.length_inconsistent")
    kept = int(gateway.request("HEAD", place).headers[TELLS])
    assert kept <= len(LONG)
    assert gateway.append(place, [LONG[kept:]], offset=kept).status == 200
    assert gateway.content_of(place).body == LONG


@pytest.mark.parametrize("chunked", [True, False])
def test_fewer_bytes_than_were_announced_complete_nothing(gateway: UploadGateway, *, chunked: bool) -> None:
    place = gateway.announce(LONG).headers["location"]
    more = {"transfer-encoding": "chunked"} if chunked else {}
    answer = gateway.append(place, [LONG[:-1]], headers=more)
    assert (answer.status, answer.json["code"]) == (400, "uploads.length_inconsistent")
    assert gateway.request("HEAD", place).headers["upload-complete"] == "?0"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"length": 0}, "/length"),
        ({"length": -1}, "/length"),
        ({"length": 50_000_001}, "/length"),
        ({"length": 2**53 - 1}, "/length"),
        ({"length": "7"}, "/length"),
        ({"length": 7.0}, "/length"),
        ({"file_name": ""}, "/file_name"),
        ({"file_name": "x" * 10_000 + ".pdf"}, "/file_name"),
        ({"file_name": "a\r\nSet-Cookie: x=1.pdf"}, "/file_name"),
        ({"file_name": "../../etc/cron.d/x.pdf"}, "/file_name"),
        ({"file_name": "c:\\x.pdf"}, "/file_name"),
        ({"file_name": "\u202efdp.exe"}, "/file_name"),
        ({"file_name": "a\u202egpj.pdf"}, "/file_name"),
        ({"file_name": "plan.exe"}, "/file_name"),
        ({"file_name": "plan.pdf.exe"}, "/file_name"),
        ({"file_name": "plan"}, "/file_name"),
        ({"media_type": "text/html"}, "/media_type"),
        ({"media_type": "image/svg+xml"}, "/media_type"),
        ({"media_type": "application/zip"}, "/media_type"),
        ({"sha256": "0" * 63}, "/sha256"),
        ({"sha256": "G" * 64}, "/sha256"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_before_a_byte_is_sent(
    gateway: UploadGateway, changes: dict[str, Any], place: str
) -> None:
    answer = gateway.announce(LONG, **changes)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, place)
    assert gateway.owners.uploads.kept_here == {}


def test_one_sends_only_so_many_files_at_once(gateway: UploadGateway) -> None:
    places = [gateway.announce(LONG).headers["location"] for _ in range(5)]
    refused = gateway.announce(LONG)
    assert (refused.status, refused.json["code"]) == (429, "uploads.too_many")
    assert gateway.announce(LONG, roles=("agent",)).status == 201
    assert gateway.request("DELETE", places[0]).status == 204
    assert gateway.announce(LONG).status == 201


def test_nobody_else_learns_that_there_is_an_upload(gateway: UploadGateway) -> None:
    place = gateway.sent(LONG)
    missing = "/v1/uploads/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
    for method, suffix in (("GET", ""), ("HEAD", ""), ("DELETE", ""), ("PATCH", ""), ("GET", "/content")):
        headers = said(0, complete=True) if method == "PATCH" else {}
        theirs = gateway.request(method, place + suffix, roles=("agent",), headers=headers)
        nobodys = gateway.request(method, missing + suffix, roles=("agent",), headers=headers)
        assert theirs.status == nobodys.status == 404
        assert {k: v for k, v in theirs.headers.items() if k != "tellus-trace"}.keys() == nobodys.headers.keys() - {
            "tellus-trace"
        }
        if method != "HEAD":
            assert theirs.json["code"] == nobodys.json["code"] == "uploads.unknown"
    assert gateway.content_of(place).body == LONG


def test_who_brings_no_documents_sends_no_files(gateway: UploadGateway) -> None:
    assert gateway.announce(LONG, roles=("auditor",)).status == 403


def test_one_sees_ones_own_uploads_and_no_others(gateway: UploadGateway) -> None:
    mine = gateway.announce(LONG).json["id"]
    gateway.announce(LONG, roles=("agent",))
    assert [item["id"] for item in gateway.request("GET", "/v1/uploads").json["items"]] == [mine]


def test_what_was_taken_back_is_gone_with_its_name(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    gateway.append(place, [LONG[:70_000]], complete=False)
    cancelled = gateway.request("DELETE", place)
    assert (cancelled.status, cancelled.body) == (204, b"")
    assert files(gateway.folder) == []
    seen = gateway.request("GET", place).json
    assert (seen["state"], seen["file_name"], seen["sha256"]) == ("cancelled", None, None)
    assert gateway.append(place, [LONG]).status == 409
    assert gateway.request("DELETE", place).status == 409


@pytest.mark.parametrize("what", documents.HOSTILE)
def test_nothing_is_left_of_a_hostile_file_but_that_it_was_refused(gateway: UploadGateway, what: str) -> None:
    media_type, content, reason = documents.HOSTILE[what]
    ending = {documents.DOCX: "docx", documents.XLSX: "xlsx", documents.ODT: "odt", "text/plain": "txt"}
    name = f"plan.{ending.get(media_type, media_type.rpartition('/')[2])}"
    place = gateway.announce(content, media_type=media_type, file_name=name).headers["location"]
    answer = gateway.append(place, cut(content))
    assert (answer.status, answer.json["code"]) == (422, f"uploads.{reason}")
    assert gateway.request("GET", place).json["state"] == "refused"
    assert files(gateway.folder) == []
    assert [type(event) for event in gateway.owners.told] == [UploadCreated, UploadRefused]


def test_what_is_told_says_nothing_of_what_the_file_is_called_or_holds(gateway: UploadGateway) -> None:
    place = gateway.sent(LONG, file_name="Siân Ó Briain.pdf")
    gateway.request("DELETE", place)
    created, accepted, cancelled = gateway.owners.told
    assert isinstance(created, UploadCreated)
    assert isinstance(accepted, UploadAccepted)
    assert isinstance(cancelled, UploadCancelled)
    assert (accepted.media_type, accepted.size) == ("pdf", len(LONG))
    assert accepted.digest != sha256(LONG).hexdigest()
    assert "Briain" not in repr(gateway.owners.told)
    assert sha256(LONG).hexdigest() not in repr(gateway.owners.told)


def test_that_a_file_was_had_is_on_record_before_its_first_byte(gateway: UploadGateway) -> None:
    place = gateway.sent(LONG)
    gateway.record.events.clear()
    gateway.content_of(place)
    (event,) = gateway.record.events
    assert isinstance(event, DataAccessed)
    assert (event.operation, event.fields) == ("read_upload", ("file_name", "content"))
    gateway.record.away = True
    refused = gateway.content_of(place)
    assert refused.status == 503
    assert LONG[:100] not in refused.body


def test_a_file_that_was_announced_and_not_sent_cannot_be_had(gateway: UploadGateway) -> None:
    place = gateway.announce(LONG).headers["location"]
    answer = gateway.content_of(place)
    assert (answer.status, answer.json["code"]) == (409, "uploads.unfinished")


def test_an_upload_is_finished_later_where_the_directory_was_away(gateway: UploadGateway) -> None:
    place, away = gateway.announce(LONG).headers["location"], iter([True])

    def answer(request: Any) -> None:
        if isinstance(request, FinishUpload) and next(away, False):
            raise Unavailable

    gateway.owners.answer = answer
    assert gateway.append(place, [LONG]).status == 503
    told = gateway.request("HEAD", place).headers
    assert (told[TELLS], told["upload-complete"]) == (str(len(LONG)), "?0")
    assert gateway.append(place, [], offset=len(LONG)).status == 200
    assert gateway.content_of(place).body == LONG


def test_crumbs_without_end_are_refused(gateway: UploadGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.files.appending.MOST_PIECES", 3)
    place = gateway.announce(LONG).headers["location"]
    codes = [gateway.append(place, [LONG[n : n + 1]], offset=n, complete=False).status for n in range(7)]
    assert codes[:3] == [204, 204, 204]
    assert codes[-1] == 409


def test_a_request_that_goes_on_for_too_long_is_ended_and_what_came_is_kept(tmp_path: Path) -> None:
    gateway = UploadGateway(tmp_path, upload_append_seconds=0.3)
    place = gateway.announce(LONG).headers["location"]

    async def slowly() -> Any:
        pieces = [LONG[:80_000], b"never comes"]
        return await gateway.asking(
            "PATCH",
            place,
            headers=said(0, complete=False) | {"transfer-encoding": "chunked"},
            pieces=pieces,
            pause=Pause(),
        )

    assert asyncio.run(slowly()).status == 408
    assert gateway.request("HEAD", place).headers[TELLS] == "80000"


def test_files_are_refused_where_no_place_for_them_is_set() -> None:
    from services.gateway.files.serving import speakers_of  # noqa: PLC0415
    from tests.support.gateway import Gateway  # noqa: PLC0415

    bare = Gateway(speakers=speakers_of(None))
    body = {"file_name": "a.pdf", "media_type": "application/pdf", "length": 1}
    answer = bare.ask("POST", "/v1/uploads", body=body)
    assert (answer.status, answer.json["code"]) == (503, "uploads.unconfigured")


@pytest.fixture(autouse=True)
def _nothing_left_open(gateway: UploadGateway) -> Iterator[None]:
    yield
    gateway.desk.threads.close()
