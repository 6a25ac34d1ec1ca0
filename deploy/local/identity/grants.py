"""The three ways to a token: a person's code with its proof, the refresh token of a sign-in, a system acting for itself."""

from typing import Any, ClassVar, cast

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from deploy.local.identity.codes import AuthorizationCode, Codes
from deploy.local.identity.passwords import same
from deploy.local.identity.refresh_tokens import Family, RefreshTokens
from deploy.local.identity.sessions import Sessions, SignedIn

CONFIDENTIAL = ["client_secret_basic", "private_key_jwt"]


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code, used up by the first attempt to exchange it."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["none", *CONFIDENTIAL]

    @property
    def codes(self) -> Codes:
        return cast("Codes", self.server.codes)

    @property
    def sessions(self) -> Sessions:
        return cast("Sessions", self.server.sessions)

    @property
    def refresh_tokens(self) -> RefreshTokens:
        return cast("RefreshTokens", self.server.refresh_tokens)

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload.data
        self.codes.keep(
            AuthorizationCode(
                code=code,
                client_id=request.client.get_client_id(),
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                nonce=asked.get("nonce"),
                code_challenge=asked["code_challenge"],
                code_challenge_method=asked["code_challenge_method"],
                signed_in=request.user,
            )
        )

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        found = self.codes.take(code, client_id=client.get_client_id())
        if found is None and (given := self.codes.exchanged_for(code)):
            # One of the two who brought it is not who it was meant for (RFC 6749, 4.1.2).
            self.refresh_tokens.end_by(given)
        # Who signed out before the client came back is not signed in again by it.
        return found if found and self.sessions.goes_on(found.signed_in.sid) else None

    def save_token(self, token: dict[str, Any]) -> None:
        client, signed_in = self.request.client, self.request.user
        self.sessions.join(signed_in.sid, client.id)
        if client.check_grant_type(RenewalGrant.GRANT_TYPE):
            scope = token["scope"]
            token["refresh_token"] = self.refresh_tokens.begin(client_id=client.id, scope=scope, signed_in=signed_in)
            self.codes.exchanged(self.request.form["code"], token["refresh_token"])

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Nothing is left to delete: the code was used up when it was looked at."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> SignedIn:
        return authorization_code.signed_in


class RenewalGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Refresh tokens, each good once, for as long as the session or its offline consent lasts."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = CONFIDENTIAL

    @property
    def refresh_tokens(self) -> RefreshTokens:
        return cast("RefreshTokens", self.server.refresh_tokens)

    def authenticate_refresh_token(self, refresh_token: str) -> Family | None:
        family = self.refresh_tokens.look(refresh_token)
        if family is None or family.offline or self.server.sessions.goes_on(family.signed_in.sid):
            return family
        self.refresh_tokens.end(family)
        return None

    def authenticate_user(self, refresh_token: Family) -> SignedIn:
        # The ID token that goes with it, if any, is made from the request's user.
        self.request.user = refresh_token.signed_in
        return refresh_token.signed_in

    def issue_token(self, user: SignedIn, refresh_token: Family) -> dict[str, Any]:
        following = self.refresh_tokens.spend(refresh_token)
        if following is None:
            raise InvalidGrantError
        token: dict[str, Any] = super().issue_token(user, refresh_token)
        return token | {"refresh_token": following}

    def revoke_old_credential(self, refresh_token: Family) -> None:
        """Nothing is left to revoke: the token was spent when the next one was made."""


class OwnGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials: a system acting for itself, known by its key or its secret."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = CONFIDENTIAL


class RequiredProof(CodeChallenge):  # type: ignore[misc]
    """PKCE that cannot be left out and cannot be weakened: S256 or nothing, for every client."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar[list[str]] = ["S256"]
    CODE_CHALLENGE_METHODS: ClassVar[dict[str, Any]] = {
        "S256": lambda verifier, challenge: same(create_s256_code_challenge(verifier), challenge)
    }

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge"):
            raise InvalidRequestError("A code_challenge is required: use PKCE with S256.")
        if asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256.")
        super().validate_code_challenge(grant, redirect_uri)
