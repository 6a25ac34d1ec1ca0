"""Time-based one-time codes (RFC 6238), as any authenticator app computes them: the second proof of who somebody is."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from deploy.local.identity.passwords import read_or_make, same

SEED: Final = "identity_code_seed"
STEP: Final = 30
DIGITS: Final = 6
STEPS_ASIDE: Final = 1
"""A clock may be one step ahead or behind."""


def secret_of(secrets_dir: Path, person: str) -> bytes:
    """The secret in this person's authenticator: derived, so that whoever may read the seed can play the app."""
    seed = read_or_make(secrets_dir / SEED, lambda: secrets.token_urlsafe(32))
    return hmac.new(seed.encode("utf-8"), b"code\n" + person.encode("utf-8"), hashlib.sha256).digest()[:20]


def step_at(moment: float) -> int:
    """The number of the time step that this moment lies in."""
    return int(moment) // STEP


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """What an authenticator shows in this time step."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def app_address(secret: bytes, *, person: str, issuer: str) -> str:
    """The address that an authenticator app takes, as a link or as a picture of one."""
    told = {"secret": base64.b32encode(secret).decode("ascii").rstrip("="), "issuer": issuer, "period": STEP}
    return f"otpauth://totp/{quote(issuer)}:{quote(person)}?{urlencode(told)}"


class OneTimeCodes:
    """Checks codes. Each proves its person once: a code that was seen on its way opens nothing afterwards."""

    def __init__(self, secrets_dir: Path, *, once: bool = True, clock: Callable[[], float] = time.time) -> None:
        self._secrets_dir, self._once, self._clock = secrets_dir, once, clock
        self._lock = threading.Lock()
        self._used: dict[str, int] = {}

    def proves(self, person: str, given: str) -> bool:
        """Whether this is the person's code of now; saying yes uses it up, and every one before it."""
        secret, now = secret_of(self._secrets_dir, person), step_at(self._clock())
        steps = range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
        # Every step is compared: the time taken does not tell which one it was.
        fitting = [step for step in steps if same(given, code_at(secret, step))]
        with self._lock:
            fresh = [step for step in fitting if not self._once or step > self._used.get(person, -1)]
            if fresh:
                self._used[person] = max(fresh)
        return bool(fresh)
