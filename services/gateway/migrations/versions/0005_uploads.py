"""Files that people send.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE upload (
        id uuid CONSTRAINT pk_upload PRIMARY KEY,
        owner uuid NOT NULL,
        department text NOT NULL,
        media_type text NOT NULL,
        length bigint NOT NULL,
        created_at timestamptz NOT NULL,
        touched_at timestamptz NOT NULL,
        file_name text,
        sha256 text,
        salt bytea,
        state text NOT NULL,
        refusal text,
        finished_at timestamptz,
        version integer NOT NULL
    )
    """,
    "CREATE INDEX ix_upload_owner ON upload (owner, id DESC)",
    "CREATE INDEX ix_upload_touched_at ON upload (touched_at) WHERE state IN ('created', 'receiving')",
    "CREATE INDEX ix_upload_sha256 ON upload (sha256) WHERE sha256 IS NOT NULL",
    "COMMENT ON COLUMN upload.owner IS 'The actor who sends it'",
    "COMMENT ON COLUMN upload.touched_at IS 'When something was last sent'",
    "COMMENT ON COLUMN upload.file_name IS 'Erased when the upload is refused, cancelled or given up'",
    "COMMENT ON COLUMN upload.sha256 IS 'Of the file, by which it is found; erased likewise'",
    "COMMENT ON COLUMN upload.salt IS 'Of the digest told; erased likewise'",
    (
        "COMMENT ON TABLE upload IS 'Files that people send. Personal data: file_name. Basis: public task. "
        "Forgotten ones go after 30 days.'"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE upload")
