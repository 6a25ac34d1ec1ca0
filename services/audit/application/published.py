"""How the log looks from outside."""

from base64 import b64encode

from services.audit.application.ports import Entry, Gap, Signed, Stream
from shared.contracts.audit.rpc import CheckpointView, EntryView, GapView, StreamView


def as_checkpoint(signed: Signed) -> CheckpointView:
    """A signed checkpoint."""
    return CheckpointView(size=signed.size, root=signed.root.hex(), note=signed.note, signed_at=signed.signed_at)


def as_entry(entry: Entry) -> EntryView:
    """One entry with the bytes that were hashed."""
    return EntryView(
        index=entry.index,
        leaf=b64encode(entry.leaf).decode(),
        leaf_hash=entry.leaf_hash.hex(),
        type=entry.type,
        subject=entry.subject,
        actor=entry.actor,
        producer=entry.producer,
        sequence=entry.sequence,
        occurred_at=entry.occurred_at,
        received_at=entry.received_at,
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
