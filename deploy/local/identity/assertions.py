"""Clients that prove themselves by a signature (RFC 7523, `private_key_jwt`): each assertion is good once, and soon."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.local.identity.client_keys import public_keys
from deploy.local.identity.clients import Client

LONGEST_LIFE = 300
LEEWAY = 30
MOST_REMEMBERED = 10_000


class Assertions(JWTBearerClientAssertion):  # type: ignore[misc]
    """Recognises a client by its signature over a short-lived statement made for this provider."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, issuer: str) -> None:
        super().__init__(validate_jti=True, leeway=LEEWAY)
        self._issuer = issuer
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], float] = {}

    def __call__(self, query_client: Any, request: Any) -> Client | None:
        client: Client | None = super().__call__(query_client, request)
        if client is not None and request.form.get("client_id", client.id) != client.id:
            raise InvalidClientError(description="The client_id is not the assertion's subject.")
        return client

    def get_audiences(self) -> list[str]:
        return [self._issuer, f"{self._issuer}/token", f"{self._issuer}/revoke"]

    def resolve_client_public_key(self, client: Client) -> KeySet:
        if client.key_set is None:
            raise InvalidClientError(description="No key is registered for this client.")
        keys = public_keys(client.key_set)
        if not keys.keys:
            raise InvalidClientError(description="No key is registered for this client.")
        return keys

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Mapping[str, Any]:
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=["ES256"]).claims
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The assertion's signature does not hold.") from error
        expires = claims.get("exp")
        if isinstance(expires, int) and expires > time.time() + LONGEST_LIFE + LEEWAY:
            raise InvalidClientError(description=f"An assertion may live for {LONGEST_LIFE} seconds at most.")
        self.verify_claims(claims)
        return claims

    def validate_jti(self, claims: Mapping[str, Any], jti: Any) -> bool:
        """Whether this assertion is seen for the first time; it is remembered for as long as it lives."""
        now, seen = time.time(), (str(claims["sub"]), str(jti))
        with self._lock:
            self._seen = {key: until for key, until in self._seen.items() if until > now}
            # Full of live ones means somebody floods: refuse, rather than forget one that could be replayed.
            if seen in self._seen or len(self._seen) >= MOST_REMEMBERED:
                return False
            self._seen[seen] = float(claims["exp"]) + LEEWAY
        return True
