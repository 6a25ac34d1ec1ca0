"""What the cases service answers."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Code, Department, Line, Note, Request, Storable, Version, View
from shared.contracts.paging import Cursor, Limit, Page
from shared.contracts.sights import Several, Sights

BundleText = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200_000), Storable]
Data = Annotated[dict[str, Any], Field(max_length=200)]
"""A form's answers: validated against the case type's JSON Schema."""


class CaseTypeView(View):
    """One version of a case type. Once active it never changes."""

    key: str
    version: int
    title: str
    status: Literal["draft", "active", "retired"]
    digest: str
    """SHA-256 of the bundle's text: the version is what it was, for as long as it is kept."""
    bundle: str | None = None
    activated_at: AwareDatetime | None = None
    hidden: tuple[str, ...] = ()


class StepView(View):
    """An event that may be taken now, and what it asks for."""

    event: str
    title: str
    form: dict[str, Any] = Field(default_factory=dict)


class CaseView(View):
    """A case as the caller may see it."""

    id: UUID
    reference: str
    case_type: str
    case_type_version: int
    contact_id: UUID | None = None
    state: str
    state_title: str | None = None
    """The state in words: for a citizen, in the words meant for them."""
    closed: bool
    outcome: str | None = None
    data: dict[str, Any] | None = None
    department: Department
    assigned_to: UUID | None = None
    due_on: str | None = None
    opened_at: AwareDatetime
    version: int
    steps: tuple[StepView, ...] = ()
    prefilled: tuple[str, ...] = ()
    """Which answers came from what government already knew."""
    external_reference: str | None = None
    source: str | None = None
    hidden: tuple[str, ...] = ()


class CaseSummary(View):
    """One line of a worklist: no answers, no names."""

    id: UUID
    reference: str
    case_type: str
    contact_id: UUID | None = None
    state: str
    closed: bool
    department: Department
    assigned_to: UUID | None = None
    due_on: str | None = None
    opened_at: AwareDatetime
    version: int
    external_reference: str | None = None
    source: str | None = None
    hidden: tuple[str, ...] = ()


class CaseEventView(View):
    """One step taken on a case: from where to where, by whom, under which version of the rules."""

    sequence: int
    event: str
    title: str | None = None
    """What the step was called, in the version of the rules under which it was taken."""
    from_state: str | None
    to_state: str
    case_type_version: int
    actor: UUID
    resource: str | None = None
    comment: str | None = None
    fields: tuple[str, ...] = ()
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    hidden: tuple[str, ...] = ()


class AddCaseType(Request[CaseTypeView], service="cases", writes=True):
    """Store a bundle as the next draft version of its case type; refused with every fault named."""

    bundle: BundleText


class ActivateCaseType(Request[CaseTypeView], service="cases", writes=True):
    """New cases take this version from now on. It never changes again; running cases keep theirs."""

    key: Code
    version: Version


class GetCaseType(Request[CaseTypeView], service="cases"):
    """One version of a case type, the active one where none is named."""

    key: Code
    version: Version | None = None


class ListCaseTypes(Request[Page[CaseTypeView]], service="cases"):
    """The case types, by key and version."""

    limit: Limit = 20
    cursor: Cursor | None = None


class OpenCase(Request[CaseView], service="cases", writes=True):
    """Open a case of the active version of a type for a contact, its form filled with what is known already."""

    case_type: Code
    contact_id: UUID
    data: Data = Field(default_factory=dict)
    department: Department | None = None
    external_reference: Line | None = Field(default=None, description="The key the case has where it comes from.")
    source: Code | None = None
    occurred_at: AwareDatetime | None = Field(default=None, description="For the migration role: when it was opened.")


class TakeCaseEvent(Request[CaseView], service="cases", writes=True):
    """Take one step on a case that is still at `version`. An illegal step is a Conflict that names the legal ones."""

    case_id: UUID
    version: Version
    event: Code
    data: Data = Field(default_factory=dict)
    comment: Note | None = None
    occurred_at: AwareDatetime | None = Field(default=None, description="For the migration role: when it happened.")
    resource: Line | None = Field(default=None, description="For the migration role: who did it, where it came from.")


class GetCase(Request[CaseView], service="cases"):
    """One case, with the steps that this caller may take now."""

    case_id: UUID


class ListCases(Request[Page[CaseSummary]], service="cases"):
    """The cases the caller may see, the most urgent first: by due date, then by age."""

    contact_id: UUID | None = None
    case_type: Code | None = None
    state: Code | None = None
    assigned_to: UUID | None = None
    open: bool | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class ListCaseEvents(Request[Page[CaseEventView]], service="cases"):
    """The history of a case, in the order it was recorded."""

    case_id: UUID
    limit: Limit = 20
    cursor: Cursor | None = None


class SeeCases(Request[Sights], service="cases"):
    """Which of these cases the caller may see. For services that pass on news of them."""

    ids: Several
