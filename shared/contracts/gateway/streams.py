"""Live updates: news of what the caller may see, as it happens."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Request, View

Noun = Literal["case", "contact", "interaction", "message"]


class LiveUpdate(View):
    """Something happened to a record that the caller may see. What it holds now is asked for where it lives."""

    id: UUID
    """Of the event: the same one twice is the same news."""
    type: str
    subject: UUID
    subject_version: int
    time: AwareDatetime


class FollowEvents(Request[LiveUpdate], service="gateway"):
    """Follow what happens, as server-sent events; `after` or Last-Event-ID is where the caller stopped reading."""

    noun: Noun | None = None
    about: UUID | None = None
    """One record, and what belongs to it."""
    after: Annotated[int, Field(ge=0, lt=2**53, strict=True)] | None = None
