"""Joins the pieces into one authorization server, on Authlib."""

from dataclasses import dataclass, field
from pathlib import Path

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc9207 import IssuerParameter

from deploy.local.identity.access_tokens import AccessTokens, OwnTokens
from deploy.local.identity.assertions import Assertions
from deploy.local.identity.backchannel import Backchannel, Courier, Send
from deploy.local.identity.clients import SCOPES
from deploy.local.identity.codes import Codes
from deploy.local.identity.grants import CodeGrant, OwnGrant, RenewalGrant, RequiredProof
from deploy.local.identity.id_tokens import IdTokens
from deploy.local.identity.keys import KeyRing
from deploy.local.identity.logout import EndSession
from deploy.local.identity.one_time_codes import OneTimeCodes
from deploy.local.identity.passwords import SHARED_PASSWORD, shared_password
from deploy.local.identity.people import Directory, read_directory
from deploy.local.identity.refresh_tokens import RefreshTokens
from deploy.local.identity.revocation import Revocation
from deploy.local.identity.sessions import Sessions, SignedIn
from deploy.local.identity.settings import Settings


class NamedIssuer(IssuerParameter):  # type: ignore[misc]
    """Says in every answer which issuer gave it (RFC 9207), so that two issuers cannot be mixed up."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer


class CodeServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with what its grants share: the sessions, the codes and the refresh tokens."""

    def __init__(self, directory: Directory, sessions: Sessions, refresh_tokens: RefreshTokens) -> None:
        super().__init__(query_client=directory.clients.get, save_token=lambda _token, _request: None)
        self.codes = Codes()
        self.sessions = sessions
        self.refresh_tokens = refresh_tokens
        self.scopes_supported = SCOPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything the routes need."""

    settings: Settings
    password: str = field(repr=False)
    password_file: Path
    directory: Directory
    keys: KeyRing
    sessions: Sessions
    one_time_codes: OneTimeCodes
    server: CodeServer
    named_issuer: NamedIssuer
    own_tokens: OwnTokens


def make_provider(settings: Settings, *, send: Send | None = None) -> Provider:
    """A provider with its keys, people and password in place, and nobody signed in.

    `send` brings a logout token to a client's address; without one, in the background.
    """
    directory = read_directory(settings)
    keys = key_ring(settings)
    named_issuer = NamedIssuer(settings.issuer)
    own_tokens = OwnTokens(settings.issuer, settings.audience, keys)
    refresh_tokens = RefreshTokens()
    backchannel = Backchannel(settings.issuer, keys, directory.clients, send or Courier().send)

    def ended(signed_in: SignedIn, client_ids: frozenset[str]) -> None:
        refresh_tokens.end_session(signed_in.sid)
        backchannel.tell(signed_in, client_ids)

    sessions = Sessions(ended=ended)
    server = CodeServer(directory, sessions, refresh_tokens)
    server.register_client_auth_method(Assertions.CLIENT_AUTH_METHOD, Assertions(settings.issuer))
    server.register_extension(named_issuer)
    server.register_token_generator("default", AccessTokens(settings, keys))
    server.register_grant(CodeGrant, [RequiredProof(required=True), IdTokens(settings, keys)])
    server.register_grant(RenewalGrant, [IdTokens(settings, keys)])
    server.register_grant(OwnGrant)
    server.register_endpoint(EndSession(keys))
    server.register_endpoint(Revocation(refresh_tokens, own_tokens))
    return Provider(
        settings=settings,
        password=shared_password(settings.secrets_dir),
        password_file=settings.secrets_dir / SHARED_PASSWORD,
        directory=directory,
        keys=keys,
        sessions=sessions,
        one_time_codes=OneTimeCodes(settings.secrets_dir, once=settings.codes_once),
        server=server,
        named_issuer=named_issuer,
        own_tokens=own_tokens,
    )


def key_ring(settings: Settings) -> KeyRing:
    """The keys of these settings, made if this is the first start."""
    return KeyRing(
        settings.keys_dir, rotate_after=settings.rotate_after, publish_retired_for=settings.publish_retired_for
    )
