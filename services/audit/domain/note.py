"""Signed notes (C2SP signed-note): text that anyone can read, with signatures that anyone can check.

The mathematics of a signature stands behind two small ports, so that a key may live in a file or in hardware.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from services.audit.domain.errors import KeyMalformed, NoteMalformed, NoteUnverified

ED25519 = 0x01
COSIGNATURE = 0x04
KEY_SIZE = 32
KEY_ID_SIZE = 4
LARGEST_NOTE = 1_000_000
MOST_SIGNATURES = 100

_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"
_KEY_ID = re.compile("[0-9a-f]{8}")


class Signer(Protocol):
    """A named key that can vouch for a text."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, text: bytes) -> bytes:
        """The signature over `text`."""
        ...


class Verifier(Protocol):
    """A named key that is trusted to vouch for a text."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        ...


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a named key: what `NAME+ID+KEY` spells."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.algorithm, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(bytes([self.algorithm]) + self.public)}"


@dataclass(frozen=True)
class SignerKey:
    """The secret half of a named key: what `PRIVATE+KEY+NAME+ID+KEY` spells. It is never shown by accident."""

    name: str
    key_id: bytes
    algorithm: int
    secret: bytes

    def reveal(self) -> str:
        """The key as it is written to a file that only its owner may read."""
        return f"{_PRIVATE}{self.name}+{self.key_id.hex()}+{_encode(bytes([self.algorithm]) + self.secret)}"

    def __repr__(self) -> str:
        return f"SignerKey({self.name!r}, {self.key_id.hex()})"


@dataclass(frozen=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """A text, who is proven to have signed it, and what else was attached by keys we do not know."""

    text: bytes
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """The four bytes by which a signature says which key made it."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:KEY_ID_SIZE]


def is_name(name: str) -> bool:
    """Whether a key may be called this."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " or "\ud800" <= c <= "\udfff" for c in name)


def parse_verifier_key(text: str) -> VerifierKey:
    """The public key that `text` spells, its id checked."""
    name, identifier, algorithm, public = _parse_key(text)
    key = VerifierKey(name, algorithm, public)
    if key.key_id != identifier:
        raise KeyMalformed("The key's id does not belong to its name and public key: it was mistyped or altered.")
    return key


def parse_signer_key(text: str) -> SignerKey:
    """The secret key that `text` spells; whoever derives its public key must still check the id."""
    if not text.startswith(_PRIVATE):
        raise KeyMalformed(f"A secret key starts with {_PRIVATE}.")
    name, identifier, algorithm, secret = _parse_key(text.removeprefix(_PRIVATE))
    return SignerKey(name, identifier, algorithm, secret)


def sign_note(text: bytes, signers: Sequence[Signer], *, existing: Iterable[Signature] = ()) -> bytes:
    """The note of `text`, signed by every signer; a signature by the same key among `existing` is replaced."""
    _require_text(text)
    if not text.endswith(b"\n"):
        raise NoteMalformed("The text of a note ends with a newline.")
    added = [Signature(signer.name, signer.key_id, signer.sign(text)) for signer in signers]
    replaced = {(signature.name, signature.key_id) for signature in added}
    kept = [signature for signature in existing if (signature.name, signature.key_id) not in replaced]
    if not kept + added:
        raise NoteMalformed("A note has at least one signature.")
    return text + b"\n" + "".join(signature.line for signature in kept + added).encode()


def split_note(note: bytes) -> tuple[bytes, list[Signature]]:
    """The text of a note and its signature lines, nothing of it verified."""
    if len(note) > LARGEST_NOTE:
        raise NoteMalformed(f"A note of {len(note)} bytes is too large; {LARGEST_NOTE} is the most.")
    _require_text(note)
    text, separator, lines = note.rpartition(b"\n\n")
    if not separator or not lines.endswith(b"\n"):
        raise NoteMalformed("A note is a text, an empty line, and signature lines that each end with a newline.")
    signatures = lines.decode().removesuffix("\n").split("\n")
    if len(signatures) > MOST_SIGNATURES:
        raise NoteMalformed(f"A note with {len(signatures)} signatures has too many; {MOST_SIGNATURES} is the most.")
    return text + b"\n", [_parse_signature(line) for line in signatures]


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> Note:
    """The note's text, only if a known key vouches for it and no known key's signature is wrong."""
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) is not verifier:
            raise KeyMalformed(f"Two keys are both called {verifier.name}+{verifier.key_id.hex()}.")
    text, signatures = split_note(note)
    verified: dict[tuple[str, bytes], Signature] = {}
    unknown = []
    for signature in signatures:
        key = (signature.name, signature.key_id)
        if key not in known:
            unknown.append(signature)
        elif not known[key].verify(text, signature.signature):
            raise NoteUnverified(f"The signature of {signature.name}+{signature.key_id.hex()} is wrong.")
        else:
            verified.setdefault(key, signature)
    if not verified:
        raise NoteUnverified("None of the keys that signed this note is known here.")
    return Note(text, tuple(verified.values()), tuple(unknown))


def _parse_key(text: str) -> tuple[str, bytes, int, bytes]:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    if not is_name(name) or not _KEY_ID.fullmatch(identifier):
        raise KeyMalformed("A key is a name, its id of eight hexadecimal digits and its bytes, joined by plus signs.")
    try:
        data = _decode(encoded)
    except ValueError as error:
        raise KeyMalformed("The bytes of a key are written in base64.") from error
    if len(data) != 1 + KEY_SIZE or data[0] not in (ED25519, COSIGNATURE):
        raise KeyMalformed("Only Ed25519 keys (type 1) and Ed25519 cosignature keys (type 4) are known here.")
    return name, bytes.fromhex(identifier), data[0], data[1:]


def _parse_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        data = _decode(encoded)
    except ValueError:
        data = b""
    if not line.startswith(_DASH) or not is_name(name) or not space or len(data) <= KEY_ID_SIZE:
        raise NoteMalformed("A signature line is a dash, the name of the key and its signature in base64.")
    return Signature(name, data[:KEY_ID_SIZE], data[KEY_ID_SIZE:])


def _require_text(text: bytes) -> None:
    try:
        characters = text.decode()
    except UnicodeDecodeError as error:
        raise NoteMalformed("A note is UTF-8 text.") from error
    if any(character < " " and character != "\n" for character in characters):
        raise NoteMalformed("A note has no control characters other than newlines.")


def _encode(data: bytes) -> str:
    return b64encode(data).decode()


def _decode(text: str) -> bytes:
    """Base64 in its one canonical spelling, so that no second note passes for the first."""
    data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    if _encode(data) != text:
        raise ValueError("not canonical base64")
    return data
