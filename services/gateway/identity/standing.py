"""What the directory knows of an actor now, and how it joins what their token says: pure, but for the port."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, Protocol
from uuid import UUID

from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.identity.claims import Identity
from services.gateway.settings import Issuer
from shared.contracts.actor import Actor, Grant, GrantKind, Kind

CHANNEL = "gateway_standing"
"""Where every replica hears, from the store, whose standing changed, or whose sessions."""
MOST_GRANTS = 100
Watcher = Callable[[UUID | None], None]
"""Told of an actor whose standing changed, or None where anybody's may have."""


class StandingEnded(Exception):
    """This actor may do nothing. `reason` is for our log; the caller is told no more than that."""

    def __init__(self, reason: Literal["inactive", "not_provisioned"]) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Assigned:
    """One assignment that has not been ended: a role everywhere or for one resource, or an exclusion."""

    kind: str
    role: str | None
    about: UUID | None
    begins_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registered:
    """What a system was registered for, and until when."""

    scopes: tuple[str, ...]
    purpose: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What the directory's tables say of an actor, whatever the time."""

    active: bool = True
    department: str | None = None
    """None for somebody who was not provisioned."""
    assigned: tuple[Assigned, ...] = ()
    registered: Registered | None = None
    """For a system that is registered here."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of an actor until the next beginning or end of an assignment."""

    active: bool = True
    department: str | None = None
    roles: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    registered: Registered | None = None
    until: datetime | None = None

    @property
    def mark(self) -> str:
        """Another one as soon as the directory gives other roles, or another department."""
        return sha256(repr((self.department, self.roles)).encode()).hexdigest()[:16]


class Standings(Protocol):
    """What the directory knows of everybody."""

    async def of(self, actor_id: UUID) -> Standing:
        """The standing of this actor, no older than a second; raises Unavailable where that cannot be known."""

    def on_change(self, watcher: Watcher) -> None:
        """From now on, tell `watcher` of every change, so that streams and sessions can end too."""


def standing_at(record: Record, at: datetime) -> Standing:
    """What the record means at a moment, and until when it means that."""
    ahead = [moment for one in record.assigned for moment in (one.begins_at, one.ends_at) if moment and moment > at]
    system = record.registered
    if system is not None and system.expires_at > at:
        ahead.append(system.expires_at)
    now = [one for one in record.assigned if one.begins_at <= at and (one.ends_at is None or one.ends_at > at)]
    return Standing(
        active=record.active and (system is None or system.expires_at > at),
        department=record.department,
        registered=system,
        roles=tuple(sorted({one.role for one in now if one.kind == "standard" and one.role})),
        grants=_grants(now),
        until=min(ahead, default=None),
    )


def actor_of(actor_id: UUID, identity: Identity, issuer: Issuer, standing: Standing) -> Actor:
    """Whom an identity is now, as token and directory say together; raises StandingEnded where they are nobody."""
    if not standing.active:
        raise StandingEnded("inactive")
    if identity.kind is Kind.SYSTEM:
        return _system_of(actor_id, identity, standing)
    works_here = identity.kind is Kind.STAFF
    if works_here and issuer.directory == "required" and standing.department is None:
        raise StandingEnded("not_provisioned")
    return Actor(
        id=actor_id,
        kind=identity.kind,
        roles=_roles(identity, issuer, standing) if works_here else identity.roles,
        department=(standing.department if works_here else None) or identity.department,
        assurance=identity.assurance,
        contact_id=identity.contact_id,
        authenticated_at=identity.authenticated_at,
        scopes=identity.scopes,
        grants=standing.grants if works_here else (),
    )


def on_behalf(system: Standing, user: Standing, stood: str | None) -> Standing:
    """How a system stands that acts for a user: both are somebody, and the user has the roles that they had."""
    return replace(system, active=system.active and user.active and user.mark == stood, grants=user.grants)


def _system_of(actor_id: UUID, identity: Identity, standing: Standing) -> Actor:
    """A system, with no more than it is registered for now; with a user's roles and walls, or the walls of its owner."""
    registered, for_user = standing.registered, identity.on_behalf_of is not None
    scopes = identity.scopes
    if registered is not None:
        scopes = tuple(scope for scope in identity.scopes if scope in registered.scopes)
    return Actor(
        id=actor_id,
        kind=identity.kind,
        roles=identity.roles,
        department=(None if for_user else standing.department) or identity.department,
        assurance=identity.assurance,
        contact_id=identity.contact_id,
        authenticated_at=identity.authenticated_at,
        purpose=registered.purpose if registered is not None else None,
        scopes=scopes,
        on_behalf_of=identity.on_behalf_of,
        grants=standing.grants if for_user else tuple(g for g in standing.grants if g.kind is GrantKind.EXCLUDED),
    )


def _roles(identity: Identity, issuer: Issuer, standing: Standing) -> tuple[str, ...]:
    told = identity.roles if issuer.roles in ("token", "both") else ()
    given = standing.roles if issuer.roles in ("directory", "both") else ()
    return tuple(sorted({*told, *given} & STAFF_ROLES))


def _grants(now: list[Assigned]) -> tuple[Grant, ...]:
    found = {
        Grant(kind=GrantKind(one.kind), resource=one.about, role=one.role)
        for one in now
        if one.kind != "standard" and one.about is not None
    }
    inwards = sorted(found, key=lambda grant: (grant.kind, str(grant.resource), grant.role or ""))
    kept_out = [grant for grant in inwards if grant.kind is GrantKind.EXCLUDED]
    # the directory gives nobody more than can travel; what keeps somebody out travels whatever it gave
    let_in = [grant for grant in inwards if grant.kind is not GrantKind.EXCLUDED]
    return (*kept_out, *let_in[: max(0, MOST_GRANTS - len(kept_out))])
