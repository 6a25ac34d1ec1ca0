"""Handing out a file, or one range of it: never more of it in memory than a reader takes, never to be shown in place."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog

from services.gateway.edge.headers import NEVER_STORED, SECURITY
from services.gateway.endpoint import Visit
from services.gateway.files.desk import Desk
from services.gateway.files.digests import header_of
from services.gateway.files.naming import disposition
from services.gateway.files.ranges import Part, part_of
from services.gateway.files.recording import record_access
from services.gateway.files.telling import Fields
from shared.storage.blobs import OpenBlob
from shared.storage.errors import BlobDamaged, BlobUnknown

log = structlog.get_logger()
POLICY: Final = b"sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
READER_SECONDS: Final = 60.0
"""How long a reader may take over one piece."""


class Sending:
    """Serves `read_upload`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> None:
        """All of it, or the range asked for; that it was given is on record before its first byte leaves."""
        upload = await visit.ask(visit.request)
        etag = f'"{upload["content"]}"'
        asked, condition = visit.headers.optional(b"range"), visit.headers.optional(b"if-range")
        part = part_of(asked, condition, etag=etag, size=upload["length"])
        blob = await self._open(upload)
        await record_access(visit, upload, ("file_name", "content"))
        whole = Part(0, upload["length"])
        headers = _headers(upload, etag, part)
        status = 200 if part is None else 206
        if visit.scope["method"] == "HEAD":
            await self._begin(visit, status, headers)
            await visit.send({"type": "http.response.body", "body": b""})
        else:
            await self._send(visit, status, headers, self._desk.threads.each(blob.read(*_places(part or whole))))

    async def _open(self, upload: dict[str, Any]) -> OpenBlob:
        try:
            blob = await self._desk.threads.run(self._desk.blobs.open, upload["content"])
        except BlobUnknown as error:
            log.exception("file.missing", subject=upload["id"])
            raise BlobDamaged("The file is not where it should be.") from error
        if blob.size != upload["length"]:
            raise BlobDamaged
        return blob

    async def _send(self, visit: Visit, status: int, headers: Fields, pieces: AsyncIterator[bytes]) -> None:
        first = await anext(pieces)  # before anything is promised: what is damaged is a plain error so far
        await self._begin(visit, status, headers)
        await pass_on(visit, first)
        async for piece in pieces:
            await pass_on(visit, piece)
        await visit.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(self, visit: Visit, status: int, headers: Fields) -> None:
        listed = [(b"tellus-trace", visit.trace.encode()), *headers]
        await visit.send({"type": "http.response.start", "status": status, "headers": listed})


async def pass_on(visit: Visit, piece: bytes) -> None:
    """One piece more has been taken; raises TimeoutError where its reader takes too long over it."""
    async with asyncio.timeout(READER_SECONDS):
        await visit.send({"type": "http.response.body", "body": piece, "more_body": True})


def _places(part: Part) -> tuple[int, int]:
    return part.start, part.stop


def _headers(upload: dict[str, Any], etag: str, part: Part | None) -> Fields:
    size = upload["length"]
    security = tuple((name, POLICY if name == b"content-security-policy" else value) for name, value in SECURITY)
    about = (
        (b"content-type", upload["media_type"].encode()),
        (b"content-disposition", disposition(upload["file_name"])),
        (b"content-length", str(size if part is None else part.stop - part.start).encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", etag.encode()),
        (b"repr-digest", header_of(upload["content"])),
        NEVER_STORED,
    )
    if part is None:
        return (*security, *about)
    return (*security, *about, (b"content-range", f"bytes {part.start}-{part.stop - 1}/{size}".encode()))
