"""The table of uploads, and what is personal in it."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text

from services.gateway.adapters.metadata import metadata

upload = Table(
    "upload",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", Uuid, nullable=False, comment="The actor who sends it"),
    Column("department", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("touched_at", DateTime(timezone=True), nullable=False, comment="When something was last sent"),
    Column("file_name", Text, comment="Erased when the upload is refused, cancelled or given up"),
    Column("sha256", Text, comment="Of the file, by which it is found; erased likewise"),
    Column("salt", LargeBinary, comment="Of the digest told; erased likewise"),
    Column("state", Text, nullable=False),
    Column("refusal", Text),
    Column("finished_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    comment="Files that people send. Personal data: file_name. Basis: public task. Forgotten ones go after 30 days.",
)
Index("ix_upload_owner", upload.c.owner, upload.c.id.desc())
Index("ix_upload_touched_at", upload.c.touched_at, postgresql_where=text("state IN ('created', 'receiving')"))
Index("ix_upload_sha256", upload.c.sha256, postgresql_where=text("sha256 IS NOT NULL"))
