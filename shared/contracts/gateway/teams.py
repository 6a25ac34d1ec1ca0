"""What the directory answers about teams."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Code, Department, Line, Request, Version, View
from shared.contracts.gateway.staff import Count, Start, Where
from shared.contracts.paging import Counted, Cursor, Limit, Page

MOST_MEMBERS = 1_000
Members = Annotated[tuple[UUID, ...], Field(max_length=MOST_MEMBERS)]


class TeamView(View):
    """Some people who work together."""

    id: UUID
    name: str
    department: Department
    lead: UUID | None = None
    members: tuple[UUID, ...] = ()
    external_id: str | None = None
    version: int
    created_at: AwareDatetime
    changed_at: AwareDatetime


class CreateTeam(Request[TeamView], service="gateway", writes=True):
    """Make a team. Its lead, where it has one, is one of its members."""

    name: Line
    department: Department
    lead: UUID | None = None
    members: Members = ()
    external_id: Line | None = None


class GetTeam(Request[TeamView], service="gateway"):
    """One team, by id."""

    team_id: UUID


class ListTeams(Request[Page[TeamView]], service="gateway"):
    """The teams that the caller may see, by name."""

    department: Department | None = Field(default=None, description="This one and those within it.")
    member: UUID | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class FindTeams(Request[Counted[TeamView]], service="gateway"):
    """The teams for which one of the alternatives holds (all, where none is given), counted, by name."""

    where: Where = ()
    start: Start = 0
    limit: Count = 20


class AmendTeam(Request[TeamView], service="gateway", writes=True):
    """Change a team that is still at `version`. Absent fields stay; `members` replaces, or `add` and `drop` adjust."""

    team_id: UUID
    version: Version
    name: Line | None = None
    department: Department | None = None
    lead: UUID | None = None
    members: Members | None = None
    add: Members = ()
    drop: Members = ()
    external_id: Line | None = None
    remove: tuple[Literal["lead", "external_id"], ...] = ()


class RemoveTeam(Request[TeamView], service="gateway", writes=True):
    """Dissolve a team. Answers with the team as last seen."""

    team_id: UUID
    reason: Code = "dissolved"
