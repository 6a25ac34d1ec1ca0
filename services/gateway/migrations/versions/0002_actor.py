"""Whom an outside identity is inside.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "actor",
        sa.Column("id", sa.Uuid, nullable=False, comment="The internal id that events and logs carry"),
        sa.Column("issuer", sa.Text, nullable=False, comment="Who vouches for them"),
        sa.Column("subject", sa.Text, nullable=False, comment="The issuer's name for them; never leaves this table"),
        sa.Column("kind", sa.Text, nullable=False, comment="staff, citizen or system, as first seen"),
        sa.Column(
            "salt", sa.LargeBinary, nullable=False, comment="Of the digest told at enrolment; erased with the row"
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("id", name="pk_actor"),
        sa.UniqueConstraint("issuer", "subject", name="uq_actor_issuer_subject"),
        comment="Whom an outside identity is inside. Personal data: subject; kept while audit entries name the id.",
    )


def downgrade() -> None:
    op.drop_table("actor")
