"""What the gateway may be told: where it listens, whose tokens it trusts, how much it takes in."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from services.gateway.quotas import AllQuotas
from shared import settings
from shared.contracts.base import Code, Department
from shared.storage.keys import StorageKeys

Algorithm = Literal["ES256", "ES384", "ES512", "Ed25519", "EdDSA", "RS256", "PS256"]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$", max_length=500)]


class Issuer(BaseModel):
    """One issuer of access tokens, and how its claims are read. Only what stands here is ever trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Url = Field(description="Exactly the `iss` of its tokens")
    audience: str = Field(default="tellus", min_length=1, description="What `aud` must contain: this API")
    discovery_uri: Url | None = Field(
        default=None, description="Where it describes itself, where we reach it by another address than browsers do"
    )
    jwks_uri: Url | None = Field(default=None, description="Where its keys are; found by discovery where absent")
    kind: Literal["staff", "citizen", "system", "by_role"] = Field(
        default="staff", description="Whom it speaks for; by_role only for an issuer that speaks for everybody"
    )
    algorithms: tuple[Algorithm, ...] = Field(
        default=("ES256",), min_length=1, description="With which its tokens may be signed"
    )
    roles_claim: str = Field(default="roles", description="A claim, or a path of claims by dots")
    department_claim: str = Field(default="department", description="A claim, or a path of claims by dots")
    contact_claim: str = Field(default="contact_id", description="In which it says which contact a citizen is")
    default_department: Department = Field(default="public", description="For tokens that name none")
    directory: Literal["optional", "required"] = Field(
        default="optional", description="Whether its staff must be provisioned before they may do anything"
    )
    roles: Literal["token", "directory", "both"] = Field(
        default="both", description="Whose word on the roles of its staff counts"
    )
    assurance: dict[str, Code] = Field(default={}, description="Level for each `acr`; the lowest for any other")
    max_lifetime_seconds: int = Field(
        default=3_600, gt=0, le=86_400, description="Longest life of its tokens; a longer one is refused"
    )
    name: Code | None = Field(
        default=None, description="What a sign-in address calls it: /v1/session/login?issuer=name"
    )
    client_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Whom it knows the gateway as; none: no browser sessions",
    )
    client_key: SecretStr | None = Field(
        default=None, description="Private key (JWK) that proves it; GATEWAY_CLIENT_KEY where absent"
    )
    client_secret: SecretStr | None = Field(default=None, description="Proves it to an issuer that takes no key")
    scopes: tuple[str, ...] = Field(default=("openid",), description="Asked for at sign-in")
    resource: Url | None = Field(default=None, description="Named at sign-in (RFC 8707), for issuers that need it")
    claims_from: Literal["access_token", "id_token"] = Field(
        default="access_token",
        description="Which token of a sign-in says the roles; the ID token where access is opaque",
    )
    typed_logout: bool = Field(default=True, description="Whether its logout tokens say their type, as they should")

    @property
    def discovery(self) -> str:
        """The address of its discovery document."""
        return self.discovery_uri or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


class Settings(settings.Settings):
    """The gateway's own, read under GATEWAY_."""

    signing_key: SecretStr = Field(description="The gateway's own private key (JWK): it signs for everybody")
    host: str = Field(default="127.0.0.1", description="Where the public listener is")
    port: int = Field(default=18000, ge=1, lt=65536, description="And on which port")
    issuer: Url | None = Field(
        default=None, description="Short for one issuer that speaks for everybody, by role, and says aal1 and aal2"
    )
    issuers: tuple[Issuer, ...] = Field(default=(), description="JSON list of issuers")
    skew_seconds: int = Field(default=30, ge=0, le=120, description="How far the clocks of issuers may differ")
    key_refresh_seconds: float = Field(default=300, gt=0, description="How old an issuer's keys get")
    key_retry_seconds: float = Field(default=10, gt=0, description="Least time between two fetches of one key set")
    body_bytes: int = Field(default=262_144, gt=0, description="Largest request body")
    body_seconds: float = Field(default=10, gt=0, description="How long a request body may take to arrive")
    body_rate: int = Field(default=1_024, gt=0, description="Bytes per second at which any body must arrive")
    body_grace_seconds: float = Field(default=5, gt=0, description="How far a body may fall behind that rate")
    bodies: int = Field(default=1_024, gt=0, description="Bodies that may be arriving at once")
    bodies_each: int = Field(default=64, gt=0, description="Of these, from one client's address")
    in_flight: int = Field(default=256, gt=0, description="Requests served at once; more are told to come back")
    connections: int = Field(default=8_192, ge=16, description="Connections held at once")
    header_seconds: float = Field(
        default=10, gt=0, description="How long a connection may be idle, or its headers take"
    )
    header_bytes: int = Field(default=16_384, ge=8_192, le=32_768, description="Largest headers, all together")
    header_count: int = Field(default=64, gt=0, le=100, description="Most headers of one request")
    uri_bytes: int = Field(default=8_192, gt=0, le=32_768, description="Longest path and query")
    hosts: tuple[str, ...] = Field(default=(), description="Names this gateway answers to; any where none is listed")
    proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Networks of proxies whose word on the client's address is believed"
    )
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = Field(
        default="x-forwarded-for", description="In which header those proxies say so"
    )
    call_seconds: float = Field(default=5.0, gt=0, description="How long an owner service may take to answer")
    record_seconds: float = Field(default=3.0, gt=0, description="How long recording an access may take")
    client_id: str | None = Field(default=None, min_length=1, max_length=200, description="For the issuer in short")
    client_key: SecretStr | None = Field(default=None, description="Private key (JWK) that proves who the gateway is")
    public_url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s/?#@]+)?$")] = Field(
        default="", description="The origin that browsers see; http://HOST:PORT where absent"
    )
    home: Annotated[str, StringConstraints(pattern=r"^/[!-~]*$", max_length=200)] = Field(
        default="/docs", description="Where a sign-in leads that does not say where to"
    )
    session_key: SecretStr | None = Field(
        default=None,
        description="Seals what is kept for sessions: JSON of key ids and base64 keys, the first one seals",
    )
    session_idle_seconds: int = Field(default=1_800, ge=60, le=86_400, description="How long a session may rest")
    session_seconds: int = Field(default=28_800, ge=60, le=604_800, description="How long a session lasts at most")
    sessions_each: int = Field(default=10, ge=1, le=100, description="Sessions of one person; the oldest gives way")
    origins: tuple[Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:\[\]-]+$")], ...] = Field(
        default=(), description="Other origins whose pages may call with a token of their own (CORS)"
    )
    streams: int = Field(default=500, gt=0, description="Live updates followed at once")
    streams_each: int = Field(default=6, gt=0, description="Of these, by one actor")
    stream_seconds: float = Field(default=900, gt=0, description="How long one of them lasts; its reader comes back")
    quotas: AllQuotas = Field(default=AllQuotas(), description="JSON: how much each sort of client may ask for")
    quota_seconds: float = Field(default=1.0, gt=0, description="How long telling the other replicas may take")
    cursor_key: SecretStr | None = Field(default=None, description="Seals the cursors of pages; else the signing key")
    cursor_key_before: SecretStr | None = Field(default=None, description="Opens those given out before a new key")
    cursor_seconds: int = Field(default=86_400, gt=0, description="How long a list may be paged through")
    files_folder: Path | None = Field(default=None, description="Where uploads are; none are taken in where absent")
    storage_keys: SecretStr | None = Field(
        default=None, description="Seals files at rest: JSON of `current` and `keys`, by id, base64url of 32 bytes"
    )
    scanner: Literal["none", "eicar"] = Field(default="eicar", description="What looks for harmful files")
    file_threads: int = Field(default=8, gt=0, le=64, description="Threads that read and write files")
    upload_bytes: int = Field(default=104_857_600, gt=0, description="Largest file that may be sent")
    upload_idle_seconds: float = Field(default=86_400, gt=0, description="How long an upload waits for more")
    upload_append_seconds: float = Field(default=3_600, gt=0, description="How long one request may go on sending")
    sweep_seconds: float = Field(default=600, gt=0, description="How often files that nobody has are thrown away")
    scim_departments: tuple[Department, ...] = Field(
        default=(), description="JSON list: departments told to provisioning systems as what they may say"
    )
    docs: bool = Field(default=True, description="Whether /docs is served; the document itself always is")

    @field_validator("storage_keys")
    @classmethod
    def _keys_that_seal(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            StorageKeys.from_text(keys.get_secret_value())
        return keys

    @property
    def page_keys(self) -> tuple[SecretStr, ...]:
        """What seals cursors, and after it what only opens them."""
        newest = self.cursor_key or self.signing_key
        return (newest, self.cursor_key_before) if self.cursor_key_before else (newest,)

    @model_validator(mode="before")
    @classmethod
    def _one_issuer_in_short(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("issuer") and not given.get("issuers"):
            levels = {"aal1": "aal1", "aal2": "aal2"}
            short = {
                "issuer": given["issuer"],
                "kind": "by_role",
                "assurance": levels,
                "client_id": given.get("client_id"),
            }
            return given | {"issuers": [short]}
        return given

    @property
    def origin(self) -> str:
        """The origin of our own pages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @field_validator("issuers")
    @classmethod
    def _somebody_to_trust(cls, issuers: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if not issuers:
            raise ValueError("name at least one issuer, here or as GATEWAY_ISSUER")
        if len({issuer.issuer for issuer in issuers}) < len(issuers):
            raise ValueError("an issuer stands here twice")
        return issuers
