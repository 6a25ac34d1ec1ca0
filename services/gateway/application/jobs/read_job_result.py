"""Find the result of a job."""

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_resource
from services.gateway.domain.job_errors import JobUnknown
from shared.contracts.gateway.jobs import JobResult, ReadJobResult


def read_job_result(request: ReadJobResult, *, unit_of_work: UnitOfWork) -> JobResult:
    """Where the result is, if the job is the caller's and has one."""
    with unit_of_work.reading() as work:
        job = work.jobs.get(request.job_id)
        seen = as_resource(job, work.permissions.actor)
        work.permissions.require("read_job_result", seen, see="get_job", unknown=JobUnknown)
        content, size = job.result()
        return JobResult(id=job.id, kind=job.kind, content=content, size=size, version=job.version)
