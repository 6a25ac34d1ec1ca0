"""Serves every SCIM route: reads and answers in SCIM's words, and puts on record who was shown whose data."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from scim2_models import Error, InvalidSyntaxException, SCIMException, ScimProvider
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse
from scim2_server.service import ScimService
from starlette.types import Receive, Scope, Send

from services.gateway.edge import strict_json
from services.gateway.edge.body import read_body
from services.gateway.edge.headers import NEVER_STORED, Headers
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.endpoint import Visit
from services.gateway.personal import FIELDS
from services.gateway.scim.shapes import BASE
from services.gateway.scim.storage import DirectoryStorage
from shared.contracts.gateway.events import DataAccessed
from shared.contracts.gateway.staff import StaffView
from shared.observability import metrics, tracing

READ: Final = ("content-type", "if-match", "if-none-match")
TOLD: Final = {"etag": b"etag", "location": b"location", "allow": b"allow"}
MOST_PARAMETERS: Final = 10


class SpeaksScim:
    """Users and Groups over the directory."""

    def __init__(self, provider: ScimProvider, *, origin: str, body_bytes: int, body_seconds: float) -> None:
        self._provider, self._service = provider, ScimService(provider)
        self._base_url = f"{origin}{BASE}"
        self._body_bytes, self._body_seconds = body_bytes, body_seconds

    async def __call__(self, visit: Visit) -> Answer:
        """The answer, which leaves only after it is on record whose data is in it."""
        storage = DirectoryStorage(self._provider, visit.ask, visit.actor)
        try:
            response = await AsyncScimHandler(self._service, storage).handle(await self._asked(visit))
        except SCIMException as error:
            response = self._service.error_response(error)
        await _record(visit, storage.shown)
        return answer_of(response)

    async def _asked(self, visit: Visit) -> ScimRequest:
        body = b""
        if visit.route.method not in {"GET", "DELETE"}:
            body = await read_body(
                visit.receive, visit.headers, most_bytes=self._body_bytes, seconds=self._body_seconds
            )
            _refuse_loose(body)
        headers = {name: value for name in READ if (value := visit.headers.one(name.encode())) is not None}
        return ScimRequest(
            method=visit.route.method,
            base_url=self._base_url,
            path=visit.scope["path"].removeprefix(BASE),
            query=_query(visit.scope["query_string"]),
            headers=headers,
            body=body,
            subject=visit.actor,
        )


async def unknown_to_scim(scope: Scope, _: Receive, send: Send) -> None:
    """There is nothing at this address, in SCIM's words."""
    trace = tracing.begin("none", parent=Headers(scope["headers"]).optional(b"traceparent"), kind="server")
    error = Error(status=404, detail="There is nothing at this address: /scim/v2/ResourceTypes lists what there is.")
    answer = Answer(404, orjson.dumps(error.model_dump()), content_type=SCIM_MEDIA_TYPE.encode(), code="not_found")
    await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
    trace.end(answer.code)
    metrics.requests.labels("none", answer.status).inc()


def answer_of(response: ScimResponse) -> Answer:
    """A finished answer."""
    headers = tuple(
        (TOLD[name.lower()], value.encode("latin-1"))
        for name, value in response.headers.items()
        if name.lower() in TOLD
    )
    return Answer(
        int(response.status),
        orjson.dumps(response.body) if response.body is not None else b"",
        content_type=SCIM_MEDIA_TYPE.encode(),
        code="ok" if response.status < 400 else "scim",  # noqa: PLR2004 - an HTTP status
        headers=(NEVER_STORED, *headers),
    )


def _refuse_loose(body: bytes) -> None:
    try:
        strict_json.loads(body)
    except strict_json.NotStrictJson as error:
        raise InvalidSyntaxException(detail=f"The body is not JSON as it is read here: {error}.") from None


def _query(raw: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise InvalidSyntaxException(detail="The query cannot be read.") from None
    if len(dict(pairs)) < len(pairs):
        raise InvalidSyntaxException(detail="A parameter stands there twice.")
    return dict(pairs)


async def _record(visit: Visit, shown: list[Mapping[str, Any]]) -> None:
    staff = [view for view in shown if "user_name" in view]
    if not staff:
        return
    subjects = tuple(dict.fromkeys(view["id"] for view in staff))
    one = len(subjects) == 1
    fields = sorted(field for field in FIELDS[StaffView] if any(view.get(field) for view in staff))
    hidden = sorted({field for view in staff for field in view.get("hidden", ())})
    accessed = DataAccessed.model_validate(
        {
            "subject": subjects[0] if one else visit.actor.id,
            "subject_version": staff[-1]["version"] if one else 0,
            "operation": visit.route.operation,
            "purpose": visit.actor.purpose or visit.route.purpose,
            "subjects": subjects,
            "fields": fields,
            "hidden": hidden,
        }
    )
    await visit.tell(accessed)
