"""The bytes of one entry of the log: the event exactly as it came, and what the log knew when it took it in.

Canonical JSON does not depend on what is around it, so the event's own bytes stand inside the leaf unchanged.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from services.audit.domain.errors import LeafMalformed
from services.audit.domain.tiles import LARGEST_LEAF

# What the log adds holds no braces, so the last match is the log's own, whatever the event contains.
_LEAF = re.compile(
    rb'\{"event":(\{.*\}),"log":\{"received":"([0-9TZ:.-]{27})","subjects":(\[[^{}]*\])\},"v":1\}', re.DOTALL
)
_SUBJECT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Link(NamedTuple):
    """One step in the chain of all entries about a subject: its number, and the entry that came before."""

    subject: str
    sequence: int
    previous: int | None


class Head(NamedTuple):
    """How far a subject's chain goes: its latest number and the entry that has it."""

    sequence: int
    entry: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log, taken apart."""

    event: bytes
    received_at: datetime
    links: tuple[Link, ...]


def links_for(subjects: Sequence[str], heads: Mapping[str, Head]) -> tuple[Link, ...]:
    """The next link of each subject's chain, in the order of the subjects."""
    return tuple(
        Link(subject, head.sequence + 1, head.entry) if (head := heads.get(subject)) else Link(subject, 1, None)
        for subject in subjects
    )


def leaf_bytes(event: bytes, received_at: datetime, links: Sequence[Link]) -> bytes:
    """The bytes that are hashed and kept for ever; `links` are sorted by subject."""
    received = received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    subjects = json.dumps(links, separators=(",", ":"))
    log = f'{{"received":"{received}","subjects":{subjects}}}'.encode()
    leaf = b'{"event":' + event + b',"log":' + log + b',"v":1}'
    if len(leaf) > LARGEST_LEAF:
        raise LeafMalformed(f"An entry of {len(leaf)} bytes is too large; {LARGEST_LEAF} is the most.")
    return leaf


def read_leaf(leaf: bytes) -> Leaf:
    """The entry that these bytes are; anything the log itself would have written otherwise is refused."""
    match = _LEAF.fullmatch(leaf)
    if not match:
        raise LeafMalformed("An entry is an event, the time it was received and its place in its subjects' chains.")
    event, received, subjects = match.groups()
    try:
        json.loads(event.decode())
        received_at = datetime.fromisoformat(received.decode())
        links = tuple(_read_link(*link) for link in json.loads(subjects))
    except (ValueError, TypeError, RecursionError) as error:
        raise LeafMalformed("A part of this entry is not what it must be.") from error
    if leaf_bytes(event, received_at, links) != leaf:
        raise LeafMalformed("The entry is not written in its one canonical form.")
    if [link.subject for link in links] != sorted({link.subject for link in links}):
        raise LeafMalformed("The entry's subjects are not sorted, each once.")
    return Leaf(event, received_at, links)


def _read_link(subject: str, sequence: int, previous: int | None) -> Link:
    counted = type(sequence) is int and sequence >= 1
    first = previous is None and sequence == 1
    later = type(previous) is int and previous >= 0 and sequence > 1
    if not _SUBJECT.fullmatch(subject) or not counted or not (first or later):
        raise ValueError("no link of a subject's chain")
    return Link(subject, sequence, previous)
