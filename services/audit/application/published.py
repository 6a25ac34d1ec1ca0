"""How the log looks from outside."""

from base64 import b64encode

from services.audit.application.ports import Entry, Gap, Signed, Stream
from services.audit.domain.entry import read_leaf
from services.audit.domain.event import read_event
from services.audit.domain.hashing import leaf_hash
from shared.contracts.audit.rpc import CheckpointView, EntryView, GapView, StreamView


def as_checkpoint(signed: Signed) -> CheckpointView:
    """A signed checkpoint."""
    return CheckpointView(size=signed.size, root=signed.root.hex(), note=signed.note, signed_at=signed.signed_at)


def as_entry(entry: Entry) -> EntryView:
    """One entry, told from the bytes that were hashed: an index that was altered may hide it, but not change it."""
    leaf = read_leaf(entry.leaf)
    event = read_event(leaf.event)
    return EntryView(
        index=entry.index,
        leaf=b64encode(entry.leaf).decode(),
        leaf_hash=leaf_hash(entry.leaf).hex(),
        type=event.type,
        subject=event.subject,
        actor=event.actor,
        producer=event.producer,
        sequence=event.sequence,
        occurred_at=event.occurred_at,
        received_at=leaf.received_at,
    )


def as_stream(stream: Stream, confirmed: int) -> StreamView:
    """One producer's stream."""
    return StreamView(
        producer=stream.producer,
        epoch=stream.epoch,
        next_sequence=stream.next_sequence,
        head_sequence=stream.head_sequence,
        last_heartbeat_at=stream.last_heartbeat_at,
        confirmed_sequence=confirmed,
    )


def as_gap(gap: Gap) -> GapView:
    """One hole."""
    return GapView.model_validate(gap, from_attributes=True)
