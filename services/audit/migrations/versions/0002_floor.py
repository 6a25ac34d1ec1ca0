"""Outbox, stream, inbox, command: what the log tells of itself goes the way of every other fact."""

from uuid import uuid4

from alembic import op
from sqlalchemy import text

from shared.persistence.floor import BEGIN_STREAM, FLOOR_SQL

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in FLOOR_SQL:
        op.execute(statement)
    op.get_bind().execute(text(BEGIN_STREAM), {"producer": "audit", "epoch": str(uuid4())})
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_sequencer') THEN "
        "GRANT SELECT, INSERT ON outbox TO audit_sequencer; END IF; END $$"
    )


def downgrade() -> None:
    op.execute("DROP TABLE outbox, stream, inbox, command")
