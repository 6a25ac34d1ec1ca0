"""From an issuer's claims to what policies speak of: kind, roles, department, assurance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.identity.tokens import TokenInvalid, Verified
from services.gateway.settings import Issuer
from shared.contracts.actor import Kind
from shared.contracts.base import Department

LOWEST_ASSURANCE: Final = "aal1"
MOST_SCOPES: Final = 50
_DEPARTMENT: Final = TypeAdapter[str](Department)
_SCOPE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Identity:
    """Somebody, as their issuer describes them."""

    kind: Kind
    roles: tuple[str, ...]
    department: str
    assurance: str
    contact_id: UUID | None
    authenticated_at: int | None = None
    """When they last proved who they are, in seconds since the epoch."""
    scopes: tuple[str, ...] = ()
    """What a system was registered for, as its issuer says."""
    on_behalf_of: UUID | None = None
    """The user that a system acts for; roles, department and contact are then the user's."""
    stands: str | None = None
    """How that user stood when the token was made."""


def identity_of(verified: Verified) -> Identity:
    """Who the token is about. A role that this issuer may not give is not given; a contradiction is no identity."""
    issuer, claims = verified.issuer, verified.claims
    claimed = _roles(_claim(claims, issuer.roles_claim))
    kind = _kind(issuer, claimed)
    roles = tuple(sorted(claimed & STAFF_ROLES)) if kind is Kind.STAFF else (kind.value,)
    return Identity(
        kind=kind,
        roles=roles,
        department=_department(issuer, claims),
        assurance=_assurance(issuer, claims),
        contact_id=_contact(claims.get(issuer.contact_claim)) if kind is Kind.CITIZEN else None,
        authenticated_at=_authenticated_at(claims),
        scopes=_scopes(claims.get("scope")) if kind is Kind.SYSTEM else (),
    )


def _kind(issuer: Issuer, roles: frozenset[str]) -> Kind:
    if issuer.kind != "by_role":
        return Kind(issuer.kind)
    others = [kind for kind in (Kind.CITIZEN, Kind.SYSTEM) if kind.value in roles]
    if not others:
        return Kind.STAFF
    if len(others) > 1 or roles & STAFF_ROLES:
        raise TokenInvalid("roles_contradict")
    return others[0]


def _roles(claimed: object) -> frozenset[str]:
    listed = [claimed] if isinstance(claimed, str) else claimed
    return frozenset(role for role in listed if isinstance(role, str)) if isinstance(listed, list) else frozenset()


def _department(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    claimed = _claim(claims, issuer.department_claim)
    if claimed is None:
        return issuer.default_department
    try:
        return _DEPARTMENT.validate_python(claimed)
    except ValidationError:
        raise TokenInvalid("department") from None


def _assurance(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    acr = claims.get("acr")
    return issuer.assurance.get(acr, LOWEST_ASSURANCE) if isinstance(acr, str) else LOWEST_ASSURANCE


def _authenticated_at(claims: Mapping[str, Any]) -> int | None:
    at, issued = claims.get("auth_time"), claims.get("iat")
    if isinstance(at, bool) or not isinstance(at, int) or not isinstance(issued, int):
        return None
    return at if 0 < at <= issued else None  # nobody proves anything after their token was issued


def _scopes(claimed: object) -> tuple[str, ...]:
    words = claimed.split() if isinstance(claimed, str) else _strings(claimed)
    return tuple(sorted({word for word in words if _SCOPE.fullmatch(word)}))[:MOST_SCOPES]


def _strings(claimed: object) -> list[str]:
    return [word for word in claimed if isinstance(word, str)] if isinstance(claimed, list) else []


def _contact(claimed: object) -> UUID | None:
    if claimed is None:
        return None
    try:
        return UUID(claimed) if isinstance(claimed, str) else None
    except ValueError:
        raise TokenInvalid("contact") from None


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that name, or what a path such as `realm_access.roles` leads to."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
