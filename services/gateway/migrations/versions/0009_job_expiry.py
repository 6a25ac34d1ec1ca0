"""Jobs are forgotten by when they expire.

The table is small; a lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_job_expires_at ON job (expires_at)")


def downgrade() -> None:
    op.drop_index("ix_job_expires_at", table_name="job")
