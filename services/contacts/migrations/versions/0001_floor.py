"""Outbox, stream, inbox, command."""

from uuid import uuid4

from alembic import op
from sqlalchemy import text

from shared.persistence.floor import BEGIN_STREAM, FLOOR_SQL

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in FLOOR_SQL:
        op.execute(statement)
    op.get_bind().execute(text(BEGIN_STREAM), {"producer": "contacts", "epoch": str(uuid4())})


def downgrade() -> None:
    op.execute("DROP TABLE outbox, stream, inbox, command")
