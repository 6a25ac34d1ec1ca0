"""What nobody has any more is thrown away, and nothing else."""

import asyncio
import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.gateway.files.sweeping import sweep
from shared.authz.token import system_actor
from shared.clock import now
from shared.contracts.base import Request
from shared.contracts.gateway.upload_events import UploadExpired
from shared.storage.errors import BlobUnknown
from tests.support.documents import PDF
from tests.support.uploads import UploadGateway

DAYS_AGO = (now() - timedelta(days=3)).timestamp()


@pytest.fixture
def gateway(tmp_path: Path) -> UploadGateway:
    return UploadGateway(tmp_path)


def clean(gateway: UploadGateway) -> None:
    async def ask(request: Request[Any]) -> Any:
        return gateway.owners.done(request, system_actor("gateway"))

    asyncio.run(sweep(gateway.desk, ask))


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (DAYS_AGO, DAYS_AGO))


def test_an_upload_that_nobody_goes_on_with_is_given_up(gateway: UploadGateway) -> None:
    idle, busy = (gateway.announce(PDF).headers["location"] for _ in range(2))
    gateway.append(idle, [PDF[:10]], complete=False)
    gateway.append(busy, [PDF[:10]], complete=False)
    (upload,) = (u for u in gateway.owners.uploads.kept_here.values() if idle.endswith(str(u.id)))
    upload.touched_at = now() - timedelta(days=2)
    clean(gateway)
    assert gateway.request("GET", idle).json["state"] == "expired"
    assert gateway.request("HEAD", busy).headers["upload-offset"] == "10"
    assert [type(event) for event in gateway.owners.told][-1:] == [UploadExpired]
    assert [path.name for path in (gateway.folder / "arriving").iterdir()] == [busy.rpartition("/")[2]]


def test_bytes_that_belong_to_no_upload_are_thrown_away(gateway: UploadGateway) -> None:
    place = gateway.announce(PDF).headers["location"]
    gateway.append(place, [PDF[:10]], complete=False)
    gateway.owners.uploads.kept_here.clear()
    clean(gateway)
    assert len(list((gateway.folder / "arriving").iterdir())) == 1
    age(gateway.folder)
    clean(gateway)
    assert list((gateway.folder / "arriving").iterdir()) == []


def test_a_file_stays_for_as_long_as_anybody_has_it(gateway: UploadGateway) -> None:
    mine = gateway.sent(PDF)
    theirs = gateway.announce(PDF, roles=("agent",)).headers["location"]
    gateway.request("PATCH", theirs, roles=("agent",), headers=_all(), pieces=[PDF])
    gateway.request("DELETE", mine)
    age(gateway.folder)
    clean(gateway)
    assert gateway.request("GET", f"{theirs}/content", roles=("agent",)).body == PDF
    gateway.request("DELETE", theirs, roles=("agent",))
    clean(gateway)
    with pytest.raises(BlobUnknown):
        gateway.desk.blobs.open(sha256(PDF).hexdigest())
    assert [path for path in (gateway.folder / "kept").rglob("*") if path.is_file()] == []


def test_a_file_that_was_put_away_just_now_is_left_alone(gateway: UploadGateway) -> None:
    gateway.sent(PDF)
    gateway.owners.uploads.kept_here.clear()
    clean(gateway)
    assert gateway.desk.blobs.open(sha256(PDF).hexdigest()).size == len(PDF)


def test_what_was_forgotten_long_ago_leaves_no_trace(gateway: UploadGateway) -> None:
    place = gateway.announce(PDF).headers["location"]
    gateway.request("DELETE", place)
    (upload,) = gateway.owners.uploads.kept_here.values()
    upload.finished_at = now() - timedelta(days=31)
    clean(gateway)
    assert gateway.request("GET", place).status == 404


def _all() -> dict[str, str]:
    return {"content-type": "application/octet-stream", "upload-offset": "0", "upload-complete": "?1"}
