"""What the directory may be told, under GATEWAY_: whose word on staff counts. It holds none of the face's secrets."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field, model_validator

from services.gateway.domain.errors import IssuerUnknown
from services.gateway.settings import Issuer, Url
from shared import settings


class DirectorySettings(settings.Settings):
    """Of the process that answers calls to the directory."""

    issuer: Url | None = Field(default=None, description="Short for one issuer that speaks for everybody, by role")
    issuers: tuple[Issuer, ...] = Field(default=(), description="JSON list of issuers")
    challenge_minutes: int = Field(default=240, gt=0, le=1_440, description="How long an emergency may last")
    review_hours: int = Field(default=72, gt=0, description="Within which time somebody else must judge it")
    upload_bytes: int = Field(default=104_857_600, gt=0, description="Largest file that may be sent")
    uploads_each: int = Field(default=20, gt=0, description="How many files one actor may be sending at once")

    @model_validator(mode="before")
    @classmethod
    def _one_issuer_in_short(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("issuer") and not given.get("issuers"):
            return given | {"issuers": [{"issuer": given["issuer"], "kind": "by_role"}]}
        return given


class StaffIssuers:
    """The issuers that may vouch for staff."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._names = [issuer.issuer for issuer in issuers if issuer.kind in ("staff", "by_role")]

    def of_staff(self, named: str | None) -> str:
        """The issuer named, or the only one there is; raises IssuerUnknown."""
        if named is None and len(self._names) == 1:
            return self._names[0]
        if named is None or named not in self._names:
            raise IssuerUnknown(errors=[{"pointer": "/issuer", "detail": "must name an issuer of staff"}])
        return named
