"""Hands out what a job brought, to its owner alone, once that is on record."""

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.edge.headers import NEVER_STORED, SECURITY
from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Speaker, Visit
from services.gateway.files.desk import Desk
from services.gateway.files.sending import pass_on
from services.gateway.files.unconfigured import no_desk
from shared.contracts.gateway.events import DataAccessed

NDJSON: Final = b"application/x-ndjson"


def results_of(desk: Desk | None) -> Mapping[str, Speaker]:
    """Who serves the results of jobs, by the name that the route says."""
    return {"read_job_result": no_desk if desk is None else HandingOut(desk)}


class HandingOut:
    """Serves `read_job_result`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> Answer | None:
        """The file, piece by piece."""
        result: dict[str, Any] = await visit.ask(visit.request)
        blob = await self._desk.threads.run(self._desk.blobs.open, result["content"])
        await visit.tell(
            DataAccessed(
                subject=result["id"],
                subject_version=result["version"],
                operation=visit.route.operation,
                purpose=visit.actor.purpose or visit.route.purpose,
                subjects=(result["id"],),
                fields=("content",),
                kind=visit.actor.kind.value,
            )
        )
        headers = (
            (b"content-disposition", f'attachment; filename="{result["kind"]}.ndjson"'.encode()),
            (b"content-length", str(result["size"]).encode()),
            NEVER_STORED,
        )
        if visit.scope["method"] == "HEAD":
            return Answer(200, b"", NDJSON, headers=(headers[0], NEVER_STORED))
        told = [(b"content-type", NDJSON), (b"tellus-trace", visit.trace.encode()), *SECURITY, *headers]
        await visit.send({"type": "http.response.start", "status": 200, "headers": told})
        async for piece in self._desk.threads.each(blob.read(0, result["size"])):
            await pass_on(visit, piece)
        await visit.send({"type": "http.response.body", "body": b"", "more_body": False})
        return None
