"""Say which files are still needed."""

from services.gateway.application.uploads.ports import UnitOfWork
from shared.contracts.gateway.uploads import KeptContent, ListKeptContent


def list_kept_content(request: ListKeptContent, *, unit_of_work: UnitOfWork) -> KeptContent:
    """Those of the files asked about that some upload holds, or some job has brought."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_kept_content")
        return KeptContent(content=tuple(work.uploads.kept(request.content)))
