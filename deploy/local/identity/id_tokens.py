"""ID tokens: proof to a client that somebody signed in, bound to its nonce and to the access token beside it."""

import time
from typing import Any

from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet

from deploy.local.identity.clients import Client
from deploy.local.identity.keys import KeyRing
from deploy.local.identity.sessions import SignedIn
from deploy.local.identity.settings import Settings


class IdTokens(OpenIDCode):  # type: ignore[misc]
    """Adds an ID token to the answer when the scope holds `openid`."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        super().__init__(require_nonce=False)
        self._settings = settings
        self._keys = keys

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        """Never: the nonce is the client's to compare, and reloading the sign-in page is not an attack."""
        return False

    def resolve_client_private_key(self, _client: Client) -> KeySet:
        return self._keys.signing_keys()

    def get_client_claims(self, client: Client) -> dict[str, str | int]:
        return {"iss": self._settings.issuer, "aud": client.id, "exp": int(time.time()) + self._settings.token_life}

    def generate_user_info(self, user: SignedIn, _scope: str) -> dict[str, str | int | list[str]]:
        return {
            "sub": user.person.name,
            "sid": user.sid,
            "auth_time": user.auth_time,
            "acr": user.acr,
            "amr": list(user.amr),
        }
