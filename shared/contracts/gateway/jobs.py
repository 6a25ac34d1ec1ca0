"""Long work that somebody asked for: how far it is, and what it brought."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.actor import Actor
from shared.contracts.base import Code, Request, Version, View
from shared.contracts.paging import Cursor, Limit, Page

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class JobView(View):
    """One piece of long work."""

    id: UUID
    kind: Code
    state: JobState
    items: int
    """How many were brought so far."""
    error: Code | None = None
    """Why it failed."""
    size: int | None = None
    """Of the result, in bytes."""
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    expires_at: AwareDatetime
    """When it and its result are forgotten."""
    version: Version


class ExportCases(Request[JobView], service="gateway", writes=True):
    """Bring all the cases that match and that the caller may see into a file, a line of JSON each."""

    case_type: Code | None = None
    state: Code | None = None
    open: bool | None = None
    contact_id: UUID | None = None


class GetJob(Request[JobView], service="gateway"):
    """How far a job of the caller's is."""

    job_id: UUID


class ListJobs(Request[Page[JobView]], service="gateway"):
    """The caller's jobs, newest first."""

    limit: Limit = 20
    cursor: Cursor | None = None


class CancelJob(Request[JobView], service="gateway", writes=True):
    """Stop a job. What it brought so far is thrown away."""

    job_id: UUID


class JobResult(View):
    """Where the result of a job is kept."""

    id: UUID
    kind: Code
    content: str
    size: int
    version: Version


class ReadJobResult(Request[JobResult], service="gateway"):
    """The file that a job brought."""

    job_id: UUID


class JobTaken(View):
    """A job that a worker has for a while; none where there is nothing to do."""

    id: UUID | None = None
    owner: Actor | None = None
    request: str | None = None
    """What was asked for, as JSON."""


class TakeJob(Request[JobTaken], service="gateway", writes=True):
    """The oldest job that waits, or whose worker is gone. For workers."""


class AdvanceJob(Request[JobView], service="gateway", writes=True):
    """Say how far a job is. For workers; raises Conflict where it was cancelled."""

    job_id: UUID
    items: Annotated[int, Field(ge=0, lt=2**31, strict=True)]


class FinishJob(Request[JobView], service="gateway", writes=True):
    """Say what a job brought, or why it brought nothing. For workers."""

    job_id: UUID
    items: Annotated[int, Field(ge=0, lt=2**31, strict=True)] = 0
    content: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    size: Annotated[int, Field(ge=0, lt=2**53, strict=True)] | None = None
    error: Code | None = None
