"""We as our issuers' client: where we send a browser, and what we exchange its answer for (code, PKCE, private_key_jwt)."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from services.gateway.settings import Issuer, Settings
from shared.clock import now

CALLBACK: Final = "/v1/session/callback"
ASSERTION_SECONDS: Final = 60
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_REFRESH: Final = 4_096
_KEYS: Final[dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
_ALGORITHMS: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "Ed25519"}
OK: Final = 200


class IssuerRefused(Exception):
    """The issuer answered, and the answer is no, or nothing that can be used."""


@dataclass(frozen=True)
class Endpoints:
    """Where an issuer is asked for what."""

    authorization: str
    token: str
    end_session: str | None
    names_itself: bool
    """Whether its answers say `iss` (RFC 9207)."""


@dataclass(frozen=True)
class Tokens:
    """What an issuer gave for a code or a refresh token; unverified."""

    access: str
    id: str | None
    refresh: str | None
    seconds: int
    """How long the access token lasts."""


class Doors(Protocol):
    """The way to issuers over HTTP. Raises IssuerUnreachable where one does not answer in time."""

    async def endpoints(self, issuer: Issuer) -> Endpoints:
        """What its discovery document says, kept for a while; raises IssuerUnreachable where it never said."""

    async def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        """The status, and the JSON object that was answered, None where it was none."""


class RelyingParty:
    """Speaks to issuers as the client that they know."""

    def __init__(self, doors: Doors, settings: Settings) -> None:
        self._doors, self._settings = doors, settings
        self._redirect = settings.origin + CALLBACK

    def serves(self, issuer: Issuer) -> bool:
        """Whether browsers can sign in there."""
        return issuer.client_id is not None

    async def address(
        self, issuer: Issuer, *, state: str, nonce: str, proof: str, level: str | None, max_age: int | None
    ) -> str:
        """Where to send a browser, so that it comes back with a code that only `proof` opens."""
        assert issuer.client_id is not None
        asked = {
            "response_type": "code",
            "client_id": issuer.client_id,
            "redirect_uri": self._redirect,
            "scope": " ".join(issuer.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _s256(proof),
            "code_challenge_method": "S256",
        }
        if level is not None:
            enough = sorted((known, name) for name, known in issuer.assurance.items() if known >= level)
            asked |= {"acr_values": " ".join(name for _, name in enough)} if enough else {}
        if max_age is not None:
            asked["max_age"] = str(max_age)
        if issuer.resource is not None:
            asked["resource"] = issuer.resource
        address = (await self._doors.endpoints(issuer)).authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked, quote_via=quote)}"

    async def names_itself(self, issuer: Issuer) -> bool:
        """Whether an answer without `iss` cannot be this issuer's."""
        return (await self._doors.endpoints(issuer)).names_itself

    async def exchange(self, issuer: Issuer, *, code: str, proof: str) -> Tokens:
        """What the code opens; raises IssuerRefused, or IssuerUnreachable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": proof,
        }
        return await self._ask(issuer, form)

    async def renew(self, issuer: Issuer, *, refresh: str) -> Tokens:
        """The next tokens; raises IssuerRefused where there are to be none, or IssuerUnreachable."""
        return await self._ask(issuer, {"grant_type": "refresh_token", "refresh_token": refresh})

    async def leaving(self, issuer: Issuer) -> str | None:
        """Where a browser ends its session at the issuer as well; no token stands in that address."""
        address = (await self._doors.endpoints(issuer)).end_session
        if address is None or issuer.client_id is None:
            return None
        asked = {"client_id": issuer.client_id, "post_logout_redirect_uri": f"{self._settings.origin}/"}
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked, quote_via=quote)}"

    async def _ask(self, issuer: Issuer, form: Mapping[str, str]) -> Tokens:
        proved, headers = self._proved(issuer)
        if issuer.resource is not None:
            proved["resource"] = issuer.resource
        address = (await self._doors.endpoints(issuer)).token
        status, answer = await self._doors.post(address, {**form, **proved}, headers)
        if status != OK or not isinstance(answer, dict):
            raise IssuerRefused
        return _tokens(answer)

    def _proved(self, issuer: Issuer) -> tuple[dict[str, str], dict[str, str]]:
        """Who we are, in the form or in a header."""
        assert issuer.client_id is not None
        private = issuer.client_key or (None if issuer.client_secret else self._settings.client_key)
        if private is not None:
            return _assertion(issuer, private.get_secret_value()), {}
        if issuer.client_secret is not None:
            pair = f"{quote(issuer.client_id, safe='')}:{quote(issuer.client_secret.get_secret_value(), safe='')}"
            return {}, {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return {"client_id": issuer.client_id}, {}


def _assertion(issuer: Issuer, private: str) -> dict[str, str]:
    found = json.loads(private)
    key: Key = _KEYS[found["kty"]].import_key(found)
    algorithm = found.get("alg") or _ALGORITHMS.get(found.get("crv", ""), "PS256")
    issued = int(now().timestamp())
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": issuer.issuer,
        "iat": issued,
        "exp": issued + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": found["kid"]} if "kid" in found else {})
    signed = jwt.encode(header, claims, key, algorithms=[algorithm])
    return {
        "client_id": str(issuer.client_id),
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
    }


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    access, id, refresh = (answer.get(name) for name in ("access_token", "id_token", "refresh_token"))
    seconds = answer.get("expires_in", 300)
    if not isinstance(access, str) or str(answer.get("token_type")).lower() != "bearer":
        raise IssuerRefused
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        raise IssuerRefused
    return Tokens(
        access=access,
        id=id if isinstance(id, str) else None,
        refresh=refresh if isinstance(refresh, str) and 0 < len(refresh) <= LONGEST_REFRESH else None,
        seconds=seconds,
    )


def _s256(proof: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).rstrip(b"=").decode()
