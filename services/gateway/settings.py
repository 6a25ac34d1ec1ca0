"""What the gateway may be told: where it listens, whose tokens it trusts, how much it takes in."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from shared import settings
from shared.contracts.base import Code, Department

Algorithm = Literal["ES256", "ES384", "ES512", "Ed25519", "EdDSA", "RS256", "PS256"]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$", max_length=500)]


class Issuer(BaseModel):
    """One issuer of access tokens, and how its claims are read. Only what stands here is ever trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Url = Field(description="Exactly the `iss` of its tokens")
    audience: str = Field(default="tellus", min_length=1, description="What `aud` must contain: this API")
    jwks_uri: Url | None = Field(default=None, description="Where its keys are; found by discovery where absent")
    kind: Literal["staff", "citizen", "system", "by_role"] = Field(
        default="staff", description="Whom it speaks for; by_role only for an issuer that speaks for everybody"
    )
    algorithms: tuple[Algorithm, ...] = Field(default=("ES256",), min_length=1)
    roles_claim: str = Field(default="roles", description="A claim, or a path of claims by dots")
    department_claim: str = "department"
    contact_claim: str = "contact_id"
    default_department: Department = Field(default="public", description="For tokens that name none")
    assurance: dict[str, Code] = Field(default={}, description="Level for each `acr`; the lowest for any other")
    max_lifetime_seconds: int = Field(default=3_600, gt=0, le=86_400)


class Settings(settings.Settings):
    """The gateway's own, read under GATEWAY_."""

    signing_key: SecretStr = Field(description="The gateway's own private key (JWK): it signs for everybody")
    host: str = "127.0.0.1"
    port: int = Field(default=18000, ge=1, lt=65536)
    issuer: Url | None = Field(default=None, description="Short for one issuer that speaks for everybody, by role")
    issuers: tuple[Issuer, ...] = Field(default=(), description="JSON list of issuers")
    skew_seconds: int = Field(default=30, ge=0, le=120)
    key_refresh_seconds: float = Field(default=300, gt=0)
    key_retry_seconds: float = Field(default=10, gt=0, description="Least time between two fetches of one key set")
    body_bytes: int = Field(default=262_144, gt=0, description="Largest request body")
    body_seconds: float = Field(default=10, gt=0, description="How long a request body may take to arrive")
    in_flight: int = Field(default=256, gt=0, description="Requests served at once; more are told to come back")
    connections: int = Field(default=1_024, gt=0)
    call_seconds: float = Field(default=5.0, gt=0, description="How long an owner service may take to answer")
    record_seconds: float = Field(default=3.0, gt=0, description="How long recording an access may take")
    docs: bool = Field(default=True, description="Whether /docs is served; the document itself always is")

    @model_validator(mode="before")
    @classmethod
    def _one_issuer_in_short(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("issuer") and not given.get("issuers"):
            return given | {"issuers": [{"issuer": given["issuer"], "kind": "by_role"}]}
        return given

    @field_validator("issuers")
    @classmethod
    def _somebody_to_trust(cls, issuers: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if not issuers:
            raise ValueError("name at least one issuer, here or as GATEWAY_ISSUER")
        if len({issuer.issuer for issuer in issuers}) < len(issuers):
            raise ValueError("an issuer stands here twice")
        return issuers
