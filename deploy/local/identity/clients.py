"""A client of the provider, answering what Authlib's authorization server asks of one."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.identity.passwords import same

SCOPES = ("openid", "tellus", "offline_access")
NEEDS = {"openid": "authorization_code", "offline_access": "refresh_token"}
"""Scopes that mean something only to clients with this grant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that may ask for tokens: public ones prove each request by PKCE, others hold a secret and a key too."""

    id: str
    grants: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    department: str = ""
    secret: str | None = field(default=None, repr=False)
    key_set: Path | None = None
    backchannel_logout_uri: str = ""
    id_token_signed_response_alg: str = "ES256"  # noqa: S105 - an algorithm

    @property
    def client_metadata(self) -> dict[str, list[str]]:
        return {"post_logout_redirect_uris": list(self.post_logout_redirect_uris)}

    @property
    def origins(self) -> set[str]:
        """Where this client's pages live: the origins that may read our answers from a browser."""
        parts = (urlsplit(uri) for uri in self.redirect_uris)
        return {f"{part.scheme}://{part.netloc}" for part in parts}

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        """Always none: the caller says where to return, and must say it exactly."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What of the asked scope is granted; where nothing was asked, all but what must be asked for by name."""
        offered = tuple(name for name in SCOPES if NEEDS.get(name) in (None, *self.grants))
        wished = (name for name in offered if name != "offline_access") if not scope else scope.split()
        asked = tuple(name for name in wished if name in offered)
        return " ".join(dict.fromkeys(asked)) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret is not None and same(client_secret, self.secret)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        confidential = {"client_secret_basic": self.secret is not None, "private_key_jwt": self.key_set is not None}
        return confidential.get(method, method == "none" and not any(confidential.values()))

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants
