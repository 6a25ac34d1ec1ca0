"""What the gateway tells: who saw what, who was refused, and how the directory changed."""

from datetime import datetime
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.gateway.client_events import (
    AuthorityEnded,
    AuthorityGranted,
    ClientChanged,
    ClientRefused,
    ClientRegistered,
)
from shared.contracts.gateway.job_events import JobFinished, JobRequested
from shared.contracts.gateway.upload_events import (
    UploadAccepted,
    UploadCancelled,
    UploadCreated,
    UploadExpired,
    UploadRefused,
)

__all__ = [  # those that stand in a file of their own
    "AuthorityEnded",
    "AuthorityGranted",
    "ClientChanged",
    "ClientRefused",
    "ClientRegistered",
    "JobFinished",
    "JobRequested",
    "UploadAccepted",
    "UploadCancelled",
    "UploadCreated",
    "UploadExpired",
    "UploadRefused",
]


class DataAccessed(Event, key="data.accessed.v1", source="gateway"):
    """Personal data left the suite towards `actor`. Committed before the response was sent. Heard by audit."""

    operation: str
    purpose: str
    subjects: tuple[UUID, ...]
    """The records whose data was in the response: contacts, cases, and what else is about somebody."""
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    kind: str | None = None
    """Whether a member of staff saw it, a citizen or a system."""
    through: tuple[str, ...] = ()
    """By what they were granted for one of the subjects alone: `specific`, or `challenged`, which was an emergency."""
    policies: tuple[str, ...] = ()
    """Of such a read: the policies that let them ask."""


class AccessDenied(Event, key="access.denied.v1", source="gateway"):
    """Somebody known asked for what they may not do, or for what is not there, as far as they may know. Heard by audit."""

    operation: str
    code: str
    policies: tuple[str, ...] = ()


class PolicyErred(Event, key="policy.erred.v1", source="gateway"):
    """An alarm: a policy could not be worked out, and so denied. Heard by audit; whoever keeps policies mends it."""

    operation: str


class ActorEnrolled(Event, key="actor.enrolled.v1", source="gateway"):
    """An identity was seen for the first time and has an internal id from now on. Heard by audit."""

    kind: str
    issuer_digest: str
    """SHA-256 of issuer and subject under the gateway's own salt: no outside identifier is told."""


class StaffProvisioned(Event, key="staff.provisioned.v1", source="gateway"):
    """Somebody works here and is known to the directory. Heard by audit; subscribers learn that there is somebody."""

    fields: tuple[str, ...]
    active: bool


class StaffAmended(Event, key="staff.amended.v1", source="gateway"):
    """What the directory says of a member of staff changed. Heard by audit; subscribers refresh what they keep."""

    fields: tuple[str, ...]


class StaffDeactivated(Event, key="staff.deactivated.v1", source="gateway"):
    """A member of staff may do nothing from now on. Heard by audit; subscribers hand their work to others."""

    reason: str


class StaffReactivated(Event, key="staff.reactivated.v1", source="gateway"):
    """A member of staff is back. Heard by audit; subscribers may give them work again."""

    reason: str


class StaffRemoved(Event, key="staff.removed.v1", source="gateway"):
    """A member of staff is shown no longer. Heard by audit; subscribers forget what they keep."""

    reason: str


class TeamCreated(Event, key="team.created.v1", source="gateway"):
    """A team exists. Heard by audit; subscribers may give it work."""

    lead: UUID | None = None
    members: tuple[UUID, ...] = ()


class TeamChanged(Event, key="team.changed.v1", source="gateway"):
    """A team changed: which fields, who came, who went. Heard by audit; subscribers refresh what they keep."""

    fields: tuple[str, ...]
    lead: UUID | None = None
    came: tuple[UUID, ...] = ()
    went: tuple[UUID, ...] = ()


class TeamRemoved(Event, key="team.removed.v1", source="gateway"):
    """A team is no more. Heard by audit; subscribers hand its work to others."""

    reason: str


class RoleAssigned(Event, key="role.assigned.v1", source="gateway"):
    """Somebody was given a role for a time, or was kept out of something by another. Heard by audit."""

    holder: UUID
    kind: str
    role: str | None = None
    about: UUID | None = None
    begins_at: datetime
    ends_at: datetime | None = None
    reason: str
    digest: str
    """HMAC-SHA-256 of the note under a salt that is stored, and erased, with it."""


class ConflictDeclared(Event, key="conflict.declared.v1", source="gateway"):
    """Somebody keeps themselves out of a case or away from a contact. Heard by audit; whoever gives out work minds it."""

    holder: UUID
    about: UUID
    reason: str
    digest: str
    """As in RoleAssigned."""


class AssignmentEnded(Event, key="assignment.ended.v1", source="gateway"):
    """A role was taken back, or an exclusion lifted, before its time. Heard by audit."""

    holder: UUID
    kind: str
    role: str | None = None
    about: UUID | None = None
    reason: str


class AccessChallenged(Event, key="access.challenged.v1", source="gateway"):
    """An alarm: somebody gave themselves access in an emergency. Heard by audit; whoever oversees must judge it."""

    holder: UUID
    role: str
    about: UUID
    ends_at: datetime
    review_due: datetime
    reason: str
    digest: str
    """As in RoleAssigned."""


class ChallengeReviewed(Event, key="challenge.reviewed.v1", source="gateway"):
    """Somebody judged another's emergency access. Heard by audit."""

    holder: UUID
    about: UUID
    outcome: str
    digest: str
    """As in RoleAssigned, of the judge's note."""


class SessionBegan(Event, key="session.began.v1", source="gateway"):
    """Somebody signed in with a browser. Heard by audit."""

    holder: UUID
    assurance: str
    browser: str


class SessionSteppedUp(Event, key="session.stepped_up.v1", source="gateway"):
    """Somebody signed in showed again, or better, who they are; what their browser held before is worth nothing. Heard by audit."""

    holder: UUID
    assurance: str


class SessionEnded(Event, key="session.ended.v1", source="gateway"):
    """A browser session is no more: who ended it is the actor. Heard by audit."""

    holder: UUID
    assurance: str
    reason: str


class SignInFailed(Event, key="sign_in.failed.v1", source="gateway"):
    """A sign-in with a browser came to nothing. Heard by audit."""

    reason: str
    issuer_digest: str
    """SHA-256 of the issuer's name: which one, where there are several."""
