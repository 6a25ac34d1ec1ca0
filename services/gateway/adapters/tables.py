"""The gateway's own tables: who everybody is, the floor's, and those of each noun, gathered from its own file."""

from sqlalchemy import Column, DateTime, LargeBinary, Table, Text, UniqueConstraint, Uuid, text

from services.gateway.adapters import (
    authority_tables,
    client_tables,
    directory_tables,
    job_tables,
    quota_tables,
    session_tables,
    upload_tables,
)
from services.gateway.adapters.metadata import metadata
from shared.persistence.floor import floor_tables

__all__ = [
    "actor",
    "authority_tables",
    "client_tables",
    "directory_tables",
    "floor",
    "job_tables",
    "metadata",
    "quota_tables",
    "session_tables",
    "upload_tables",
]

floor = floor_tables(metadata)

actor = Table(
    "actor",
    metadata,
    Column("id", Uuid, primary_key=True, comment="The internal id that events and logs carry"),
    Column("issuer", Text, nullable=False, comment="Who vouches for them"),
    Column("subject", Text, nullable=False, comment="The issuer's name for them; never leaves this table"),
    Column("kind", Text, nullable=False, comment="staff, citizen or system, as first seen"),
    Column("salt", LargeBinary, nullable=False, comment="Of the digest told at enrolment; erased with the row"),
    Column("enrolled_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("issuer", "subject"),
    comment="Whom an outside identity is inside. Personal data: subject; kept while audit entries name the id.",
)
