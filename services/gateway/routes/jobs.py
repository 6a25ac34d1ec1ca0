"""Long work over HTTP: asked for, watched, cancelled, and what it brought."""

from typing import Any, Final

from services.gateway.route import Route, of_reply
from shared.contracts.gateway.jobs import CancelJob, ExportCases, GetJob, ListJobs, ReadJobResult

OVERSIGHT: Final = "oversight"
SELF: Final = "self_service"
_JOB: Final[dict[str, Any]] = {
    "id": "019c1f40-2c2c-7b01-9d9d-1e2f3a4b5c6d",
    "kind": "export_cases",
    "state": "queued",
    "items": 0,
    "error": None,
    "size": None,
    "created_at": "2026-11-22T09:30:00Z",
    "finished_at": None,
    "expires_at": "2026-11-23T09:30:00Z",
    "version": 1,
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/exports/cases",
        request=ExportCases,
        status=202,
        purpose=OVERSIGHT,
        location="/v1/jobs/{id}",
        example={"case_type": "building_permit", "open": True},
        answer=_JOB,
    ),
    Route(method="GET", path="/v1/jobs", request=ListJobs, purpose=SELF, answer=_JOB),
    Route(
        method="GET",
        path="/v1/jobs/{job_id:id}",
        request=GetJob,
        purpose=SELF,
        etag=True,
        answer=_JOB | {"state": "running", "items": 300, "version": 5},
    ),
    Route(
        method="POST",
        path="/v1/jobs/{job_id:id}/cancel",
        request=CancelJob,
        purpose=SELF,
        answer=_JOB | {"state": "cancelled", "finished_at": "2026-11-22T09:31:00Z", "version": 2},
    ),
    Route(
        method="GET",
        path="/v1/jobs/{job_id:id}/result",
        request=ReadJobResult,
        purpose=OVERSIGHT,
        subjects=of_reply("id"),
        speaks="read_job_result",
        answer_type="application/x-ndjson",
        answer={
            "id": _JOB["id"],
            "kind": "export_cases",
            "content": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "size": 182_113,
            "version": 7,
        },
    ),
)
