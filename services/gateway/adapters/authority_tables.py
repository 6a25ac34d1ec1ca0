"""Who may act for whom."""

from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.adapters.metadata import metadata

authority = Table(
    "authority",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False, comment="mandate (between contacts) or delegation (between staff)"),
    Column("principal", Uuid, nullable=False, comment="Who is acted for: a contact, or a member of staff"),
    Column("representative", Uuid, nullable=False, comment="Who acts: a contact, or a member of staff"),
    Column("roles", ARRAY(Text), nullable=False, comment="In which of the principal's roles, for a delegation"),
    Column("department", Text, nullable=False, comment="The principal's, for a delegation; else the granter's"),
    Column("begins_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_by", Uuid, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", Uuid),
    Column("end_reason", Text),
    comment="Who may act for whom. Personal data: none but ids. Kept for oversight.",
)
Index("ix_authority_representative", authority.c.representative, authority.c.granted_at.desc(), authority.c.id.desc())
Index("ix_authority_principal", authority.c.principal, authority.c.granted_at.desc(), authority.c.id.desc())
