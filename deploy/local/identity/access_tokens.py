"""Access tokens as RFC 9068 has them: signed facts about what an actor may do, and nothing about who they are."""

import time
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.local.identity.clients import Client
from deploy.local.identity.contacts import Contacts
from deploy.local.identity.keys import KeyRing
from deploy.local.identity.sessions import SignedIn
from deploy.local.identity.settings import Settings


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Makes `at+jwt` tokens for people and for systems."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        super().__init__(settings.issuer, alg="ES256", expires_generator=settings.token_life)
        self._audience = settings.audience
        self._contacts = Contacts(settings.contacts)
        self._keys = keys

    def get_jwks(self) -> KeySet:
        return self._keys.signing_keys()

    def get_audiences(self, _client: Client, _user: SignedIn | None, _scope: str) -> str:
        return self._audience

    def get_auth_time(self, user: SignedIn | None) -> int | None:
        return user.auth_time if user else None

    def get_acr(self, user: SignedIn | None) -> str | None:
        return user.acr if user else None

    def get_amr(self, user: SignedIn | None) -> list[str] | None:
        return list(user.amr) if user else None

    def get_extra_claims(
        self, client: Client, _grant_type: str, user: SignedIn | None, _scope: str
    ) -> dict[str, str | list[str]]:
        if user is None:
            return {"roles": list(client.roles), "department": client.department}
        person = user.person
        contact = self._contacts.of(person.name) if "citizen" in person.roles else None
        known = {"contact_id": contact} if contact else {}
        return {"roles": list(person.roles), "department": person.department, "sid": user.sid, **known}


class TokenRefused(Exception):
    """A bearer token that this provider did not make, or no longer stands by."""


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """Recognises the access tokens that this provider made."""

    issuer: str
    audience: str
    keys: KeyRing

    def claims(self, token: str) -> dict[str, Any]:
        """What a good token says; raises `TokenRefused` for any other."""
        rules = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            read = jwt.decode(token, self.keys.verifying_keys(), algorithms=["ES256"])
            rules.validate(read.claims)
        except (JoseError, ValueError) as error:
            raise TokenRefused from error
        if read.header.get("typ") != "at+jwt":
            raise TokenRefused
        return dict(read.claims)
