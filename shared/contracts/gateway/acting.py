"""What the directory answers about acting for somebody else: citizens by mandate, staff by delegation."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Code, Department, Moment, Request, View
from shared.contracts.paging import Cursor, Limit, Page


class AuthorityView(View):
    """Who may act for whom, and until when."""

    id: UUID
    kind: Literal["mandate", "delegation"]
    principal: UUID
    """Who is acted for: a contact (mandate) or a member of staff (delegation)."""
    representative: UUID
    """Who acts: a contact (mandate) or a member of staff (delegation)."""
    roles: tuple[Code, ...] = ()
    """In which roles, for a delegation."""
    department: Department
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    in_force: bool
    reason: Code
    granted_by: UUID
    granted_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    end_reason: Code | None = None


class GrantMandate(Request[AuthorityView], service="gateway", writes=True):
    """Let one contact act for another: given by the other themselves, or by staff who saw the proof."""

    principal: UUID
    representative: UUID
    begins_at: Moment | None = None
    ends_at: Moment
    reason: Code


class DelegateDuties(Request[AuthorityView], service="gateway", writes=True):
    """Let a colleague act in some of one's own roles while one is away."""

    representative: UUID
    roles: Annotated[tuple[Code, ...], Field(min_length=1, max_length=10)]
    begins_at: Moment | None = None
    ends_at: Moment
    reason: Code


class EndAuthority(Request[AuthorityView], service="gateway", writes=True):
    """End a mandate or a delegation, at once."""

    authority_id: UUID
    reason: Code


class ListAuthorities(Request[Page[AuthorityView]], service="gateway"):
    """Whom the caller may act for and who may act for them; for oversight, everybody's. Newest first."""

    principal: UUID | None = None
    representative: UUID | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
