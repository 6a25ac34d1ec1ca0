"""One piece of news: what happened to which record, and what else it is about. Nothing that it held."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from shared.contracts.base import Request
from shared.contracts.cases.rpc import SeeCases
from shared.contracts.contacts.rpc import SeeContacts, SeeInteractions
from shared.contracts.gateway.streams import FollowEvents
from shared.contracts.notifications.rpc import SeeMessages
from shared.contracts.sights import Sights

ASKED: Final[dict[str, type[Request[Sights]]]] = {
    "case": SeeCases,
    "contact": SeeContacts,
    "interaction": SeeInteractions,
    "message": SeeMessages,
}
"""Who says, for each noun, whether somebody may see a record."""
_ABOUT: Final = ("case_id", "contact_id")


@dataclass(frozen=True, slots=True)
class News:
    """One event, by its place in the stream."""

    place: int
    noun: str
    subject: UUID
    about: frozenset[UUID]
    frame: bytes
    """As it is sent: a server-sent event (WHATWG HTML, 9.2)."""

    def concerns(self, asked: FollowEvents) -> bool:
        """Whether somebody who follows these wants to know."""
        return asked.noun in (None, self.noun) and (asked.about is None or asked.about in self.about)


def news_of(place: int, body: bytes) -> News | None:
    """The news in an event's bytes; None where it is about nothing that can be followed."""
    envelope = orjson.loads(body)
    noun = str(envelope["type"]).split(".")[1]
    if noun not in ASKED:
        return None
    subject = UUID(envelope["subject"])
    belongs = (UUID(value) for name, value in envelope["data"].items() if name in _ABOUT)
    told = {
        "id": envelope["id"],
        "type": envelope["type"],
        "subject": envelope["subject"],
        "subject_version": envelope["subjectversion"],
        "time": envelope["time"],
    }
    frame = b"id: %d\nevent: %s\ndata: %s\n\n" % (place, envelope["type"].encode(), orjson.dumps(told))
    return News(place, noun, subject, frozenset((subject, *belongs)), frame)
