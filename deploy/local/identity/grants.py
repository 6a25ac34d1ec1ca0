"""The two ways to a token: a person's code with its proof, and a system's own secret."""

from typing import Any, ClassVar, cast

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from deploy.local.identity.codes import AuthorizationCode, Codes
from deploy.local.identity.passwords import same
from deploy.local.identity.sessions import SignedIn


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code, used up by the first attempt to exchange it."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["none"]

    @property
    def codes(self) -> Codes:
        return cast("Codes", self.server.codes)

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
        return self.codes.take(code, client_id=client.get_client_id())

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Nothing is left to delete: the code was used up when it was looked at."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> SignedIn:
        return authorization_code.signed_in


class OwnGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials: a system acting for itself, known by its secret."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic"]


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
