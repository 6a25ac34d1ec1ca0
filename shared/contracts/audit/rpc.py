"""What the audit service answers."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Line, Request, View
from shared.contracts.paging import Cursor, Limit, Page

Index = Annotated[int, Field(ge=0, lt=2**53, strict=True)]


class EntryView(View):
    """One entry of the log: where it stands, and the exact bytes of its leaf."""

    index: int
    leaf: str
    """Base64 of the bytes that were hashed."""
    leaf_hash: str
    """Hex of the RFC 6962 leaf hash."""
    type: str
    subject: UUID
    actor: str
    producer: str
    sequence: int
    occurred_at: AwareDatetime
    received_at: AwareDatetime


class CheckpointView(View):
    """The newest signed checkpoint: a C2SP signed note, to be verified by the reader."""

    size: int
    root: str
    note: str
    signed_at: AwareDatetime


class ProofView(View):
    """A proof as hex hashes, from the leaf or the old root upwards (RFC 9162)."""

    size: int
    hashes: tuple[str, ...]
    checkpoint: str


class StreamView(View):
    """One producer's stream: what arrived, and what its heartbeats say there is."""

    producer: str
    epoch: str
    next_sequence: int
    head_sequence: int
    last_heartbeat_at: AwareDatetime | None = None
    confirmed_sequence: int
    """Covered by a signed checkpoint: the producer may prune up to here."""


class GapView(View):
    """A hole in a producer's stream: opened when noticed, closed when the missing events arrived."""

    producer: str
    epoch: str
    first: int
    last: int
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None


class GetCheckpoint(Request[CheckpointView], service="audit"):
    """The newest signed checkpoint."""


class FindEntries(Request[Page[EntryView]], service="audit"):
    """Entries that match every term, in log order."""

    subject: UUID | None = None
    actor: Line | None = None
    type: Line | None = None
    event_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class AccessView(View):
    """Once that somebody's data was read: what of it, by whom, why, and what in law allows it. Never by name."""

    operation: str
    purpose: str
    purpose_title: str | None = None
    lawful_basis: str | None = None
    special_categories: str | None = None
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """What was kept from the one who asked."""
    actor_kind: str | None = None
    """Whether a member of staff, a citizen or a system; none where the record does not say."""
    department: str
    """Where they work."""
    own: bool
    """Whether that was the one who asks now."""
    on_behalf: bool
    """Whether they acted for somebody else."""
    emergency: bool
    """Whether they had given themselves access in an emergency, and were asked why."""
    at: AwareDatetime


class ListAccesses(Request[Page[AccessView]], service="audit"):
    """Who read what is known of a contact and of their cases, and why; newest first."""

    contact_id: UUID
    limit: Limit = 20
    cursor: Cursor | None = None


class GetInclusionProof(Request[ProofView], service="audit"):
    """Proof that entry `index` is in the log of the newest signed checkpoint."""

    index: Index


class GetConsistencyProof(Request[ProofView], service="audit"):
    """Proof that the log of size `old_size` is a beginning of the newest signed one."""

    old_size: Index


class ListStreams(Request[Page[StreamView]], service="audit"):
    """Every producer's stream."""

    limit: Limit = 100
    cursor: Cursor | None = None


class ListGaps(Request[Page[GapView]], service="audit"):
    """Holes in the producers' streams, open ones only unless asked."""

    closed: bool = False
    limit: Limit = 100
    cursor: Cursor | None = None
