"""Files over HTTP: announced as JSON, sent as bytes that may be broken off and resumed, handed out in ranges."""

from typing import Any, Final

from services.gateway.files.telling import MEDIA_TYPES
from services.gateway.route import Route, of_reply
from shared.contracts.gateway.uploads import (
    AppendUpload,
    CancelUpload,
    CreateUpload,
    GetUpload,
    ListUploads,
    ReadUpload,
)

SERVING: Final = "service_delivery"
_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_UPLOAD: Final[dict[str, Any]] = {
    "id": "019c1f13-3a52-7f0e-8c1d-7d0e5f6a9b31",
    "state": "created",
    "file_name": "Site plan, Plas Newydd.pdf",
    "media_type": "application/pdf",
    "length": 482_113,
    "sha256": _DIGEST,
    "refusal": None,
    "created_at": "2026-11-21T09:41:00Z",
    "finished_at": None,
    "version": 1,
}
_PROGRESS: Final = {name: _UPLOAD[name] for name in ("id", "state", "media_type", "length", "sha256", "refusal")}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/uploads",
        request=CreateUpload,
        status=201,
        purpose=SERVING,
        subjects=of_reply("id"),
        location="/v1/uploads/{id}",
        speaks="create_upload",
        example={
            "file_name": "Site plan, Plas Newydd.pdf",
            "media_type": "application/pdf",
            "length": 482_113,
            "sha256": _DIGEST,
        },
        answer=_UPLOAD,
    ),
    Route(
        method="GET",
        path="/v1/uploads",
        request=ListUploads,
        purpose=SERVING,
        subjects=of_reply("id"),
        answer=_UPLOAD,
    ),
    Route(
        method="GET",
        path="/v1/uploads/{upload_id:id}",
        request=GetUpload,
        purpose=SERVING,
        subjects=of_reply("id"),
        speaks="get_upload",
        answer=_UPLOAD | {"state": "available", "finished_at": "2026-11-21T09:42:10Z", "version": 2},
    ),
    Route(
        method="PATCH",
        path="/v1/uploads/{upload_id:id}",
        request=AppendUpload,
        purpose=SERVING,
        speaks="append_upload",
        raw_body=True,
        body_types=MEDIA_TYPES,
        more_answers={204: "These bytes are kept; more will follow."},
        more_headers={
            "Upload-Offset": "The place of the first byte in the file: what HEAD tells.",
            "Upload-Complete": "`?1` where these are the last bytes, `?0` where more will follow.",
            "Repr-Digest": "With the last bytes, `sha-256=:<base64>:` of the whole file, unless it was announced.",
        },
        answer=_PROGRESS | {"state": "available"},
    ),
    Route(
        method="DELETE",
        path="/v1/uploads/{upload_id:id}",
        request=CancelUpload,
        status=204,
        purpose=SERVING,
        speaks="cancel_upload",
        answer=_PROGRESS | {"state": "cancelled", "sha256": None},
    ),
    Route(
        method="GET",
        path="/v1/uploads/{upload_id:id}/content",
        request=ReadUpload,
        purpose=SERVING,
        subjects=of_reply("id"),
        speaks="read_upload",
        answer_type="application/octet-stream",
        more_answers={206: "The range that was asked for."},
        more_problems=("conflict", "range_unsatisfiable"),
        more_headers={
            "Range": "One range of bytes, such as `bytes=0-1023`; without one, or with several, all of it is sent.",
            "If-Range": "The ETag of the file that the range is of.",
        },
        answer={
            "id": "019c1f13-3a52-7f0e-8c1d-7d0e5f6a9b31",
            "file_name": "Site plan, Plas Newydd.pdf",
            "media_type": "application/pdf",
            "length": 482_113,
            "content": _DIGEST,
        },
    ),
)
