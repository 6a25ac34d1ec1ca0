"""Advance a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_view
from shared.clock import now
from shared.contracts.gateway.jobs import AdvanceJob, JobView


def advance_job(request: AdvanceJob, *, unit_of_work: UnitOfWork) -> JobView:
    """It is known how far it is, and its worker has it for a while longer; or somebody ended it meanwhile."""
    with unit_of_work() as work:
        work.permissions.require("advance_job")
        job = work.jobs.lock(request.job_id)
        job.advance(request.items, now())
        work.jobs.save(job)
        return work.reply(as_view(job))
