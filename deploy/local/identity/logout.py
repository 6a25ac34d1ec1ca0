"""Signing out at the request of a client (OpenID Connect RP-Initiated Logout)."""

from typing import Any

from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from deploy.local.identity.clients import Client
from deploy.local.identity.keys import KeyRing


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    """Decides where to go after signing out: only to an address that the client registered."""

    def __init__(self, keys: KeyRing) -> None:
        super().__init__()
        self._keys = keys

    def get_server_jwks(self) -> KeySet:
        return self._keys.verifying_keys()

    def get_algorithms(self) -> list[str]:
        return ["ES256"]

    def is_post_logout_redirect_uri_legitimate(
        self, _request: Any, _address: str, _client: Client, _logout_hint: str | None
    ) -> bool:
        """Always: without an ID token the route asks the person first, and nobody is sent anywhere before they agree."""
        return True

    def end_session(self, end_session_request: Any) -> None:
        """Nothing here: the route knows the browser's session and ends it."""
