"""How the log looks from outside."""

import json
from base64 import b64encode
from typing import Any, Final

from services.audit.application.ports import Entry, Gap, Signed, Stream
from services.audit.domain.entry import read_leaf
from services.audit.domain.event import read_event
from services.audit.domain.hashing import leaf_hash
from shared.contracts.audit.rpc import AccessView, CheckpointView, EntryView, GapView, StreamView
from shared.contracts.purposes import REGISTRY

_READS: Final = {
    "tellus.contact_data.read.v1": ("open_case", None),
    "tellus.address.read.v1": ("send_message", "system"),
}
"""What services read of each other, and what for: the operation, and the kind of who read, where the event has none."""


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


def as_access(entry: Entry, asking: str) -> AccessView:
    """Once that somebody's data was read, as they are told it: who looked is a kind and a department, not a name."""
    event: dict[str, Any] = json.loads(read_leaf(entry.leaf).event)
    data, known = event["data"], _READS.get(event["type"], ("", None))
    purpose = REGISTRY.get(data["purpose"])
    return AccessView(
        operation=data.get("operation") or known[0],
        purpose=data["purpose"],
        purpose_title=purpose.title if purpose else None,
        lawful_basis=purpose.basis if purpose else None,
        special_categories=purpose.special if purpose else None,
        fields=tuple(data.get("fields", ())),
        hidden=tuple(data.get("hidden", ())),
        actor_kind=data.get("kind") or known[1],
        department=event["department"],
        own=event["actor"] == asking,
        on_behalf="onbehalfof" in event,
        emergency="challenged" in data.get("through", ()),
        at=event["time"],
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
