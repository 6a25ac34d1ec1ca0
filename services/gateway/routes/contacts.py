"""Contacts over HTTP. People are searched for by POST: names do not belong in addresses."""

from typing import Any, Final

from services.gateway.route import Route, of_reply, of_request
from shared.contracts.contacts.rpc import (
    AmendContact,
    FindContacts,
    GetContact,
    ListContactChanges,
    ListInteractions,
    RecordInteraction,
    RegisterContact,
)

SERVING: Final = "service_delivery"
_ID: Final = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
_CONTACT: Final = {
    "id": _ID,
    "reference": "CON-7K3M-2QX8",
    "kind": "person",
    "department": "city",
    "version": 1,
    "registered_at": "2026-11-21T09:30:00Z",
    "name": "Siân Example",
    "email": "sian@example.org",
    "phone": "+441632960001",
    "language": "cy",
    "hidden": [],
}
_INTERACTION: Final[dict[str, Any]] = {
    "id": "019c1f0e-7d20-7b11-8c02-9b1f6a2d3c44",
    "contact_id": _ID,
    "channel": "phone",
    "direction": "inbound",
    "subject": "Asked about a building permit",
    "body": "Wants to know which drawings to send.",
    "case_id": None,
    "department": "city",
    "recorded_by": "019c1f0e-0000-7000-8000-000000000001",
    "occurred_at": "2026-11-21T09:32:00Z",
    "recorded_at": "2026-11-21T09:35:00Z",
    "hidden": [],
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/contacts",
        request=RegisterContact,
        status=201,
        purpose=SERVING,
        subjects=of_reply("id"),
        etag=True,
        location="/v1/contacts/{id}",
        example={
            "kind": "person",
            "name": "Siân Example",
            "email": "sian@example.org",
            "phone": "+44 1632 960001",
            "language": "cy",
        },
        answer=_CONTACT,
    ),
    Route(
        method="POST",
        path="/v1/contacts/search",
        request=FindContacts,
        purpose=SERVING,
        subjects=of_reply("id"),
        example={"name": "Sian Exam", "limit": 20},
        answer={
            "id": _ID,
            "reference": "CON-7K3M-2QX8",
            "kind": "person",
            "name": "Siân Example",
            "email": "sian@example.org",
            "phone": "+441632960001",
            "hidden": [],
        },
    ),
    Route(
        method="GET",
        path="/v1/contacts/{contact_id:id}",
        request=GetContact,
        purpose=SERVING,
        subjects=of_reply("id"),
        etag=True,
        answer=_CONTACT,
    ),
    Route(
        method="PATCH",
        path="/v1/contacts/{contact_id:id}",
        request=AmendContact,
        purpose=SERVING,
        subjects=of_reply("id"),
        if_match=True,
        etag=True,
        example={"phone": "+44 1632 960002", "remove": ["email"]},
        answer=_CONTACT | {"version": 2, "phone": "+441632960002", "email": None},
    ),
    Route(
        method="POST",
        path="/v1/contacts/{contact_id:id}/interactions",
        request=RecordInteraction,
        status=201,
        purpose=SERVING,
        subjects=of_reply("contact_id"),
        example={
            "channel": "phone",
            "direction": "inbound",
            "subject": "Asked about a building permit",
            "body": "Wants to know which drawings to send.",
        },
        answer=_INTERACTION,
    ),
    Route(
        method="GET",
        path="/v1/contacts/{contact_id:id}/interactions",
        request=ListInteractions,
        purpose=SERVING,
        subjects=of_request("contact_id"),
        answer=_INTERACTION,
    ),
    Route(
        method="GET",
        path="/v1/contacts/{contact_id:id}/changes",
        request=ListContactChanges,
        purpose="accountability",
        subjects=of_request("contact_id"),
        answer={
            "version": 2,
            "action": "amended",
            "fields": ["phone"],
            "actor": "019c1f0e-0000-7000-8000-000000000001",
            "occurred_at": "2026-11-21T10:00:00Z",
            "recorded_at": "2026-11-21T10:00:00Z",
        },
    ),
)
