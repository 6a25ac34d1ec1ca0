"""Contacts in PostgreSQL."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, Text, bindparam, case, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from services.contacts.adapters.tables import contact as table
from services.contacts.application.ports import Terms
from services.contacts.domain.contact import Contact, Details, Origin
from services.contacts.domain.errors import ContactExists, ContactUnknown
from services.contacts.domain.naming import fold
from shared.authz.reach import Reach
from shared.persistence import paging
from shared.persistence.prepared import Prepared
from shared.persistence.reaching import rows_within

EXACT, BEGINS, RESEMBLES = 0, 1, 2
ORDERED_BY = 40
"""How many characters of a name decide its place in a list: a cursor has to hold them, in whatever script they are."""
GET = Prepared(select(table).where(table.c.id == bindparam("id")))
LOCK = Prepared(select(table).where(table.c.id == bindparam("id")).with_for_update())


class SqlContacts:
    """The contacts of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Contact:
        return self._one(GET, id)

    def lock(self, id: UUID) -> Contact:
        return self._one(LOCK, id)

    def among(self, ids: Sequence[UUID]) -> Sequence[Contact]:
        return [_contact(row) for row in self._connection.execute(select(table).where(table.c.id.in_(ids)))]

    def add(self, contact: Contact) -> None:
        try:
            with self._connection.begin_nested() if contact.origin else nullcontext():
                self._connection.execute(insert(table).values(_row(contact)))
        except IntegrityError as error:
            existing = self.from_origin(contact.origin) if contact.origin else None
            if existing is None:
                raise
            raise ContactExists(contact_id=str(existing)) from error

    def save(self, contact: Contact) -> None:
        row = _row(contact)
        self._connection.execute(update(table).where(table.c.id == row.pop("id")).values(row))

    def from_origin(self, origin: Origin) -> UUID | None:
        found = select(table.c.id).where(
            table.c.source == origin.source, table.c.external_reference == origin.reference
        )
        return self._connection.execute(found).scalar()

    def find(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Contact], str | None]:
        tier: Any = literal(EXACT, Integer)
        begun: Any = literal("", Text)
        within = rows_within(reach, belongs_to=(table.c.id,), department=table.c.department, contact=table.c.id)
        query = select(table).where(within)
        if terms.email is not None:
            query = query.where(table.c.email == terms.email)
        if terms.phone is not None:
            query = query.where(table.c.phone == terms.phone)
        if terms.reference is not None:
            query = query.where(table.c.reference == terms.reference)
        if terms.name is not None:
            begins = table.c.name_folded.startswith(terms.name, autoescape=True)
            tier = case((table.c.name_folded == terms.name, EXACT), (begins, BEGINS), else_=RESEMBLES)
            query = query.where(or_(begins, table.c.name_folded.op("%")(terms.name)))
            begun = func.left(table.c.name_folded, ORDERED_BY)
        position = (tier, begun, table.c.id)
        if after is not None:
            query = query.where(tuple_(*position) > tuple_(*map(literal, paging.decode(after, int, str, UUID))))
        rows = self._connection.execute(
            query.add_columns(tier.label("tier"), begun.label("begun")).order_by(*position).limit(limit + 1)
        ).all()
        kept, following = paging.page(rows, limit, lambda row: (row.tier, row.begun, row.id))
        return [_contact(row) for row in kept], following

    def _one(self, query: Prepared, id: UUID) -> Contact:
        row = query.one_or_none(self._connection, id=id)
        if row is None:
            raise ContactUnknown
        return _contact(row)


def _contact(row: Any) -> Contact:
    return Contact(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        department=row.department,
        details=Details(row.name, row.email, row.phone, row.language),
        registered_at=row.registered_at,
        origin=Origin(row.source, row.external_reference) if row.source else None,
        version=row.version,
    )


def _row(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "reference": contact.reference,
        "kind": contact.kind,
        "department": contact.department,
        "name": contact.details.name,
        "name_folded": fold(contact.details.name),
        "email": contact.details.email,
        "phone": contact.details.phone,
        "language": contact.details.language,
        "source": contact.origin.source if contact.origin else None,
        "external_reference": contact.origin.reference if contact.origin else None,
        "registered_at": contact.registered_at,
        "version": contact.version,
    }
