"""What the cases service tells."""

from uuid import UUID

from shared.contracts.base import Event


class CaseTypeAdded(Event, key="case_type.added.v1", source="cases"):
    """A draft version of a case type was stored. Heard by audit."""

    key: str
    version: int
    digest: str


class CaseTypeActivated(Event, key="case_type.activated.v1", source="cases"):
    """New cases now follow this version. Heard by audit."""

    key: str
    version: int
    digest: str


class CaseOpened(Event, key="case.opened.v1", source="cases"):
    """A case now exists. Heard by notifications, which writes to the contact where a template is named; by audit."""

    reference: str
    case_type: str
    case_type_version: int
    contact_id: UUID
    state: str
    prefilled: tuple[str, ...] = ()
    template: str | None = None
    """The message the case type wants sent; nothing is sent where it is absent."""


class CaseEventTaken(Event, key="case.event_taken.v1", source="cases"):
    """A step was taken. Heard by audit, and by whoever follows a process."""

    reference: str
    case_type: str
    case_type_version: int
    contact_id: UUID
    event: str
    from_state: str
    to_state: str
    fields: tuple[str, ...] = ()
    resource_digest: str | None = None
    """Salted digest of the outside resource's name on migrated steps."""


class CaseDecided(Event, key="case.decided.v1", source="cases"):
    """A decision was made. Heard by notifications, which tells the contact; by audit."""

    reference: str
    case_type: str
    case_type_version: int
    contact_id: UUID
    event: str
    outcome: str
    template: str | None = None


class ContactDataRead(Event, key="contact_data.read.v1", source="cases"):
    """A case was filled with a contact's details. Recorded in the same transaction as their use. Heard by audit."""

    contact_id: UUID
    case_id: UUID
    fields: tuple[str, ...]
    purpose: str
