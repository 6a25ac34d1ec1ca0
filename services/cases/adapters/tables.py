"""The tables of cases, and what is personal in them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.persistence.conventions import metadata as new_metadata
from shared.persistence.floor import floor_tables

metadata = new_metadata()
floor = floor_tables(metadata)

case_type = Table(
    "case_type",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("permissive", Boolean, nullable=False),
    Column("department", Text, nullable=False),
    Column("digest", Text, nullable=False, comment="SHA-256 of the bundle's text"),
    Column("bundle", Text, nullable=False, comment="Never changes"),
    Column("added_by", Uuid, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("activated_at", DateTime(timezone=True)),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("key", "digest"),
    comment="The rules that cases follow. Personal data: none. Kept as long as a case was decided under them.",
)
Index("ix_case_type_active", case_type.c.key, unique=True, postgresql_where=text("status = 'active'"))

case_record = Table(
    "case_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("case_type", Text, nullable=False),
    Column("case_type_version", Integer, nullable=False),
    Column("contact_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("outcome", Text),
    Column("data", JSONB, nullable=False, comment="The answers"),
    Column("prefilled", ARRAY(Text), nullable=False),
    Column("department", Text, nullable=False),
    Column("assigned_to", Uuid),
    Column("due_on", Date),
    Column("opened_at", DateTime(timezone=True), nullable=False, comment="When it began"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="When we learned of it"),
    Column("closed_at", DateTime(timezone=True)),
    Column("opened_by", Uuid, nullable=False),
    Column("source", Text),
    Column("external_reference", Text),
    Column("version", Integer, nullable=False),
    UniqueConstraint("source", "external_reference"),
    ForeignKeyConstraint(["case_type", "case_type_version"], ["case_type.key", "case_type.version"]),
    comment="One matter of one contact. Personal data: data. Basis: public task, or the law behind the case type. "
    "Kept for the term of the case type's outcome after closing.",
)
DUE = literal_column("COALESCE(case_record.due_on, DATE '9999-12-31')", Date)
"""What worklists are sorted by: what has no deadline comes last."""
_DUE = text("COALESCE(due_on, DATE '9999-12-31')")
Index(
    "ix_case_record_worklist",
    _DUE,
    case_record.c.opened_at,
    case_record.c.id,
    postgresql_where=text("NOT closed"),
    _table=case_record,
)
Index("ix_case_record_all", _DUE, case_record.c.opened_at, case_record.c.id, _table=case_record)
Index("ix_case_record_contact_id", case_record.c.contact_id, case_record.c.opened_at)
Index(
    "ix_case_record_assigned_to",
    case_record.c.assigned_to,
    case_record.c.opened_at,
    postgresql_where=text("assigned_to IS NOT NULL"),
)

case_event = Table(
    "case_event",
    metadata,
    Column("case_id", Uuid, ForeignKey("case_record.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("case_type_version", Integer, nullable=False),
    Column("actor", Uuid, nullable=False),
    Column("on_behalf_of", Uuid),
    Column("fields", ARRAY(Text), nullable=False),
    Column("answers", JSONB(none_as_null=True), comment="What this step changed, null where an answer was taken back"),
    Column("comment", Text),
    Column("resource", Text, comment="Who did it, where it came from; on migrated steps"),
    Column("salt", LargeBinary, comment="Erased with the resource, after which its digest says nothing"),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="What was done on cases. Personal data: answers, comment, resource. Basis: public task. "
    "Append-only; kept and disposed of with its case.",
)
