"""What a witness signs (C2SP tlog-cosignature, Ed25519): that at this time it saw this checkpoint, and no fork."""

from services.audit.domain.errors import NoteMalformed

SIGNATURE_SIZE = 64
LATEST = 2**63 - 1


def message(text: bytes, timestamp: int) -> bytes:
    """The bytes that a witness signs for the text of a checkpoint."""
    if not 0 <= timestamp <= LATEST:
        raise NoteMalformed("The time of a cosignature is in seconds since 1970 and fits in 63 bits.")
    return b"cosignature/v1\ntime %d\n" % timestamp + text


def pack(timestamp: int, signature: bytes) -> bytes:
    """A cosignature as it stands on its line: the time, then the signature."""
    return timestamp.to_bytes(8) + signature


def unpack(cosignature: bytes) -> tuple[int, bytes]:
    """The time and the signature of a cosignature."""
    if len(cosignature) != 8 + SIGNATURE_SIZE:
        raise NoteMalformed(f"An Ed25519 cosignature has {8 + SIGNATURE_SIZE} bytes, not {len(cosignature)}.")
    return int.from_bytes(cosignature[:8]), cosignature[8:]
