"""Repr-Digest (RFC 9530): what somebody says the SHA-256 of a whole file is."""

import base64
import binascii
import re
from typing import Final

from services.gateway.edge.problem import malformed

_MEMBER: Final = re.compile(r"[ \t]*(?P<name>[a-z*][a-z0-9_.*-]*)=:(?P<value>[A-Za-z0-9+/=]*):[ \t]*")
SHA256_BYTES: Final = 32


def sha256_of(header: str | None) -> str | None:
    """The digest in hexadecimal; None where it does not say. Other algorithms are not looked at."""
    if header is None:
        return None
    found: str | None = None
    for member in header.split(","):
        read = _MEMBER.fullmatch(member)
        if read is None:
            raise _unreadable()
        if read["name"] == "sha-256":
            found = _hexadecimal(read["value"])  # the last one counts, as in any dictionary (RFC 9651)
    return found


def header_of(digest: str) -> bytes:
    """The same, as a header's value."""
    return b"sha-256=:" + base64.b64encode(bytes.fromhex(digest)) + b":"


def _hexadecimal(text: str) -> str:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _unreadable() from None
    if len(digest) != SHA256_BYTES:
        raise _unreadable()
    return digest.hex()


def _unreadable() -> Exception:
    return malformed("Repr-Digest cannot be read: say sha-256=:<base64>: as in RFC 9530.", "uploads.digest_malformed")
