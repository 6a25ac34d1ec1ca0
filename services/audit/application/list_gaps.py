"""List holes in the producers' streams."""

from services.audit.application.ports import Looks
from services.audit.application.published import as_gap
from shared.contracts.audit.rpc import GapView, ListGaps
from shared.contracts.paging import Page


def list_gaps(request: ListGaps, *, looks: Looks) -> Page[GapView]:
    """The holes that are open, or all there ever were."""
    with looks.reading() as look:
        look.permissions.require("list_gaps")
        found, following = look.log.gaps(closed=request.closed, limit=request.limit, after=request.cursor)
        return Page[GapView](items=tuple(as_gap(gap) for gap in found), next=following)
