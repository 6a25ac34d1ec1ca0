"""Systems that call the API, over HTTP."""

from typing import Any, Final

from services.gateway.route import Route
from shared.contracts.gateway.clients import (
    AddClientKey,
    AmendClient,
    GetClient,
    ListClients,
    RegisterClient,
    RemoveClientKey,
    ResumeClient,
    SuspendClient,
)

INTEGRATION: Final = "operations"
_KEY: Final = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
_KID: Final = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
_CLIENT: Final[dict[str, Any]] = {
    "id": "019c1f20-5a5a-7e01-9c9c-0d1e2f3a4b5c",
    "name": "Parks portal",
    "owner": "019c1f0e-0000-7000-8000-000000000001",
    "department": "city.parks",
    "purpose": "service_delivery",
    "scopes": ["cases_read", "cases_write"],
    "active": True,
    "expires_at": "2027-11-20T00:00:00Z",
    "keys": [{"kid": _KID, "added_at": "2026-11-21T09:30:00Z", "expires_at": "2027-11-20T00:00:00Z"}],
    "version": 1,
    "registered_at": "2026-11-21T09:30:00Z",
    "changed_at": "2026-11-21T09:30:00Z",
    "last_used_at": None,
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/clients",
        request=RegisterClient,
        status=201,
        purpose=INTEGRATION,
        etag=True,
        location="/v1/clients/{id}",
        example={
            "name": "Parks portal",
            "department": "city.parks",
            "purpose": "service_delivery",
            "scopes": ["cases_read", "cases_write"],
            "expires_at": "2027-11-20T00:00:00Z",
            "key": _KEY,
        },
        answer=_CLIENT,
    ),
    Route(method="GET", path="/v1/clients", request=ListClients, purpose=INTEGRATION, answer=_CLIENT),
    Route(
        method="GET",
        path="/v1/clients/{client_id:id}",
        request=GetClient,
        purpose=INTEGRATION,
        etag=True,
        answer=_CLIENT,
    ),
    Route(
        method="PATCH",
        path="/v1/clients/{client_id:id}",
        request=AmendClient,
        purpose=INTEGRATION,
        if_match=True,
        etag=True,
        example={"scopes": ["cases_read"]},
        answer=_CLIENT | {"scopes": ["cases_read"], "version": 2},
    ),
    Route(
        method="POST",
        path="/v1/clients/{client_id:id}/keys",
        request=AddClientKey,
        status=201,
        purpose=INTEGRATION,
        etag=True,
        example={"key": _KEY, "expires_at": "2027-05-20T00:00:00Z"},
        answer=_CLIENT | {"version": 2},
    ),
    Route(
        method="POST",
        path="/v1/clients/{client_id:id}/keys/remove",
        request=RemoveClientKey,
        purpose=INTEGRATION,
        etag=True,
        example={"kid": _KID},
        answer=_CLIENT | {"version": 3},
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/clients/{{client_id:id}}/{verb}",
            request=request,
            purpose=INTEGRATION,
            etag=True,
            example={"reason": reason},
            answer=_CLIENT | {"active": active, "version": 2},
        )
        for verb, request, reason, active in (
            ("suspend", SuspendClient, "key_lost", False),
            ("resume", ResumeClient, "key_replaced", True),
        )
    ),
)
