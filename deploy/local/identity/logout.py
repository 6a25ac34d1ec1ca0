"""Signing out at the request of a client (OpenID Connect RP-Initiated Logout)."""

from typing import Any

from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from deploy.local.identity.keys import KeyRing


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    """Decides where to go after signing out: only to an address the client registered, and only on its ID token."""

    def __init__(self, keys: KeyRing) -> None:
        super().__init__()
        self._keys = keys

    def get_server_jwks(self) -> KeySet:
        return self._keys.verifying_keys()

    def get_algorithms(self) -> list[str]:
        return ["ES256"]

    def end_session(self, end_session_request: Any) -> None:
        """Nothing here: the route knows the browser's session and ends it."""
