"""List the caller's uploads."""

from services.gateway.application.uploads.ports import UnitOfWork
from services.gateway.application.uploads.published import as_resource, as_view
from shared.contracts.gateway.uploads import ListUploads, UploadView
from shared.contracts.paging import Page


def list_uploads(request: ListUploads, *, unit_of_work: UnitOfWork) -> Page[UploadView]:
    """The caller's own, newest first: exactly those that `get_upload` would answer with."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_uploads")
        actor = work.permissions.actor
        found, following = work.uploads.of(actor.owner, request.state, request.limit, request.cursor)
        shown = (u for u in found if work.permissions.decide("get_upload", as_resource(u, actor)).allowed)
        return Page[UploadView](items=tuple(map(as_view, shown)), next=following)
