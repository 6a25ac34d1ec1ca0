"""The tables of browser sessions."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.gateway.adapters.metadata import metadata

session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True, comment="How lists and events name it"),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="SHA-256 of what the browser holds"),
    Column("actor", Uuid, ForeignKey("actor.id"), nullable=False, index=True, comment="Whose it is"),
    Column("issuer", Text, nullable=False, comment="Who vouched for them"),
    Column("sid", Text, comment="The issuer's name for its own session"),
    Column("identity", JSONB, nullable=False, comment="Kind, roles, department, assurance as the issuer said"),
    Column("department", Text, nullable=False, comment="As in identity, for the wall"),
    Column("assurance", Text, nullable=False, comment="As in identity, for the list"),
    Column("version", Integer, nullable=False, comment="Of its events"),
    Column("browser", Text, nullable=False, comment="The family of browsers, as a code"),
    Column("began_at", DateTime(timezone=True), nullable=False, comment="When they signed in"),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="When it was last used, to the minute"),
    Column("ends_at", DateTime(timezone=True), nullable=False, index=True, comment="When it ends whatever happens"),
    Column("refresh", LargeBinary, comment="The issuer's refresh token, sealed (AES-GCM)"),
    Column("renew_at", DateTime(timezone=True), comment="When the issuer must be asked again"),
    Column("renewing_until", DateTime(timezone=True), comment="Until when one replica alone asks"),
    Index("ix_session_issuer_sid", "issuer", "sid"),
    comment="A browser that somebody is signed in with. Personal data: none but ids. Deleted when it ends.",
)

spent = Table(
    "spent",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="SHA-256 of what was used"),
    Column(
        "until",
        DateTime(timezone=True),
        nullable=False,
        index=True,
        comment="When it would be too old to be used anyway",
    ),
    comment="What was used once: answers to a sign-in, logout tokens. Personal data: none. Kept for hours.",
)
