"""Bytes of an upload as they arrive: to disk at once, one request at a time, kept whatever happens to the connection."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from services.gateway.edge.headers import CLOSE, NEVER_STORED, Headers
from services.gateway.edge.problem import Problem, malformed
from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Visit
from services.gateway.files.checking import refusal_of
from services.gateway.files.desk import Desk
from services.gateway.files.digests import sha256_of
from services.gateway.files.refusals import sentence
from services.gateway.files.telling import completes, offset_of, require_media_type, told
from shared.contracts.gateway.uploads import AppendUpload, FinishUpload
from shared.errors import Conflict
from shared.storage.errors import BlobDamaged
from shared.storage.staging import Appending as Staged

AT_ONCE: Final = 262_144
"""How much is in memory before it goes to disk."""
MOST_PIECES: Final = 10_000
"""How often an upload may be broken off, beside what its length needs: crumbs take more room than they hold."""
LOST: Final = "lost"


class Appending:
    """Serves `append_upload`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> Answer:
        """How far the upload is now, or what came of it."""
        assert isinstance(visit.request, AppendUpload)
        headers, id = visit.headers, visit.request.upload_id
        require_media_type(headers)
        offset, complete = offset_of(headers), completes(headers)
        said = sha256_of(headers.one(b"repr-digest"))
        upload = await visit.ask(visit.request, visit.command_id)
        digest = _digest(said, upload["sha256"], complete=complete)
        threads = self._desk.threads
        async with threads.opened(self._desk.staging.appending(id)) as file:
            _check_place(file, offset)
            _check_length(headers, upload["length"], offset, complete=complete)
            _check_pieces(file, upload["length"])
            await self._receive(visit, file, upload["length"])
            if not complete:
                return Answer(204, b"", headers=(NEVER_STORED, *told(offset=file.kept, complete=False)))
            if file.kept != upload["length"]:
                raise _inconsistent(upload["length"], file.kept)
            assert digest is not None
            return await self._finish(visit, upload, digest)

    async def _receive(self, visit: Visit, file: Staged, length: int) -> None:
        """The body is on disk; what came of it is, where it broke off or was too much, too slow or too long."""
        waiting, write = bytearray(), self._desk.threads.run
        try:
            async with asyncio.timeout(self._desk.append_seconds):
                while True:
                    message = await visit.receive()
                    if message["type"] == "http.disconnect":
                        raise malformed("The body broke off before its end.", "uploads.broken_off")
                    chunk = message.get("body", b"")
                    if file.offset + len(waiting) + len(chunk) > length:
                        raise _inconsistent(length, file.offset + len(waiting))
                    waiting += chunk
                    if len(waiting) >= AT_ONCE:
                        await write(file.write, bytes(waiting))
                        waiting.clear()
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            raise Problem("too_slow", "Go on in another request: HEAD tells where.") from None
        finally:
            if waiting:
                await write(file.write, bytes(waiting))
            await write(file.keep)

    async def _finish(self, visit: Visit, upload: Mapping[str, Any], digest: str) -> Answer:
        id = UUID(upload["id"])
        refusal = await self._desk.threads.run(self._examine, id, upload["media_type"], digest)
        finish = FinishUpload(upload_id=id, sha256=digest, refusal=refusal)
        done = await visit.ask(finish, uuid5(id, f"{digest} {refusal}"))
        await self._desk.threads.run(self._desk.staging.remove, id)
        so_far = told(offset=upload["length"], complete=True)
        if refusal is not None:
            raise Problem("invalid", sentence(refusal), f"uploads.{refusal}", headers=so_far)
        return Answer(200, orjson.dumps(done), headers=(NEVER_STORED, *so_far))

    def _examine(self, id: UUID, media_type: str, digest: str) -> str | None:
        """Why it is not taken in; None where it is kept."""
        pending = self._desk.blobs.new()
        try:
            with self._desk.staging.reading(id) as staged:
                refusal = refusal_of(staged, pending, media_type=media_type, digest=digest, scanner=self._desk.scanner)
            if refusal is None:
                pending.finish()
        except BlobDamaged:
            return LOST
        finally:
            pending.discard()
        return refusal


def _digest(said: str | None, announced: str | None, *, complete: bool) -> str | None:
    if said and announced and said != announced:
        raise malformed("Repr-Digest is not the sha256 that was announced.", "uploads.digest_contradictory")
    if complete and not (said or announced):
        raise malformed("Send Repr-Digest with the last bytes: no sha256 was announced.", "uploads.digest_missing")
    return said or announced


def _check_place(file: Staged, offset: int) -> None:
    if offset != file.offset:
        raise Problem(
            "conflict",
            f"The next byte is number {file.offset}: send Upload-Offset: {file.offset}, and what follows from there.",
            "uploads.offset_mismatch",
            details={"expected_offset": file.offset},
            headers=(*told(offset=file.offset, complete=False), *CLOSE),
        )


def _check_length(headers: Headers, length: int, offset: int, *, complete: bool) -> None:
    declared = headers.one(b"content-length")
    if declared is None:
        return
    end = offset + int(declared)
    if end > length or (complete and end != length):
        raise _inconsistent(length, offset)


def _check_pieces(file: Staged, length: int) -> None:
    if file.pieces > length // AT_ONCE + MOST_PIECES:
        raise Conflict("This upload came in too many pieces: begin a new one.", code="uploads.too_many_pieces")


def _inconsistent(length: int, offset: int) -> Problem:
    problem = malformed(
        f"The file was announced with {length} bytes, and {offset} have arrived: this is not what is missing.",
        "uploads.length_inconsistent",
    )
    problem.headers = (*told(offset=offset, complete=False), *CLOSE)
    return problem
