"""Browser sessions, and what may be used once only.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, nullable=False, comment="How lists and events name it"),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of what the browser holds"),
        sa.Column("actor", sa.Uuid, nullable=False, comment="Whose it is"),
        sa.Column("issuer", sa.Text, nullable=False, comment="Who vouched for them"),
        sa.Column("sid", sa.Text, nullable=True, comment="The issuer's name for its own session"),
        sa.Column("identity", JSONB, nullable=False, comment="Kind, roles, department, assurance as the issuer said"),
        sa.Column("department", sa.Text, nullable=False, comment="As in identity, for the wall"),
        sa.Column("assurance", sa.Text, nullable=False, comment="As in identity, for the list"),
        sa.Column("version", sa.Integer, nullable=False, comment="Of its events"),
        sa.Column("browser", sa.Text, nullable=False, comment="The family of browsers, as a code"),
        sa.Column("began_at", moment, nullable=False, comment="When they signed in"),
        sa.Column("seen_at", moment, nullable=False, comment="When it was last used, to the minute"),
        sa.Column("ends_at", moment, nullable=False, comment="When it ends whatever happens"),
        sa.Column("refresh", sa.LargeBinary, nullable=True, comment="The issuer's refresh token, sealed (AES-GCM)"),
        sa.Column("renew_at", moment, nullable=True, comment="When the issuer must be asked again"),
        sa.Column("renewing_until", moment, nullable=True, comment="Until when one replica alone asks"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("digest", name="uq_session_digest"),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_session_actor_actor"),
        comment="A browser that somebody is signed in with. Personal data: none but ids. Deleted when it ends.",
    )
    op.create_index("ix_session_actor", "session", ["actor"])
    op.create_index("ix_session_issuer_sid", "session", ["issuer", "sid"])
    op.create_index("ix_session_ends_at", "session", ["ends_at"])
    op.create_table(
        "spent",
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of what was used"),
        sa.Column("until", moment, nullable=False, comment="When it would be too old to be used anyway"),
        sa.PrimaryKeyConstraint("digest", name="pk_spent"),
        comment="What was used once: answers to a sign-in, logout tokens. Personal data: none. Kept for hours.",
    )
    op.create_index("ix_spent_until", "spent", ["until"])


def downgrade() -> None:
    op.drop_table("spent")
    op.drop_table("session")
