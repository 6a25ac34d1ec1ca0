"""Outbox, stream, inbox, command: what the log tells of itself goes the way of every other fact."""

from uuid import uuid4

from alembic import op

from shared.persistence.floor import FLOOR_SQL

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in FLOOR_SQL:
        op.execute(statement)
    op.execute(f"INSERT INTO stream VALUES ('audit', '{uuid4()}', 0, 0, decode(repeat('00', 32), 'hex'))")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_sequencer') THEN "
        "GRANT SELECT, INSERT ON outbox TO audit_sequencer; END IF; END $$"
    )


def downgrade() -> None:
    op.execute("DROP TABLE outbox, stream, inbox, command")
