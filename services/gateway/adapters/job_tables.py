"""Long work that somebody asked for."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, Uuid, text

from services.gateway.adapters.metadata import metadata

job = Table(
    "job",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("owner", Uuid, nullable=False),
    Column("department", Text, nullable=False),
    Column("asked_by", Text, nullable=False, comment="The actor as they were then: ids, roles and department"),
    Column("request", Text, nullable=False, comment="What was asked for: codes and ids"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", DateTime(timezone=True), comment="Until when its worker may be silent"),
    Column("content", Text, comment="SHA-256 of the result, by which it is found"),
    Column("size", BigInteger),
    Column("error", Text),
    Column("finished_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    comment="Long work. Personal data: none but ids; its result is sealed, and forgotten after a day.",
)
Index("ix_job_owner", job.c.owner, job.c.id.desc())
Index("ix_job_open", job.c.created_at, postgresql_where=text("state IN ('queued', 'running')"))
Index("ix_job_expires_at", job.c.expires_at)
Index("ix_job_content", job.c.content, postgresql_where=text("content IS NOT NULL"))
