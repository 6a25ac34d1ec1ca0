"""What the directory answers about roles that are given for a time, and about what keeps somebody out."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Code, Department, Moment, Request, Storable, View
from shared.contracts.gateway.staff import Note
from shared.contracts.paging import Cursor, Limit, Page

AssignmentKind = Literal["standard", "specific", "challenged", "excluded"]
SHORTEST_ACCOUNT = 10
Account = Annotated[
    str,
    StringConstraints(strict=True, min_length=SHORTEST_ACCOUNT, max_length=2_000, strip_whitespace=True),
    Storable,
]
"""Why, in words that another person can judge."""


class AssignmentView(View):
    """A role that somebody has for a time, or what keeps them out."""

    id: UUID
    holder: UUID
    kind: AssignmentKind
    role: Code | None = None
    """None for an exclusion: it takes every role away."""
    about: UUID | None = None
    """The case or contact it is for; None for a standard role, which is for all."""
    department: Department
    begins_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    in_force: bool
    reason: Code
    note: str | None = None
    granted_by: UUID
    granted_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    ended_by: UUID | None = None
    end_reason: Code | None = None
    review_due: AwareDatetime | None = None
    """By when somebody else must have judged a challenged one."""
    reviewed_at: AwareDatetime | None = None
    reviewed_by: UUID | None = None
    outcome: Literal["justified", "unjustified"] | None = None
    hidden: tuple[str, ...] = ()


class AssignRole(Request[AssignmentView], service="gateway", writes=True):
    """Give somebody else a role, everywhere (standard) or for one case or contact (specific), or keep them out of it."""

    staff_id: UUID
    kind: Literal["standard", "specific", "excluded"] = "standard"
    role: Code | None = None
    about: UUID | None = None
    begins_at: Moment | None = Field(default=None, description="Now, where absent; may lie ahead.")
    ends_at: Moment | None = None
    reason: Code
    note: Note = ""


class EndAssignment(Request[AssignmentView], service="gateway", writes=True):
    """Take a role back, or lift an exclusion, from now on."""

    assignment_id: UUID
    reason: Code


class GetAssignment(Request[AssignmentView], service="gateway"):
    """One assignment, by id."""

    assignment_id: UUID


class ListAssignments(Request[Page[AssignmentView]], service="gateway"):
    """The assignments that the caller may see and that match every term given, newest first."""

    staff_id: UUID | None = None
    kind: AssignmentKind | None = None
    role: Code | None = None
    about: UUID | None = None
    in_force: bool | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class DeclareConflict(Request[AssignmentView], service="gateway", writes=True):
    """Keep yourself out of a case or away from a contact. Only somebody else can lift it."""

    about: UUID
    reason: Code = "conflict_of_interest"
    note: Note = ""


class ChallengeAccess(Request[AssignmentView], service="gateway", writes=True):
    """Give yourself a role for one case or contact in an emergency: short, told as an alarm, judged afterwards."""

    about: UUID
    role: Code
    minutes: Annotated[int, Field(ge=1, le=1_440, strict=True)] = Field(
        default=60, description="How long it is needed; ends at the latest when the suite's limit or the UTC day does."
    )
    reason: Code
    note: Account


class ReviewChallenge(Request[AssignmentView], service="gateway", writes=True):
    """Judge somebody else's emergency access. An unjustified one ends at once."""

    assignment_id: UUID
    outcome: Literal["justified", "unjustified"]
    note: Note = ""


class ListChallenges(Request[Page[AssignmentView]], service="gateway"):
    """The emergency accesses that nobody has judged yet, or that were judged; the longest due first."""

    reviewed: bool = False
    overdue: bool | None = Field(default=None, description="Only those whose judgement is late, or is not.")
    limit: Limit = 20
    cursor: Cursor | None = None
