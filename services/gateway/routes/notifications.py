"""Templates and messages over HTTP."""

from typing import Final

from services.gateway.route import Route, of_reply
from shared.contracts.notifications.rpc import (
    AddTemplate,
    CountMessages,
    GetMessage,
    GetTemplate,
    ListMessages,
    ListTemplates,
)

WRITING: Final = "communication"
_TEMPLATE: Final = {
    "key": "case_opened",
    "version": 1,
    "language": "en",
    "channel": "email",
    "subject": "We have your application",
    "body": "Dear {name}, we have your application {reference}.",
    "placeholders": ["name", "reference"],
    "created_at": "2026-11-20T08:00:00Z",
}
_MESSAGE: Final = {
    "id": "019c1f13-5a5a-7e01-9c9c-0d1e2f3a4b5c",
    "contact_id": "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01",
    "case_id": "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10",
    "department": "city.permits",
    "template": "case_opened",
    "template_version": 1,
    "language": "en",
    "channel": "email",
    "status": "sent",
    "reason": None,
    "created_at": "2026-11-21T09:40:01Z",
    "finished_at": "2026-11-21T09:40:02Z",
    "attempts": [
        {
            "number": 1,
            "outcome": "accepted",
            "detail": None,
            "started_at": "2026-11-21T09:40:01Z",
            "ended_at": "2026-11-21T09:40:02Z",
        }
    ],
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/templates",
        request=AddTemplate,
        status=201,
        purpose=WRITING,
        location="/v1/templates/{key}?language={language}&version={version}",
        example={
            "key": "case_opened",
            "language": "en",
            "subject": "We have your application",
            "body": "Dear {name}, we have your application {reference}.",
        },
        answer=_TEMPLATE,
    ),
    Route(method="GET", path="/v1/templates", request=ListTemplates, kept=True, purpose=WRITING, answer=_TEMPLATE),
    Route(
        method="GET",
        path="/v1/templates/{key:code}",
        request=GetTemplate,
        kept=True,
        purpose=WRITING,
        answer=_TEMPLATE,
    ),
    Route(
        method="GET",
        path="/v1/messages/counts",
        request=CountMessages,
        purpose=WRITING,
        answer={
            "due": 7,
            "queued": 1,
            "sending": 0,
            "sent": 5,
            "rejected": 1,
            "unknown": 0,
            "undeliverable": 0,
        },
    ),
    Route(
        method="GET",
        path="/v1/messages",
        request=ListMessages,
        purpose=WRITING,
        subjects=of_reply("contact_id"),
        answer=_MESSAGE,
    ),
    Route(
        method="GET",
        path="/v1/messages/{message_id:id}",
        request=GetMessage,
        purpose=WRITING,
        subjects=of_reply("contact_id"),
        answer=_MESSAGE,
    ),
)
