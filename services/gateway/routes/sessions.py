"""Browser sessions over HTTP: see them and end them. How they begin is no route: see services/gateway/sessions."""

from typing import Any, Final

from services.gateway.route import Route
from shared.contracts.gateway.sessions import EndMySession, EndSessions, ListMySessions, ListSessions

OWN: Final = "self_service"
OVERSIGHT: Final = "oversight"
_SESSION: Final[dict[str, Any]] = {
    "id": "019c1f0e-5a3c-7d10-8e21-3b5f7a9c1d01",
    "holder": "019c1f0e-0000-7000-8000-000000000001",
    "department": "city.permits",
    "assurance": "aal2",
    "browser": "firefox",
    "began_at": "2026-11-21T08:00:00Z",
    "seen_at": "2026-11-21T09:30:00Z",
    "ends_at": "2026-11-21T16:00:00Z",
    "current": True,
}

ROUTES: Final = (
    Route(method="GET", path="/v1/me/sessions", request=ListMySessions, purpose=OWN, answer=_SESSION),
    Route(
        method="DELETE",
        path="/v1/me/sessions/{session_id:id}",
        request=EndMySession,
        purpose=OWN,
        answer={"ended": 1},
    ),
    Route(
        method="GET",
        path="/v1/actors/{actor_id:id}/sessions",
        request=ListSessions,
        purpose=OVERSIGHT,
        answer=_SESSION,
    ),
    Route(
        method="DELETE",
        path="/v1/actors/{actor_id:id}/sessions",
        request=EndSessions,
        purpose=OVERSIGHT,
        answer={"ended": 3},
    ),
)
