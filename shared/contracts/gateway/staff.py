"""What the directory answers about the people who work for the government."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Code, Department, Line, Message, Request, Storable, Version, View
from shared.contracts.paging import Counted, Cursor, Limit, Page

UserName = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$"), Storable
]
Email = Annotated[
    str,
    StringConstraints(
        strict=True, min_length=3, max_length=320, strip_whitespace=True, pattern=r"^[^\s@<>]+@[^\s@<>]+$"
    ),
    Storable,
]
IssuerUrl = Annotated[str, StringConstraints(strict=True, pattern=r"^https?://[^\s?#]+$", max_length=500)]
Capacity = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Skills = Annotated[tuple[Code, ...], Field(max_length=100)]
Note = Annotated[str, StringConstraints(strict=True, max_length=2_000), Storable]


class StaffView(View):
    """A member of staff as the caller may see them: what is hidden is absent, and named in `hidden`."""

    id: UUID
    """The internal id that events and logs name them by as an actor."""
    user_name: str | None = None
    display_name: str | None = None
    email: str | None = None
    department: Department
    active: bool
    skills: tuple[Code, ...] = ()
    capacity: int | None = None
    """How much work they can have in hand; 0 is none."""
    teams: tuple[UUID, ...] = ()
    roles: tuple[Code, ...] = ()
    """Given by the directory and in force now; an issuer may add its own."""
    external_id: str | None = None
    version: int
    provisioned_at: AwareDatetime
    changed_at: AwareDatetime
    hidden: tuple[str, ...] = ()


class ProvisionStaff(Request[StaffView], service="gateway", writes=True):
    """Make somebody known before they first sign in. Answers with the member of staff as stored."""

    user_name: UserName
    display_name: Line
    email: Email | None = None
    department: Department
    active: bool = True
    skills: Skills = ()
    capacity: Capacity = 0
    external_id: Line | None = Field(
        default=None, description="Their issuer's name for them (`sub`), fixed from now on; the user name where absent."
    )
    issuer: IssuerUrl | None = Field(
        default=None, description="Who vouches for them; may be left out where only one issuer speaks for staff."
    )


class GetStaff(Request[StaffView], service="gateway"):
    """One member of staff, by id."""

    staff_id: UUID


class ListStaff(Request[Page[StaffView]], service="gateway"):
    """The members of staff that the caller may see and that match every term given, by user name."""

    department: Department | None = Field(default=None, description="This one and those within it.")
    active: bool | None = None
    team_id: UUID | None = None
    skill: Code | None = None
    role: Code | None = Field(default=None, description="Given by the directory and in force now.")
    limit: Limit = 20
    cursor: Cursor | None = None


class Condition(Message):
    """One comparison with a field. Texts are compared without regard to case, but for ids."""

    field: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z_]{1,40}$")]
    operator: Literal["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"]
    value: Annotated[str, StringConstraints(strict=True, max_length=400), Storable] = Field(
        default="", description="As text, whatever the field's type; ignored where only presence is asked for (pr)."
    )


class Alternative(Message):
    """Conditions that must all hold."""

    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=20)]


Where = Annotated[tuple[Alternative, ...], Field(max_length=20)]
Start = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Count = Annotated[int, Field(ge=0, le=200, strict=True)]


class FindStaff(Request[Counted[StaffView]], service="gateway"):
    """The members of staff for whom one of the alternatives holds (all, where none is given), counted, by user name."""

    where: Where = ()
    start: Start = 0
    limit: Count = 20


class AmendStaff(Request[StaffView], service="gateway", writes=True):
    """Change a member of staff who is still at `version`. Absent fields stay; one is changed or removed, not both."""

    staff_id: UUID
    version: Version
    user_name: UserName | None = None
    display_name: Line | None = None
    email: Email | None = None
    department: Department | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    external_id: Line | None = Field(default=None, description="As provisioning systems know them; no new identity.")
    remove: tuple[Literal["email", "external_id"], ...] = ()


class DeactivateStaff(Request[StaffView], service="gateway", writes=True):
    """End somebody's access at once, on every replica; what they are on record for stays."""

    staff_id: UUID
    reason: Code = "left"


class ReactivateStaff(Request[StaffView], service="gateway", writes=True):
    """Let somebody back in who was deactivated."""

    staff_id: UUID
    reason: Code = "returned"


class RemoveStaff(Request[StaffView], service="gateway", writes=True):
    """Deactivate somebody and show them no longer. Answers with the member of staff as last seen."""

    staff_id: UUID
    reason: Code = "removed"
