"""How mandates and delegations look from outside: views for callers, events for subscribers, resources for policies."""

from datetime import datetime
from uuid import UUID

from services.gateway.domain.authority import Authority, Kind
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.gateway.acting import AuthorityView
from shared.contracts.gateway.client_events import AuthorityEnded, AuthorityGranted


def as_resource(authority: Authority, actor: Actor) -> Resource:
    """A mandate or delegation, as policies see it when this actor asks."""
    mine = sides_of(actor)
    return resource(
        authority.kind,
        authority.department,
        contact=contact_of(authority.kind, authority.principal),
        principal=authority.principal in mine,
        representative=authority.representative in mine,
        id=str(authority.id),
    )


def sides_of(actor: Actor) -> tuple[UUID, ...]:
    """As whom somebody is a side of it: as who they are and as their own contact, never as for whom they act."""
    return (actor.id,) if actor.contact_id is None or actor.on_behalf_of is not None else (actor.id, actor.contact_id)


def contact_of(kind: Kind, principal: UUID) -> str:
    """Whom a mandate opens; a delegation opens nobody in particular."""
    return str(principal) if kind == "mandate" else ""


def resource(
    kind: Kind, department: str, *, principal: bool, representative: bool, contact: str = "", id: str = "any"
) -> Resource:
    """Some mandate or delegation, whose contact it opens, and how the asker stands to it."""
    stands = {"principal": principal, "representative": representative}
    return Resource("Authority", id, department, {"kind": kind, "contact": contact, **stands})


def as_view(authority: Authority, at: datetime) -> AuthorityView:
    """A mandate or delegation, as callers see it."""
    return AuthorityView(
        id=authority.id,
        kind=authority.kind,
        principal=authority.principal,
        representative=authority.representative,
        roles=authority.roles,
        department=authority.department,
        begins_at=authority.begins_at,
        ends_at=authority.ends_at,
        in_force=authority.in_force(at),
        reason=authority.reason,
        granted_by=authority.granted_by,
        granted_at=authority.granted_at,
        ended_at=authority.ended_at,
        end_reason=authority.end_reason,
    )


def granted(authority: Authority) -> AuthorityGranted:
    """That somebody may act for somebody."""
    return AuthorityGranted(
        subject=authority.id,
        subject_version=1,
        kind=authority.kind,
        principal=authority.principal,
        representative=authority.representative,
        roles=authority.roles,
        reason=authority.reason,
    )


def ended(authority: Authority) -> AuthorityEnded:
    """That they may no longer."""
    assert authority.end_reason is not None
    return AuthorityEnded(
        subject=authority.id,
        subject_version=2,
        kind=authority.kind,
        principal=authority.principal,
        representative=authority.representative,
        reason=authority.end_reason,
    )
