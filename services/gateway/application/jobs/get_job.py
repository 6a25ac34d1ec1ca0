"""Get a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_resource, as_view
from services.gateway.domain.job_errors import JobUnknown
from shared.contracts.gateway.jobs import GetJob, JobView


def get_job(request: GetJob, *, unit_of_work: UnitOfWork) -> JobView:
    """The job, if it is the caller's."""
    with unit_of_work.reading() as work:
        job = work.jobs.get(request.job_id)
        seen = as_resource(job, work.permissions.actor)
        work.permissions.require("get_job", seen, see="get_job", unknown=JobUnknown)
        return as_view(job)
