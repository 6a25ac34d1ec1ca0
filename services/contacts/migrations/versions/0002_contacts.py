"""Contacts, their history, interactions."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """
    CREATE TABLE contact (
        id uuid CONSTRAINT pk_contact PRIMARY KEY,
        reference text NOT NULL CONSTRAINT uq_contact_reference UNIQUE,
        kind text NOT NULL,
        department text NOT NULL,
        name text NOT NULL,
        name_folded text NOT NULL,
        email text,
        phone text,
        language text NOT NULL,
        source text,
        external_reference text,
        registered_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT uq_contact_source_external_reference UNIQUE (source, external_reference)
    ) WITH (fillfactor = 90)
    """,
    "CREATE INDEX ix_contact_email ON contact (email) WHERE email IS NOT NULL",
    "CREATE INDEX ix_contact_phone ON contact (phone) WHERE phone IS NOT NULL",
    "CREATE INDEX ix_contact_name_folded ON contact (name_folded text_pattern_ops, id)",
    "CREATE INDEX ix_contact_name_trigrams ON contact USING gin (name_folded gin_trgm_ops)",
    (
        "COMMENT ON TABLE contact IS 'People and organisations. Personal data: name, email, phone. Basis: public task. "
        "Kept while a duty lasts.'"
    ),
    """
    CREATE TABLE contact_change (
        contact_id uuid NOT NULL,
        version integer NOT NULL,
        action text NOT NULL,
        fields text[] NOT NULL,
        actor uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT pk_contact_change PRIMARY KEY (contact_id, version)
    )
    """,
    (
        "COMMENT ON TABLE contact_change IS 'Who changed which fields, never what they held. Personal data: none. "
        "Append-only.'"
    ),
    """
    CREATE TABLE interaction (
        id uuid CONSTRAINT pk_interaction PRIMARY KEY,
        contact_id uuid NOT NULL,
        channel text NOT NULL,
        direction text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        case_id uuid,
        department text NOT NULL,
        recorded_by uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        salt bytea NOT NULL
    )
    """,
    "CREATE INDEX ix_interaction_contact_id ON interaction (contact_id, occurred_at DESC, id DESC)",
    "COMMENT ON COLUMN interaction.salt IS 'Erased with the text, after which its digest says nothing'",
    (
        "COMMENT ON TABLE interaction IS 'Touches with contacts. Personal data: subject, body. Basis: public task. "
        "Append-only until erased.'"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE interaction, contact_change, contact")
