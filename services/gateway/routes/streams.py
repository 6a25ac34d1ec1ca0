"""Live updates over HTTP."""

from typing import Final

from services.gateway.route import Route, of_reply
from shared.contracts.gateway.streams import FollowEvents

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/stream",
        request=FollowEvents,
        purpose="service_delivery",
        subjects=of_reply("subject"),
        speaks="live_updates",
        answer_type="text/event-stream",
        more_headers={"Last-Event-ID": "The id of the last event that arrived: what came after it is told first."},
        answer={
            "id": "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d11",
            "type": "tellus.case.opened.v1",
            "subject": "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10",
            "subject_version": 1,
            "time": "2026-11-21T09:40:00Z",
        },
    ),
)
