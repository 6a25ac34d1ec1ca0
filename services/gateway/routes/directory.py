"""The directory over HTTP: who works here, in which teams, with which roles, and who is kept out of what."""

from typing import Any, Final

from services.gateway.route import Route, of_reply
from shared.contracts.gateway.assignments import (
    AssignRole,
    ChallengeAccess,
    DeclareConflict,
    EndAssignment,
    GetAssignment,
    ListAssignments,
    ListChallenges,
    ReviewChallenge,
)
from shared.contracts.gateway.staff import (
    AmendStaff,
    DeactivateStaff,
    FindStaff,
    GetStaff,
    ListStaff,
    ProvisionStaff,
    ReactivateStaff,
    RemoveStaff,
)
from shared.contracts.gateway.teams import AmendTeam, CreateTeam, FindTeams, GetTeam, ListTeams, RemoveTeam

STAFFING: Final = "staff_administration"
OVERSIGHT: Final = "oversight"
_ID: Final = "019c1f0e-0000-7000-8000-000000000001"
_OTHER: Final = "019c1f0e-0000-7000-8000-000000000002"
_TEAM: Final = "019c1f0e-1a2b-7c3d-8e4f-5a6b7c8d9e01"
_CASE: Final = "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10"
_STAFF_VIEW: Final[dict[str, Any]] = {
    "id": _ID,
    "user_name": "carl-caseworker",
    "display_name": "Carl Example",
    "email": "carl@city.example",
    "department": "city.permits",
    "active": True,
    "skills": ["building_permits", "welsh"],
    "capacity": 30,
    "teams": [_TEAM],
    "roles": ["caseworker"],
    "external_id": "7f3c9a",
    "version": 1,
    "provisioned_at": "2026-11-21T09:30:00Z",
    "changed_at": "2026-11-21T09:30:00Z",
    "hidden": [],
}
_STAFF_BODY: Final[dict[str, Any]] = {
    "user_name": "carl-caseworker",
    "display_name": "Carl Example",
    "email": "carl@city.example",
    "department": "city.permits",
    "skills": ["welsh", "building_permits"],
    "capacity": 30,
    "external_id": "7f3c9a",
}
_TEAM_VIEW: Final[dict[str, Any]] = {
    "id": _TEAM,
    "name": "Building permits",
    "department": "city.permits",
    "lead": _OTHER,
    "members": [_ID, _OTHER],
    "external_id": None,
    "version": 1,
    "created_at": "2026-11-21T09:30:00Z",
    "changed_at": "2026-11-21T09:30:00Z",
}
_ASSIGNMENT: Final[dict[str, Any]] = {
    "id": "019c1f10-2c3d-7e4f-9a5b-6c7d8e9f0a11",
    "holder": _ID,
    "kind": "standard",
    "role": "caseworker",
    "about": None,
    "department": "city.permits",
    "begins_at": "2026-11-21T09:30:00Z",
    "ends_at": "2027-11-21T00:00:00Z",
    "in_force": True,
    "reason": "joined",
    "note": "",
    "granted_by": _OTHER,
    "granted_at": "2026-11-21T09:30:00Z",
    "ended_at": None,
    "ended_by": None,
    "end_reason": None,
    "review_due": None,
    "reviewed_at": None,
    "reviewed_by": None,
    "outcome": None,
    "hidden": [],
}
_CHALLENGE: Final[dict[str, Any]] = _ASSIGNMENT | {
    "kind": "challenged",
    "about": _CASE,
    "ends_at": "2026-11-21T10:30:00Z",
    "reason": "danger_to_life",
    "note": "The neighbour reports gas; the owner is on holiday.",
    "granted_by": _ID,
    "review_due": "2026-11-24T10:30:00Z",
}

STAFF: Final = (
    Route(
        method="POST",
        path="/v1/staff",
        request=ProvisionStaff,
        status=201,
        purpose=STAFFING,
        subjects=of_reply("id"),
        etag=True,
        location="/v1/staff/{id}",
        example=_STAFF_BODY,
        answer=_STAFF_VIEW,
    ),
    Route(
        method="GET",
        path="/v1/staff",
        request=ListStaff,
        purpose=STAFFING,
        subjects=of_reply("id"),
        answer=_STAFF_VIEW,
    ),
    Route(
        method="POST",
        path="/v1/staff/search",
        request=FindStaff,
        purpose=STAFFING,
        subjects=of_reply("id"),
        example={
            "where": [{"conditions": [{"field": "display_name", "operator": "sw", "value": "carl"}]}],
            "limit": 20,
        },
        answer=_STAFF_VIEW,
    ),
    Route(
        method="GET",
        path="/v1/staff/{staff_id:id}",
        request=GetStaff,
        purpose=STAFFING,
        subjects=of_reply("id"),
        etag=True,
        answer=_STAFF_VIEW,
    ),
    Route(
        method="PATCH",
        path="/v1/staff/{staff_id:id}",
        request=AmendStaff,
        purpose=STAFFING,
        subjects=of_reply("id"),
        if_match=True,
        etag=True,
        example={"capacity": 20, "remove": ["email"]},
        answer=_STAFF_VIEW | {"capacity": 20, "email": None, "version": 2},
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/staff/{{staff_id:id}}/{verb}",
            request=request,
            purpose=STAFFING,
            subjects=of_reply("id"),
            etag=True,
            example={"reason": reason},
            answer=_STAFF_VIEW | {"active": active, "version": 2},
        )
        for verb, request, reason, active in (
            ("deactivate", DeactivateStaff, "left", False),
            ("reactivate", ReactivateStaff, "returned", True),
            ("remove", RemoveStaff, "removed", False),
        )
    ),
)

TEAMS: Final = (
    Route(
        method="POST",
        path="/v1/teams",
        request=CreateTeam,
        status=201,
        purpose=STAFFING,
        etag=True,
        location="/v1/teams/{id}",
        example={"name": "Building permits", "department": "city.permits", "lead": _OTHER, "members": [_ID, _OTHER]},
        answer=_TEAM_VIEW,
    ),
    Route(method="GET", path="/v1/teams", request=ListTeams, purpose=STAFFING, answer=_TEAM_VIEW),
    Route(
        method="POST",
        path="/v1/teams/search",
        request=FindTeams,
        purpose=STAFFING,
        example={"where": [{"conditions": [{"field": "name", "operator": "co", "value": "permits"}]}]},
        answer=_TEAM_VIEW,
    ),
    Route(method="GET", path="/v1/teams/{team_id:id}", request=GetTeam, purpose=STAFFING, etag=True, answer=_TEAM_VIEW),
    Route(
        method="PATCH",
        path="/v1/teams/{team_id:id}",
        request=AmendTeam,
        purpose=STAFFING,
        if_match=True,
        etag=True,
        example={"name": "Permits", "add": [_ID]},
        answer=_TEAM_VIEW | {"name": "Permits", "version": 2},
    ),
    Route(
        method="POST",
        path="/v1/teams/{team_id:id}/remove",
        request=RemoveTeam,
        purpose=STAFFING,
        example={"reason": "dissolved"},
        answer=_TEAM_VIEW | {"version": 2},
    ),
)

ASSIGNMENTS: Final = (
    Route(
        method="POST",
        path="/v1/staff/{staff_id:id}/assignments",
        request=AssignRole,
        status=201,
        purpose=STAFFING,
        subjects=of_reply("holder"),
        location="/v1/assignments/{id}",
        example={"kind": "standard", "role": "caseworker", "reason": "joined", "ends_at": "2027-11-21T00:00:00Z"},
        answer=_ASSIGNMENT,
    ),
    Route(
        method="GET",
        path="/v1/assignments",
        request=ListAssignments,
        purpose=OVERSIGHT,
        subjects=of_reply("holder"),
        answer=_ASSIGNMENT,
    ),
    Route(
        method="GET",
        path="/v1/assignments/{assignment_id:id}",
        request=GetAssignment,
        purpose=OVERSIGHT,
        subjects=of_reply("holder"),
        answer=_ASSIGNMENT,
    ),
    Route(
        method="POST",
        path="/v1/assignments/{assignment_id:id}/end",
        request=EndAssignment,
        purpose=STAFFING,
        subjects=of_reply("holder"),
        example={"reason": "moved"},
        answer=_ASSIGNMENT
        | {"in_force": False, "ended_at": "2026-11-22T09:30:00Z", "ended_by": _OTHER, "end_reason": "moved"},
    ),
    Route(
        method="POST",
        path="/v1/conflicts",
        request=DeclareConflict,
        status=201,
        purpose="self_service",
        subjects=of_reply("holder"),
        location="/v1/assignments/{id}",
        example={"about": _CASE, "reason": "relative", "note": "The applicant is my cousin."},
        answer=_ASSIGNMENT
        | {
            "kind": "excluded",
            "role": None,
            "about": _CASE,
            "ends_at": None,
            "reason": "relative",
            "note": "The applicant is my cousin.",
            "granted_by": _ID,
        },
    ),
    Route(
        method="POST",
        path="/v1/challenges",
        request=ChallengeAccess,
        status=201,
        purpose="emergency",
        subjects=of_reply("holder"),
        location="/v1/assignments/{id}",
        example={
            "about": _CASE,
            "role": "caseworker",
            "minutes": 60,
            "reason": "danger_to_life",
            "note": "The neighbour reports gas; the owner is on holiday.",
        },
        answer=_CHALLENGE,
    ),
    Route(
        method="GET",
        path="/v1/challenges",
        request=ListChallenges,
        purpose=OVERSIGHT,
        subjects=of_reply("holder"),
        answer=_CHALLENGE,
    ),
    Route(
        method="POST",
        path="/v1/challenges/{assignment_id:id}/review",
        request=ReviewChallenge,
        purpose=OVERSIGHT,
        subjects=of_reply("holder"),
        example={"outcome": "justified", "note": "The gas was real."},
        answer=_CHALLENGE
        | {"reviewed_at": "2026-11-22T09:30:00Z", "reviewed_by": _OTHER, "outcome": "justified", "in_force": False},
    ),
)

ROUTES: Final = (*STAFF, *TEAMS, *ASSIGNMENTS)
