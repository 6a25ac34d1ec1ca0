"""Seals what must be kept or carried unread: AES-256-GCM, under a key that the store never holds, named by its id."""

import base64
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.gateway.edge import strict_json

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
LONGEST_ID: Final = 32


class SealBroken(Exception):
    """It was not sealed by us for this purpose, or its key is gone."""


class SealKeysUnusable(ValueError):
    """GATEWAY_SESSION_KEY must be a JSON object of key ids (at most 32 ASCII characters) and base64 keys of 32 bytes."""


class Seal:
    """Seals under the first key, opens under each."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or not all(len(key) == KEY_BYTES and 0 < len(id) <= LONGEST_ID for id, key in keys.items()):
            raise SealKeysUnusable
        self._ciphers = {id.encode("ascii"): AESGCM(key) for id, key in keys.items()}
        self._newest = next(iter(self._ciphers))

    @classmethod
    def from_setting(cls, text: str) -> "Seal":
        """The keys as the secret spells them."""
        try:
            found = strict_json.loads(text.encode())
            return cls({id: base64.b64decode(key, validate=True) for id, key in found.items()})
        except (ValueError, AttributeError, TypeError) as error:
            raise SealKeysUnusable(SealKeysUnusable.__doc__) from error

    def seal(self, content: bytes, purpose: str) -> bytes:
        """Readable to us alone, and for this purpose alone."""
        nonce = os.urandom(NONCE_BYTES)
        id = self._newest
        return bytes([len(id)]) + id + nonce + self._ciphers[id].encrypt(nonce, content, self._about(id, purpose))

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed; raises SealBroken."""
        length = sealed[0] if sealed else 0
        id, rest = sealed[1 : 1 + length], sealed[1 + length :]
        cipher = self._ciphers.get(id)
        if cipher is None or len(rest) <= NONCE_BYTES:
            raise SealBroken
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], self._about(id, purpose))
        except InvalidTag:
            raise SealBroken from None

    def _about(self, id: bytes, purpose: str) -> bytes:
        return b"tellus session 1\0" + id + b"\0" + purpose.encode()
