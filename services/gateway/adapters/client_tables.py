"""Systems that call the API by themselves."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.adapters.metadata import metadata

client = Table(
    "client",
    metadata,
    Column("id", Uuid, primary_key=True, comment="Its id as an actor, and its client_id"),
    Column("name", Text, nullable=False),
    Column("owner", Uuid, nullable=False, comment="The member of staff who answers for it"),
    Column("department", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("registered_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True), comment="When it last got a token"),
    comment="Systems that call the API. Personal data: none but the owner's id.",
)
Index("ix_client_department", client.c.department, client.c.registered_at.desc(), client.c.id.desc())
Index("ix_client_owner", client.c.owner)

client_key = Table(
    "client_key",
    metadata,
    Column("client_id", Uuid, ForeignKey("client.id"), primary_key=True),
    Column("kid", Text, primary_key=True, comment="Its RFC 7638 thumbprint"),
    Column("jwk", Text, nullable=False, comment="Public only"),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    comment="The public keys that a system proves itself with. Personal data: none.",
)

client_assertion = Table(
    "client_assertion",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="SHA-256 of client and jti"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    comment="Assertions that were used once, until they expire. Personal data: none.",
)
Index("ix_client_assertion_expires_at", client_assertion.c.expires_at)
