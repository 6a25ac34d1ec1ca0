"""List jobs."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_view
from shared.contracts.gateway.jobs import JobView, ListJobs
from shared.contracts.paging import Page


def list_jobs(request: ListJobs, *, unit_of_work: UnitOfWork) -> Page[JobView]:
    """The caller's own, newest first."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_jobs")
        found, following = work.jobs.of(work.permissions.actor.owner, request.limit, request.cursor)
        return Page[JobView](items=tuple(as_view(job) for job in found), next=following)
