"""Case types and cases over HTTP."""

from typing import Final

from services.gateway.route import Route, of_reply, of_request
from shared.contracts.cases.rpc import (
    ActivateCaseType,
    AddCaseType,
    GetCase,
    GetCaseType,
    ListCaseEvents,
    ListCases,
    ListCaseTypes,
    OpenCase,
    TakeCaseEvent,
)

CASEWORK: Final = "casework"
DESIGNING: Final = "process_design"
_CONTACT_ID: Final = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
_CASE_ID: Final = "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10"
_ACTOR_ID: Final = "019c1f0e-0000-7000-8000-000000000001"
_TYPE: Final = {
    "key": "building_permit",
    "version": 1,
    "title": "Building permit",
    "status": "active",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "bundle": None,
    "activated_at": "2026-11-20T08:00:00Z",
    "hidden": [],
}
_SUMMARY: Final = {
    "id": _CASE_ID,
    "reference": "CASE-7K3M-2QXD",
    "case_type": "building_permit",
    "contact_id": _CONTACT_ID,
    "state": "received",
    "closed": False,
    "department": "city.permits",
    "assigned_to": None,
    "due_on": "2027-01-18",
    "opened_at": "2026-11-21T09:40:00Z",
    "version": 1,
    "external_reference": None,
    "source": None,
    "hidden": [],
}
_CASE: Final = _SUMMARY | {
    "case_type_version": 1,
    "state_title": "Received",
    "outcome": None,
    "data": {"address": "1 Example Street"},
    "steps": [{"event": "accept", "title": "Accept the application", "form": {}}],
    "prefilled": ["name"],
    "hidden": [],
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/case_types",
        request=AddCaseType,
        status=201,
        purpose=DESIGNING,
        location="/v1/case_types/{key}?version={version}",
        example={"bundle": "key: building_permit\ntitle: Building permit\n"},
        answer=_TYPE | {"status": "draft", "activated_at": None},
    ),
    Route(method="GET", path="/v1/case_types", request=ListCaseTypes, kept=True, purpose=DESIGNING, answer=_TYPE),
    Route(
        method="GET",
        path="/v1/case_types/{key:code}",
        request=GetCaseType,
        kept=True,
        purpose=DESIGNING,
        answer=_TYPE,
    ),
    Route(
        method="POST",
        path="/v1/case_types/{key:code}/versions/{version:number}/activate",
        request=ActivateCaseType,
        purpose=DESIGNING,
        answer=_TYPE,
    ),
    Route(
        method="POST",
        path="/v1/cases",
        request=OpenCase,
        status=201,
        purpose=CASEWORK,
        subjects=of_reply("id", "contact_id"),
        etag=True,
        location="/v1/cases/{id}",
        example={
            "case_type": "building_permit",
            "contact_id": _CONTACT_ID,
            "data": {"address": "1 Example Street"},
        },
        answer=_CASE,
    ),
    Route(
        method="GET",
        path="/v1/cases",
        request=ListCases,
        purpose=CASEWORK,
        subjects=of_reply("id", "contact_id"),
        answer=_SUMMARY,
    ),
    Route(
        method="GET",
        path="/v1/cases/{case_id:id}",
        request=GetCase,
        purpose=CASEWORK,
        subjects=of_reply("id", "contact_id"),
        etag=True,
        answer=_CASE,
    ),
    Route(
        method="POST",
        path="/v1/cases/{case_id:id}/events",
        request=TakeCaseEvent,
        status=201,
        purpose=CASEWORK,
        subjects=of_reply("id", "contact_id"),
        if_match=True,
        etag=True,
        example={"event": "accept", "comment": "All drawings are there."},
        answer=_CASE | {"state": "accepted", "state_title": "Accepted", "version": 2, "steps": []},
    ),
    Route(
        method="GET",
        path="/v1/cases/{case_id:id}/events",
        request=ListCaseEvents,
        purpose=CASEWORK,
        subjects=of_request("case_id"),
        answer={
            "sequence": 1,
            "event": "accept",
            "title": "Accept the application",
            "from_state": "received",
            "to_state": "accepted",
            "case_type_version": 1,
            "actor": _ACTOR_ID,
            "resource": None,
            "comment": "All drawings are there.",
            "fields": [],
            "occurred_at": "2026-11-21T09:45:00Z",
            "recorded_at": "2026-11-21T09:45:00Z",
            "hidden": [],
        },
    ),
)
