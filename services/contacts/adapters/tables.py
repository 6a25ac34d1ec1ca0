"""The tables of contacts, and what is personal in them."""

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.persistence.conventions import metadata as new_metadata
from shared.persistence.floor import floor_tables

metadata = new_metadata()
floor = floor_tables(metadata)

contact = Table(
    "contact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("source", Text),
    Column("external_reference", Text),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("source", "external_reference"),
    comment="People and organisations. Personal data: name, email, phone. Basis: public task. Kept while a duty lasts.",
)
Index("ix_contact_email", contact.c.email, postgresql_where=text("email IS NOT NULL"))
Index("ix_contact_phone", contact.c.phone, postgresql_where=text("phone IS NOT NULL"))
Index("ix_contact_name_folded", contact.c.name_folded, contact.c.id, postgresql_ops={"name_folded": "text_pattern_ops"})
Index(
    "ix_contact_name_trigrams",
    contact.c.name_folded,
    postgresql_using="gin",
    postgresql_ops={"name_folded": "gin_trgm_ops"},
)

contact_change = Table(
    "contact_change",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("actor", Uuid, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="Who changed which fields, never what they held. Personal data: none. Append-only.",
)

interaction = Table(
    "interaction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("case_id", Uuid),
    Column("department", Text, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("salt", LargeBinary, nullable=False, comment="Erased with the text, after which its digest says nothing"),
    comment="Touches with contacts. Personal data: subject, body. Basis: public task. Append-only until erased.",
)
Index("ix_interaction_contact_id", interaction.c.contact_id, interaction.c.occurred_at.desc(), interaction.c.id.desc())
