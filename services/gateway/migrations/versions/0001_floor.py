"""The tables every store has, and the beginning of this store's stream.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shared.persistence.floor import FLOOR_SQL

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in FLOOR_SQL:
        op.execute(statement)
    op.execute(
        sa.text(
            "INSERT INTO stream (producer, epoch, numbered, published, head) "
            "VALUES ('gateway', :epoch, 0, 0, decode(repeat('00', 32), 'hex'))"
        ).bindparams(epoch=str(uuid4()))
    )


def downgrade() -> None:
    for table in ("command", "inbox", "stream", "outbox"):
        op.drop_table(table)
