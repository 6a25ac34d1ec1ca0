"""Announcing an upload, looking at it, taking it back: what is said beside the owner's answer."""

import orjson

from services.gateway.edge.headers import NEVER_STORED
from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Visit
from services.gateway.files.desk import Desk
from services.gateway.files.recording import record_access
from services.gateway.files.telling import DISCONTINUED, Fields, length_of, limits, told
from shared.contracts.gateway.uploads import CancelUpload, GetUpload


class Creating:
    """Serves `create_upload`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> Answer:
        """The upload, and where its bytes go."""
        upload = await visit.ask(visit.request, visit.command_id)
        await record_access(visit, upload, ("file_name",))
        place = ((b"location", f"/v1/uploads/{upload['id']}".encode()),)
        told_more = (*place, *told(offset=0, complete=False), *_limits(self._desk))
        return Answer(201, orjson.dumps(upload), headers=(NEVER_STORED, *told_more))


class Looking:
    """Serves `get_upload`, for which HEAD is the question how much has arrived."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> Answer:
        """The upload, and how far it is."""
        assert isinstance(visit.request, GetUpload)
        upload = await visit.ask(visit.request)
        await record_access(visit, upload, ("file_name",))
        more: Fields = ()
        if upload["state"] == "available":
            more = (*told(offset=upload["length"], complete=True), *length_of(upload))
        elif upload["state"] not in DISCONTINUED:
            kept = await self._desk.threads.run(self._desk.staging.kept, visit.request.upload_id)
            more = (*told(offset=kept, complete=False), *length_of(upload), *_limits(self._desk))
        return Answer(200, orjson.dumps(upload), headers=(NEVER_STORED, *more))


class Cancelling:
    """Serves `cancel_upload`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, visit: Visit) -> Answer:
        """Nothing is left of it to be told. What was kept is erased when nobody else has the same file."""
        assert isinstance(visit.request, CancelUpload)
        await visit.ask(visit.request, visit.command_id)
        await self._desk.threads.run(self._desk.staging.remove, visit.request.upload_id)
        return Answer(204, b"", headers=(NEVER_STORED,))


def _limits(desk: Desk) -> Fields:
    return limits(most_bytes=desk.most_bytes, idle_seconds=desk.idle_seconds)
