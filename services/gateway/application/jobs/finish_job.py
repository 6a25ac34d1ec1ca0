"""Finish a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_view, finished
from shared.clock import now
from shared.contracts.gateway.jobs import FinishJob, JobView


def finish_job(request: FinishJob, *, unit_of_work: UnitOfWork) -> JobView:
    """What it brought is its owner's, or why it failed is known; or somebody ended it meanwhile."""
    at = now()
    with unit_of_work() as work:
        work.permissions.require("finish_job")
        job = work.jobs.lock(request.job_id)
        if request.content is not None and request.size is not None and request.error is None:
            job.finish(request.items, request.content, request.size, at)
        else:
            job.fail(request.error or "failed", at)
        work.jobs.save(job)
        work.tell(finished(job), department=job.department)
        return work.reply(as_view(job))
