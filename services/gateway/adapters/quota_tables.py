"""The table of what each client has used of its quotas."""

from sqlalchemy import Column, DateTime, Table, Text

from services.gateway.adapters.metadata import metadata

quota = Table(
    "quota",
    metadata,
    Column("client", Text, primary_key=True, comment="An internal id, or the digest of an address"),
    Column("policy", Text, primary_key=True),
    Column(
        "used_until",
        DateTime(timezone=True),
        nullable=False,
        index=True,
        comment="When all that was used will have been given back",
    ),
    comment="How much of its quotas each client has used. Personal data: none. Kept for minutes.",
    prefixes=["UNLOGGED"],
)
