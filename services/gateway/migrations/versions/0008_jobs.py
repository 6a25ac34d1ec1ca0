"""Long work that somebody asked for.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE job (
        id uuid CONSTRAINT pk_job PRIMARY KEY,
        kind text NOT NULL,
        owner uuid NOT NULL,
        department text NOT NULL,
        asked_by text NOT NULL,
        request text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        state text NOT NULL,
        items integer NOT NULL,
        attempts integer NOT NULL,
        leased_until timestamptz,
        content text,
        size bigint,
        error text,
        finished_at timestamptz,
        version integer NOT NULL
    )
    """,
    "CREATE INDEX ix_job_owner ON job (owner, id DESC)",
    "CREATE INDEX ix_job_open ON job (created_at) WHERE state IN ('queued', 'running')",
    "CREATE INDEX ix_job_content ON job (content) WHERE content IS NOT NULL",
    "COMMENT ON COLUMN job.asked_by IS 'The actor as they were then: ids, roles and department'",
    "COMMENT ON COLUMN job.request IS 'What was asked for: codes and ids'",
    "COMMENT ON COLUMN job.leased_until IS 'Until when its worker may be silent'",
    "COMMENT ON COLUMN job.content IS 'SHA-256 of the result, by which it is found'",
    (
        "COMMENT ON TABLE job IS 'Long work. Personal data: none but ids; its result is sealed, and forgotten after "
        "a day.'"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("job")
