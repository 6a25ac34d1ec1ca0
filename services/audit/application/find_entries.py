"""Find entries of the log."""

from services.audit.application.ports import Looks, Terms
from services.audit.application.published import as_entry
from shared.contracts.audit.rpc import EntryView, FindEntries
from shared.contracts.paging import Page


def find_entries(request: FindEntries, *, looks: Looks) -> Page[EntryView]:
    """The entries that match every term, in log order."""
    terms = Terms(
        subject=request.subject,
        actor=request.actor,
        type=request.type,
        event_id=request.event_id,
        since=request.since,
        until=request.until,
    )
    with looks.reading() as look:
        look.permissions.require("find_entries")
        found, following = look.log.find(terms, request.limit, request.cursor)
        return Page[EntryView](items=tuple(as_entry(entry) for entry in found), next=following)
