"""List the producers' streams."""

from services.audit.application.ports import Looks
from services.audit.application.published import as_stream
from shared.contracts.audit.rpc import ListStreams, StreamView
from shared.contracts.paging import Page


def list_streams(request: ListStreams, *, looks: Looks) -> Page[StreamView]:
    """Every producer's stream: there are a handful, so one page holds them."""
    del request  # it has nothing to say
    with looks.reading() as look:
        look.permissions.require("list_streams")
        found, confirmed = look.log.streams()
        items = tuple(as_stream(stream, confirmed.get((stream.producer, stream.epoch), 0)) for stream in found)
        return Page[StreamView](items=items)
