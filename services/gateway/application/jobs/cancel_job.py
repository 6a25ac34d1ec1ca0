"""Cancel a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_resource, as_view, finished
from services.gateway.domain.job_errors import JobUnknown
from shared.clock import now
from shared.contracts.gateway.jobs import CancelJob, JobView


def cancel_job(request: CancelJob, *, unit_of_work: UnitOfWork) -> JobView:
    """Nobody works on it any more, or nothing happened."""
    with unit_of_work() as work:
        job = work.jobs.lock(request.job_id)
        seen = as_resource(job, work.permissions.actor)
        work.permissions.require("cancel_job", seen, see="get_job", unknown=JobUnknown)
        job.cancel(now())
        work.jobs.save(job)
        work.tell(finished(job))
        return work.reply(as_view(job))
