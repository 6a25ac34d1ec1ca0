"""How assignments look from outside: views for callers, events for subscribers, resources for policies."""

from datetime import datetime

from services.gateway.domain.assignment import Assignment
from shared.authz.masks import mask
from shared.authz.model import Decision, Resource
from shared.contracts.actor import Actor
from shared.contracts.base import Event
from shared.contracts.gateway.assignments import AssignmentView
from shared.contracts.gateway.events import (
    AccessChallenged,
    AssignmentEnded,
    ChallengeReviewed,
    ConflictDeclared,
    RoleAssigned,
)

MASKED = ("note",)


def as_resource(assignment: Assignment, actor: Actor) -> Resource:
    """An assignment, as policies see it when this actor asks."""
    itself = actor.stands_for(assignment.holder)
    return resource(assignment.department, itself, str(assignment.id), kind=assignment.kind)


def resource(department: str, itself: bool, id: str = "any", *, kind: str = "standard") -> Resource:
    """Some assignment of a department: of the one who asks, or of another."""
    return Resource("Assignment", id, department, {"itself": itself, "kind": kind})


def as_view(assignment: Assignment, at: datetime, decision: Decision) -> AssignmentView:
    """An assignment, as this caller may see it."""
    view = AssignmentView(
        id=assignment.id,
        holder=assignment.holder,
        kind=assignment.kind,
        role=assignment.role,
        about=assignment.about,
        department=assignment.department,
        begins_at=assignment.period.begins_at,
        ends_at=assignment.period.ends_at,
        in_force=assignment.in_force(at),
        reason=assignment.reason,
        note=assignment.note,
        granted_by=assignment.granted_by,
        granted_at=assignment.granted_at,
        ended_at=assignment.ended_at,
        ended_by=assignment.ended_by,
        end_reason=assignment.end_reason,
        review_due=assignment.review_due,
        reviewed_at=assignment.reviewed_at,
        reviewed_by=assignment.reviewed_by,
        outcome=assignment.outcome,
    )
    return mask(view, decision, MASKED)


def as_assigned(assignment: Assignment) -> RoleAssigned:
    """That somebody was given it."""
    return RoleAssigned(
        subject=assignment.id,
        subject_version=assignment.version,
        holder=assignment.holder,
        kind=assignment.kind,
        role=assignment.role,
        about=assignment.about,
        begins_at=assignment.period.begins_at,
        ends_at=assignment.period.ends_at,
        reason=assignment.reason,
        digest=assignment.digest(assignment.note),
    )


def as_declared(assignment: Assignment) -> ConflictDeclared:
    """That somebody keeps themselves out."""
    assert assignment.about is not None
    return ConflictDeclared(
        subject=assignment.id,
        subject_version=assignment.version,
        holder=assignment.holder,
        about=assignment.about,
        reason=assignment.reason,
        digest=assignment.digest(assignment.note),
    )


def as_alarm(assignment: Assignment) -> AccessChallenged:
    """That somebody broke the glass."""
    assert assignment.about is not None
    assert assignment.role is not None
    assert assignment.period.ends_at is not None
    assert assignment.review_due is not None
    return AccessChallenged(
        subject=assignment.id,
        subject_version=assignment.version,
        holder=assignment.holder,
        role=assignment.role,
        about=assignment.about,
        ends_at=assignment.period.ends_at,
        review_due=assignment.review_due,
        reason=assignment.reason,
        digest=assignment.digest(assignment.note),
    )


def as_ended(assignment: Assignment) -> Event:
    """That it counts no longer."""
    return AssignmentEnded(
        subject=assignment.id,
        subject_version=assignment.version,
        holder=assignment.holder,
        kind=assignment.kind,
        role=assignment.role,
        about=assignment.about,
        reason=assignment.end_reason or "",
    )


def as_reviewed(assignment: Assignment) -> ChallengeReviewed:
    """That it was judged."""
    assert assignment.about is not None
    return ChallengeReviewed(
        subject=assignment.id,
        subject_version=assignment.version,
        holder=assignment.holder,
        about=assignment.about,
        outcome=assignment.outcome or "",
        digest=assignment.digest(assignment.review_note or ""),
    )
