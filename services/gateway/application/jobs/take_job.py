"""Take a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import finished
from shared.clock import now
from shared.contracts.actor import Actor
from shared.contracts.gateway.jobs import JobTaken, TakeJob


def take_job(request: TakeJob, *, unit_of_work: UnitOfWork) -> JobTaken:
    """A worker has the oldest job that waits, and nobody else has it; or there is none."""
    del request  # it says nothing
    at = now()
    with unit_of_work() as work:
        work.permissions.require("take_job")
        job = work.jobs.waiting(at)
        if job is None:
            work.jobs.prune(at)  # with nothing to do, there is time to forget what has expired
            return work.reply(JobTaken())
        taken = job.take(at)
        work.jobs.save(job)
        if not taken:
            work.tell(finished(job), department=job.department)
            return work.reply(JobTaken())
        owner = Actor.model_validate_json(job.asked_by)
        return work.reply(JobTaken(id=job.id, owner=owner, request=job.request))
