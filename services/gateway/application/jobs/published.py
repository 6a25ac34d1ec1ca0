"""How long work looks from outside."""

from services.gateway.domain.job import Job
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.gateway.job_events import JobFinished, JobRequested
from shared.contracts.gateway.jobs import JobView


def as_resource(job: Job, actor: Actor) -> Resource:
    """A job, as policies see it when this actor asks."""
    return Resource("Job", str(job.id), job.department, {"own": job.owner == actor.owner})


def as_view(job: Job) -> JobView:
    """A job, as its owner sees it."""
    return JobView.model_validate(
        {
            "id": job.id,
            "kind": job.kind,
            "state": job.state,
            "items": job.items,
            "error": job.error,
            "size": job.size,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
            "expires_at": job.expires_at,
            "version": job.version,
        }
    )


def requested(job: Job) -> JobRequested:
    """That it was asked for."""
    return JobRequested(subject=job.id, subject_version=job.version, kind=job.kind)


def finished(job: Job) -> JobFinished:
    """That it is over."""
    return JobFinished(
        subject=job.id,
        subject_version=job.version,
        kind=job.kind,
        state=job.state,
        items=job.items,
        error=job.error,
    )
