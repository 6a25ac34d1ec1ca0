"""Taking a refresh token back (RFC 7009): a client that is done with it says so."""

from typing import Any, ClassVar

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7009 import RevocationEndpoint

from deploy.local.identity.access_tokens import OwnTokens, TokenRefused
from deploy.local.identity.refresh_tokens import Family, RefreshTokens


class NotTakenBack(OAuth2Error):  # type: ignore[misc]
    """Access tokens are good until they end."""

    error = "unsupported_token_type"
    description = "An access token cannot be taken back; it ends by itself, soon."


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Ends the family of a refresh token. Access tokens can't be taken back: they are short, and carry their own proof."""

    CLIENT_AUTH_METHODS: ClassVar[list[str]] = ["none", "client_secret_basic", "private_key_jwt"]

    def __init__(self, refresh_tokens: RefreshTokens, own_tokens: OwnTokens) -> None:
        super().__init__()
        self._refresh_tokens, self._own_tokens = refresh_tokens, own_tokens

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Family | None:
        try:
            self._own_tokens.claims(token_string)
        except TokenRefused:
            return self._refresh_tokens.look(token_string)
        raise NotTakenBack

    def revoke_token(self, token: Family, _request: Any) -> None:
        self._refresh_tokens.end(token)
