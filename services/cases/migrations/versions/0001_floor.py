"""Outbox, stream, inbox, command."""

from uuid import uuid4

from alembic import op

from shared.persistence.floor import FLOOR_SQL

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in FLOOR_SQL:
        op.execute(statement)
    op.execute(f"INSERT INTO stream VALUES ('cases', '{uuid4()}', 0, 0, decode(repeat('00', 32), 'hex'))")  # noqa: S608 - a fresh uuid, nobody's words


def downgrade() -> None:
    op.execute("DROP TABLE outbox, stream, inbox, command")
