"""The tables of notifications: nothing personal is kept in them."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from shared.persistence.conventions import metadata as new_metadata
from shared.persistence.floor import floor_tables

metadata = new_metadata()
floor = floor_tables(metadata)

template = Table(
    "template",
    metadata,
    Column("key", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    comment="What we write, by version. Personal data: none. Append-only.",
)

message = Table(
    "message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("case_id", Uuid),
    Column("department", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("cause", Uuid, nullable=False, comment="The event that asked for it"),
    Column("reference", Text, nullable=False),
    Column("case_type", Text, nullable=False),
    Column("outcome", Text),
    Column("traceparent", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, comment="A code, or the provider's status codes; never its words"),
    Column("attempts", Integer, nullable=False),
    Column(
        "unread",
        Integer,
        nullable=False,
        server_default="0",
        comment="How often in a row its contact could not be read",
    ),
    Column(
        "due_at", DateTime(timezone=True), nullable=False, comment="When a sender may take it up, or is given up on"
    ),
    Column("language", Text),
    Column("template_version", Integer),
    Column("salt", LargeBinary, comment="Erased with the contact, after which the digest says nothing"),
    Column("digest", Text, comment="HMAC-SHA-256 of the text, which is not kept"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    UniqueConstraint("cause", "template"),
    comment="One outbound item to one recipient. Personal data: none but the contact's id. No text, no address.",
)
Index("ix_message_due", message.c.status, message.c.due_at, postgresql_where=text("status IN ('queued', 'sending')"))
Index("ix_message_contact_id", message.c.contact_id, message.c.id)
Index("ix_message_case_id", message.c.case_id, message.c.id, postgresql_where=text("case_id IS NOT NULL"))
Index("ix_message_status", message.c.status, message.c.id)

attempt = Table(
    "attempt",
    metadata,
    Column("message_id", Uuid, ForeignKey(message.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("detail", Text),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    comment="Tries to hand a message to a provider, each committed before the provider was called. Personal data: none.",
)
