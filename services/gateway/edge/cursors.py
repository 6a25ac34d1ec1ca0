"""Cursors as callers get them: sealed, so that they say nothing, and good only for whom and what they were given for."""

import base64
import hmac
import re
import secrets
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.gateway.edge.problem import Problem
from shared.contracts.actor import Actor
from shared.contracts.base import Request

LONGEST: Final = 800
"""Characters: an owner's longest cursor, sealed, has fewer."""
PATTERN: Final = "^[A-Za-z0-9_-]+$"
PLACE: Final = frozenset(("cursor", "limit"))
"""What may differ from page to page of one list."""
_SPELLED: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}", re.ASCII)
_FORMAT: Final = b"\x01"
_KEY_ID: Final = slice(1, 5)
_UNTIL: Final = slice(5, 9)
_HEAD: Final = 9
_NONCE: Final = 12


class Cursors:
    """Seals with the first key, opens with any: so a key is replaced by putting a new one before it for a day."""

    def __init__(self, keys: Sequence[bytes], *, seconds: int) -> None:
        derived = [hmac.digest(key, b"tellus cursors", "sha256") for key in keys]
        self._keys = {sha256(key).digest()[:4]: AESGCM(key) for key in derived}
        self._newest = sha256(derived[0]).digest()[:4]
        self._seconds = seconds

    def seal(self, cursor: str, bound: bytes) -> str:
        """What the caller gets for an owner's cursor."""
        until = int(time.time()) + self._seconds
        head = _FORMAT + self._newest + until.to_bytes(4, "big")
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._keys[self._newest].encrypt(nonce, cursor.encode(), head + bound)
        return _spelled(head + nonce + sealed)

    def open(self, sealed: str, bound: bytes) -> str:
        """The owner's cursor; raises one and the same problem for whatever is wrong with this one."""
        if not _SPELLED.fullmatch(sealed):
            raise cursor_invalid()
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except ValueError:
            raise cursor_invalid() from None
        key = self._keys.get(raw[_KEY_ID])
        if key is None or raw[:1] != _FORMAT or _spelled(raw) != sealed or len(raw) < _HEAD + _NONCE:
            raise cursor_invalid()
        try:
            cursor = key.decrypt(raw[_HEAD : _HEAD + _NONCE], raw[_HEAD + _NONCE :], raw[:_HEAD] + bound)
        except (InvalidTag, ValueError):
            raise cursor_invalid() from None
        if int.from_bytes(raw[_UNTIL], "big") < time.time():
            raise cursor_invalid()
        return cursor.decode()


def bound_to(actor: Actor, request: Request[Any]) -> bytes:
    """What a cursor holds for: who asks, for whom, what, and by which terms; not where on the list, nor how much of it."""
    terms = request.model_dump(mode="json", exclude=set(PLACE))
    asked = [request.service, request.method, str(actor.id), str(actor.on_behalf_of), str(actor.contact_id), terms]
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()


def cursor_invalid() -> Problem:
    """The one answer to a cursor that was not given out for this, or is too old."""
    return Problem(
        "invalid", "This cursor was not given to you for this list, or is too old: begin without one.", "cursor_invalid"
    )


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
