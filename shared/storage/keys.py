"""The keys that wrap the keys: every file has a data key of its own, and only its wrapped form is stored beside it.

A key-encryption key is replaced by adding a new one, naming it current, and rewrapping: the files stay as they are.
"""

import base64
import binascii
import json
import re
import secrets
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.storage.errors import BlobDamaged

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class StorageKeysUnusable(ValueError):
    """The storage keys cannot be used; the message says why and quotes none of them."""


class StorageKeys:
    """Key-encryption keys by id, one of them current."""

    def __init__(self, keys: dict[str, bytes], current: str) -> None:
        if current not in keys:
            raise StorageKeysUnusable("the current storage key is not among the keys")
        for id, key in keys.items():
            if not _ID.fullmatch(id) or len(key) != KEY_BYTES:
                raise StorageKeysUnusable("a storage key has an id of letters and digits, and 32 bytes")
        self._keys = {id: AESGCM(key) for id, key in keys.items()}
        self.current = current

    @classmethod
    def from_text(cls, text: str) -> "StorageKeys":
        """The keys in a secret: `{"current": "2026-11", "keys": {"2026-11": "<base64url of 32 bytes>"}}`."""
        try:
            given: Any = json.loads(text)
            return cls({id: _decoded(key) for id, key in given["keys"].items()}, given["current"])
        except (KeyError, TypeError, AttributeError, binascii.Error, json.JSONDecodeError) as error:
            raise StorageKeysUnusable("the storage keys are a JSON object with `current` and `keys`") from error

    def wrap(self, data_key: bytes, about: bytes) -> tuple[str, bytes]:
        """The id of the current key, and the data key wrapped under it for this use and no other."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.current, nonce + self._keys[self.current].encrypt(nonce, data_key, about)

    def unwrap(self, id: str, wrapped: bytes, about: bytes) -> bytes:
        """The data key; raises BlobDamaged where the key is not known or the wrapping was meddled with."""
        key = self._keys.get(id)
        if key is None:
            raise BlobDamaged("The key that this was sealed with is not among the storage keys.")
        try:
            return key.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as error:
            raise BlobDamaged from error


def new_keys(id: str) -> str:
    """A secret with one fresh key, as `from_text` reads it."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")
    return json.dumps({"current": id, "keys": {id: key}})


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
