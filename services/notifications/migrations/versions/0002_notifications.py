"""Templates, messages, attempts."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE template (
        key text NOT NULL,
        language text NOT NULL,
        version integer NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT pk_template PRIMARY KEY (key, language, version)
    )
    """,
    "COMMENT ON TABLE template IS 'What we write, by version. Personal data: none. Append-only.'",
    """
    CREATE TABLE message (
        id uuid CONSTRAINT pk_message PRIMARY KEY,
        contact_id uuid NOT NULL,
        case_id uuid,
        department text NOT NULL,
        template text NOT NULL,
        cause uuid NOT NULL,
        reference text NOT NULL,
        case_type text NOT NULL,
        outcome text,
        traceparent text NOT NULL,
        status text NOT NULL,
        reason text,
        attempts integer NOT NULL,
        due_at timestamptz NOT NULL,
        language text,
        template_version integer,
        salt bytea,
        digest text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT uq_message_cause_template UNIQUE (cause, template)
    ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)
    """,
    "CREATE INDEX ix_message_due ON message (status, due_at) WHERE status IN ('queued', 'sending')",
    "CREATE INDEX ix_message_contact_id ON message (contact_id, id)",
    "CREATE INDEX ix_message_case_id ON message (case_id, id) WHERE case_id IS NOT NULL",
    "CREATE INDEX ix_message_status ON message (status, id)",
    "COMMENT ON COLUMN message.cause IS 'The event that asked for it'",
    "COMMENT ON COLUMN message.reason IS 'A code, or the provider''s status codes; never its words'",
    "COMMENT ON COLUMN message.due_at IS 'When a sender may take it up, or is given up on'",
    "COMMENT ON COLUMN message.salt IS 'Erased with the contact, after which the digest says nothing'",
    "COMMENT ON COLUMN message.digest IS 'HMAC-SHA-256 of the text, which is not kept'",
    """
    COMMENT ON TABLE message IS
    'One outbound item to one recipient. Personal data: none but the contact''s id. No text, no address.'
    """,
    """
    CREATE TABLE attempt (
        message_id uuid NOT NULL CONSTRAINT fk_attempt_message_id_message REFERENCES message (id),
        number integer NOT NULL,
        outcome text NOT NULL,
        detail text,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT pk_attempt PRIMARY KEY (message_id, number)
    ) WITH (fillfactor = 80)
    """,
    """
    COMMENT ON TABLE attempt IS
    'Tries to hand a message to a provider, each committed before the provider was called. Personal data: none.'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE attempt, message, template")
