"""One issuer's public keys: fetched rarely, once at a time, and kept while the issuer is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from services.gateway.edge import strict_json
from shared.errors import Unavailable

log = structlog.get_logger()
Fetch = Callable[[], Awaitable[bytes]]
FITS: Final[dict[str, tuple[str, str | None]]] = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
}
"""The one shape of key that each algorithm takes."""
SHORTEST_RSA_BITS: Final = 2_048
SMALLEST_EXPONENT: Final = 65_537
MOST_KEYS: Final = 50
_ROCA: Final = tuple(
    (prime, next(n for n in range(1, prime) if pow(65_537, n, prime) == 1))
    for prime in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
)
"""Small primes, and how many different powers of 65537 there are modulo each."""
_CLASSES: Final[dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}


class IssuerUnreachable(Unavailable):
    """Tokens cannot be checked now, because their issuer's keys have never been seen."""

    code = "issuer_unreachable"


class KeyRing:
    """Finds a key by its id. An unknown id costs at most one fetch in `retry_seconds`, however often it is asked."""

    def __init__(self, issuer: str, fetch: Fetch, *, refresh_seconds: float, retry_seconds: float) -> None:
        self._issuer, self._fetch = issuer, fetch
        self._refresh_seconds, self._retry_seconds = refresh_seconds, retry_seconds
        self._keys: Mapping[str, Key] = {}
        self._fetched_at = self._tried_at = -float("inf")
        self._fetching: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether any key is known."""
        return bool(self._keys)

    async def find(self, kid: str) -> Key | None:
        """The key with this id, None where the issuer has none; raises IssuerUnreachable if it was never reached."""
        found = self._keys.get(kid)
        if found is not None:
            if time.monotonic() - self._fetched_at > self._refresh_seconds:
                self._renew()
            return found
        renewal = self._renew()
        if renewal is not None:
            await asyncio.shield(renewal)
        if not self._keys:
            raise IssuerUnreachable
        return self._keys.get(kid)

    async def keep_trying(self) -> None:
        """Fetch the keys before the first caller comes, however long the issuer takes to appear."""
        while not self.ready:
            renewal = self._renew()
            if renewal is not None:
                await asyncio.shield(renewal)
            if not self.ready:
                await asyncio.sleep(min(1.0, self._retry_seconds))

    def _renew(self) -> asyncio.Task[None] | None:
        """The fetch that is under way, or a new one if it is time for one."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if time.monotonic() - self._tried_at < self._retry_seconds:
            return None
        self._tried_at = time.monotonic()
        self._fetching = asyncio.get_running_loop().create_task(self._load())
        return self._fetching

    async def _load(self) -> None:
        try:
            keys = usable_keys(await self._fetch())
        except Exception as error:  # noqa: BLE001 - whatever ails the issuer, its known keys stay good
            log.warning("issuer.keys_not_fetched", error=type(error).__name__, count=len(self._keys))
            return
        if not keys:
            log.error("issuer.keys_unusable", count=len(self._keys))
            return
        self._keys, self._fetched_at = keys, time.monotonic()


def usable_keys(document: bytes) -> dict[str, Key]:
    """The keys of a JWKS that may verify a signature, by id. Unfit ones are left out, and so is an id that stands twice."""
    found = strict_json.loads(document)
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise ValueError("no JSON Web Key Set, or one of unreasonable size")
    named = [key for key in listed if isinstance(key, dict) and isinstance(key.get("kid"), str) and key["kid"]]
    ids = [key["kid"] for key in named]
    usable: dict[str, Key] = {}
    for given in named:
        key = _usable(given) if ids.count(given["kid"]) == 1 else None
        if key is None:
            log.warning("issuer.key_left_out", kind=str(given.get("kty"))[:8])
        else:
            usable[given["kid"]] = key
    return usable


def made_by_a_broken_card(modulus: int) -> bool:
    """Whether it bears the mark of ROCA (CVE-2017-15361): modulo each of these it is a power of 65537."""
    return all(pow(modulus, order, prime) == 1 for prime, order in _ROCA)


def fits(key: Key, algorithm: str) -> bool:
    """Whether this key may be used with this algorithm: its type, its curve, and what it says of itself."""
    kty, curve = FITS[algorithm]
    said = key.as_dict(private=False)
    return said.get("kty") == kty and said.get("crv") == curve and said.get("alg", algorithm) == algorithm


def _usable(given: Mapping[str, Any]) -> Key | None:
    kind = _CLASSES.get(str(given.get("kty")))
    if kind is None or "d" in given or given.get("use", "sig") != "sig":
        return None
    if "verify" not in given.get("key_ops", ["verify"]):
        return None
    try:
        key = kind.import_key(dict(given))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        numbers = key.public_key.public_numbers()
        if numbers.n.bit_length() < SHORTEST_RSA_BITS or numbers.e < SMALLEST_EXPONENT or numbers.e % 2 == 0:
            return None
        if made_by_a_broken_card(numbers.n):
            return None
    return key
