"""The transaction token: who is asking, signed where they were verified, checked again wherever the call arrives.

Shape after draft-ietf-oauth-transaction-tokens: a JWT (Ed25519, RFC 9864), seconds long, for this suite only. The
gateway signs for people and outside systems; a service may sign only for itself.
"""

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.actor import Actor, Kind
from shared.errors import Forbidden

AUDIENCE = "tellus"
TYPE = "txntoken+jwt"
LIFETIME_SECONDS = 60
SKEW_SECONDS = 5
ISSUER_FOR_PEOPLE = "gateway"
MAXIMUM_LENGTH = 16_384
"""Room for the hundred grants that one actor may have."""
MOST_KNOWN = 1_000
"""A caller's token is used for many calls within its minute: its signature is checked once."""
SERVICES = UUID("6f0a3c52-5d0b-5f0e-9f43-0a2f6a5b7c11")
"""The namespace in which a service's own actor id is derived from its name."""


class TokenRefused(Forbidden):
    """The call does not carry a valid transaction token."""

    code = "token_refused"


class TransactionToken(BaseModel):
    """A verified token: the actor, and what the gateway said about the call."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    actor: Actor
    operation: str


class Signer:
    """Signs transaction tokens as one service."""

    def __init__(self, service: str, private_jwk: str) -> None:
        self.service = service
        self._key = OKPKey.import_key(json.loads(private_jwk))
        self._header = {"alg": "Ed25519", "typ": TYPE, "kid": service}

    def sign(self, actor: Actor, *, operation: str) -> str:
        """A token that lets `actor` be recognised by every service for the next minute."""
        issued = int(time.time())
        claims = {
            "iss": self.service,
            "aud": AUDIENCE,
            "iat": issued,
            "exp": issued + LIFETIME_SECONDS,
            "sub": str(actor.id),
            "req": operation,
            "act": actor.model_dump(mode="json", exclude_defaults=True),
        }
        return jwt.encode(self._header, claims, self._key, algorithms=["Ed25519"])

    def as_itself(self, *, operation: str, department: str = "suite") -> str:
        """A token for the service's own work, when nobody asked: it acts as a system, by name."""
        return self.sign(system_actor(self.service, department), operation=operation)


def system_actor(service: str, department: str = "suite") -> Actor:
    """The actor that a service is when it acts for itself."""
    return Actor(
        id=uuid5(SERVICES, service), kind=Kind.SYSTEM, roles=("system",), department=department, purpose="operations"
    )


class Verifier:
    """Checks transaction tokens against the services' public keys."""

    def __init__(self, jwks: dict[str, Any]) -> None:
        self._keys = {key.kid: key for key in KeySet.import_key_set(jwks).keys if key.kid}  # type: ignore[arg-type]
        self._known: dict[str, tuple[TransactionToken, float]] = {}

    @classmethod
    def from_file(cls, path: Path) -> "Verifier":
        """A verifier for the JWKS in a file, whose `kid`s are service names."""
        return cls(json.loads(path.read_text()))

    def verify(self, token: str) -> TransactionToken:
        """What the token says; raises TokenRefused for a forged, foreign, expired or overreaching one."""
        if not token or len(token) > MAXIMUM_LENGTH:
            raise TokenRefused
        if (known := self._known.get(token)) and time.time() <= known[1]:
            return known[0]
        try:
            found, expires = self._read(token)
        except (JoseError, ValidationError, KeyError, TypeError, ValueError) as error:
            raise TokenRefused from error
        if found.issuer != ISSUER_FOR_PEOPLE and found.actor.id != uuid5(SERVICES, found.issuer):
            raise TokenRefused("A service may sign only for itself.")
        if found.issuer != ISSUER_FOR_PEOPLE and found.actor.roles != ("system",):
            raise TokenRefused("A service acts as a system and as nothing else.")
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[token] = (found, expires + SKEW_SECONDS)
        return found

    def _read(self, token: str) -> tuple[TransactionToken, float]:
        decoded = jwt.decode(token, self._key_of, algorithms=["Ed25519"])
        claims = decoded.claims
        if decoded.header.get("typ") != TYPE or claims["aud"] != AUDIENCE or claims["iss"] != decoded.header["kid"]:
            raise TokenRefused
        if not claims["iat"] - SKEW_SECONDS <= time.time() <= claims["exp"] + SKEW_SECONDS:
            raise TokenRefused("The transaction token has expired.")
        if claims["exp"] - claims["iat"] > LIFETIME_SECONDS:
            raise TokenRefused("A transaction token lives for a minute at most.")
        found = TransactionToken(issuer=claims["iss"], actor=claims["act"], operation=claims["req"])
        if claims["sub"] != str(found.actor.id):
            raise TokenRefused
        return found, float(claims["exp"])

    def _key_of(self, guest: Any) -> OKPKey:
        key = self._keys.get(guest.headers().get("kid"))
        if not isinstance(key, OKPKey):
            raise TokenRefused
        return key
