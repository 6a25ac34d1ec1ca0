"""Give up uploads that nobody goes on with."""

from datetime import timedelta

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_events
from shared.clock import now
from shared.contracts.gateway.uploads import ExpiredUploads, ExpireUploads

AT_ONCE = 200
KEPT_DAYS = 30
"""How long it is shown that something was refused, cancelled or given up."""


def expire_uploads(request: ExpireUploads, *, unit_of_work: UnitOfWork) -> ExpiredUploads:
    """Those that were idle are forgotten and the world is told; what was forgotten long ago leaves no trace here."""
    at = now()
    with unit_of_work() as work:
        work.permissions.require("expire_uploads")
        idle = work.uploads.lock_idle(request.idle_since, AT_ONCE)
        for upload in idle:
            upload.expire(at)
            work.uploads.save(upload)
            work.tell(*as_events(upload), department=upload.department)
        work.uploads.prune(at - timedelta(days=KEPT_DAYS))
        return work.reply(ExpiredUploads(ids=tuple(upload.id for upload in idle), more=len(idle) == AT_ONCE))
