"""Who may act for whom, over HTTP."""

from typing import Any, Final

from services.gateway.route import Route, of_reply
from shared.contracts.gateway.acting import DelegateDuties, EndAuthority, GrantMandate, ListAuthorities

SELF: Final = "self_service"
_ID: Final = "019c1f30-1b1b-7a01-8c8c-0d1e2f3a4b5c"
_MANDATE: Final[dict[str, Any]] = {
    "id": _ID,
    "kind": "mandate",
    "principal": "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01",
    "representative": "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a02",
    "roles": [],
    "department": "city",
    "begins_at": "2026-11-21T09:30:00Z",
    "ends_at": "2027-11-20T00:00:00Z",
    "in_force": True,
    "reason": "carer",
    "granted_by": "019c1f0e-0000-7000-8000-000000000001",
    "granted_at": "2026-11-21T09:30:00Z",
    "ended_at": None,
    "end_reason": None,
}
_DELEGATION: Final[dict[str, Any]] = _MANDATE | {
    "kind": "delegation",
    "principal": "019c1f0e-0000-7000-8000-000000000001",
    "representative": "019c1f0e-0000-7000-8000-000000000002",
    "roles": ["caseworker"],
    "department": "city.permits",
    "ends_at": "2026-12-05T00:00:00Z",
    "reason": "leave",
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/mandates",
        request=GrantMandate,
        status=201,
        purpose=SELF,
        subjects=of_reply("principal", "representative"),
        example={
            "principal": _MANDATE["principal"],
            "representative": _MANDATE["representative"],
            "ends_at": "2027-11-20T00:00:00Z",
            "reason": "carer",
        },
        answer=_MANDATE,
    ),
    Route(
        method="POST",
        path="/v1/delegations",
        request=DelegateDuties,
        status=201,
        purpose=SELF,
        subjects=of_reply("principal", "representative"),
        example={
            "representative": _DELEGATION["representative"],
            "roles": ["caseworker"],
            "ends_at": "2026-12-05T00:00:00Z",
            "reason": "leave",
        },
        answer=_DELEGATION,
    ),
    Route(
        method="GET",
        path="/v1/authorities",
        request=ListAuthorities,
        purpose=SELF,
        subjects=of_reply("principal", "representative"),
        answer=_MANDATE,
    ),
    Route(
        method="POST",
        path="/v1/authorities/{authority_id:id}/end",
        request=EndAuthority,
        purpose=SELF,
        subjects=of_reply("principal", "representative"),
        example={"reason": "no_longer_needed"},
        answer=_MANDATE | {"in_force": False, "ended_at": "2026-11-22T09:30:00Z", "end_reason": "no_longer_needed"},
    ),
)
