"""Export cases."""

from typing import Final

from services.gateway.application.jobs.ports import UnitOfWork
from services.gateway.application.jobs.published import as_view, requested
from services.gateway.domain.job import KEPT, Job
from services.gateway.domain.job_errors import TooManyJobs
from shared.clock import now
from shared.contracts.gateway.jobs import ExportCases, JobView
from shared.ids import new_id

MOST_OPEN: Final = 3


def export_cases(request: ExportCases, *, unit_of_work: UnitOfWork) -> JobView:
    """The cases will be gathered, by whoever asks as they are now; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        work.permissions.require("export_cases")
        actor = work.permissions.actor
        work.jobs.prune(at)
        if work.jobs.count_open(actor.owner) >= MOST_OPEN:
            raise TooManyJobs(most=MOST_OPEN)
        job = Job(
            id=new_id(),
            kind="export_cases",
            owner=actor.owner,
            department=actor.department,
            asked_by=actor.model_dump_json(exclude_defaults=True),
            request=request.model_dump_json(exclude_none=True),
            created_at=at,
            expires_at=at + KEPT,
        )
        work.jobs.add(job)
        work.tell(requested(job))
        return work.reply(as_view(job))
