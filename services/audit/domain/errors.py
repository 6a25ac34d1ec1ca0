"""What can be wrong with a log, a proof or a note, in words for the person who has to act on it."""

from shared.errors import Conflict, Invalid, NotFound


class HashMalformed(Invalid):
    """A hash of the log is 32 bytes of SHA-256."""

    code = "audit.hash_malformed"


class ProofWrong(Invalid):
    """The proof does not show what it claims."""

    code = "audit.proof_wrong"


class TileMalformed(Invalid):
    """This is no tile, entry bundle or path of one."""

    code = "audit.tile_malformed"


class PersonUnknown(NotFound):
    """There is no such contact, or you may not know of it."""

    code = "contacts.unknown"


class KeyMalformed(Invalid):
    """This is no key of a signed note."""

    code = "audit.key_malformed"


class NoteMalformed(Invalid):
    """This is no signed note."""

    code = "audit.note_malformed"


class NoteUnverified(Invalid):
    """No known key vouches for this note."""

    code = "audit.note_unverified"


class CheckpointMalformed(Invalid):
    """This is no checkpoint of a log."""

    code = "audit.checkpoint_malformed"


class EventMalformed(Invalid):
    """This is no event that can be put on record."""

    code = "audit.event_malformed"


class LeafMalformed(Invalid):
    """These bytes are no leaf of the log."""

    code = "audit.leaf_malformed"


class FenceStale(Conflict):
    """Another sequencer has taken over this log: stop writing."""

    code = "audit.fence_stale"


class LogDamaged(Conflict):
    """What the store holds does not agree with itself: stop, keep everything as it is, and check the log."""

    code = "audit.log_damaged"


class NothingSigned(NotFound):
    """Nothing has been signed yet: the first checkpoint follows the first entry within a second."""

    code = "audit.nothing_signed"


class EntryUnknown(NotFound):
    """The newest signed checkpoint does not cover that: wait a second, or ask for less."""

    code = "audit.entry_unknown"
