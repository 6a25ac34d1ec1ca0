"""Systems that call the API by themselves, and whom somebody may act for.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE client (
        id uuid CONSTRAINT pk_client PRIMARY KEY,
        name text NOT NULL,
        owner uuid NOT NULL,
        department text NOT NULL,
        purpose text NOT NULL,
        scopes text[] NOT NULL,
        active boolean NOT NULL,
        expires_at timestamptz NOT NULL,
        version integer NOT NULL,
        registered_at timestamptz NOT NULL,
        registered_by uuid NOT NULL,
        changed_at timestamptz NOT NULL,
        last_used_at timestamptz
    )
    """,
    "CREATE INDEX ix_client_department ON client (department, registered_at DESC, id DESC)",
    "CREATE INDEX ix_client_owner ON client (owner)",
    "COMMENT ON COLUMN client.id IS 'Its id as an actor, and its client_id'",
    "COMMENT ON COLUMN client.owner IS 'The member of staff who answers for it'",
    "COMMENT ON COLUMN client.last_used_at IS 'When it last got a token'",
    "COMMENT ON TABLE client IS 'Systems that call the API. Personal data: none but the owner''s id.'",
    """
    CREATE TABLE client_key (
        client_id uuid NOT NULL CONSTRAINT fk_client_key_client_id_client REFERENCES client (id),
        kid text NOT NULL,
        jwk text NOT NULL,
        added_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_client_key PRIMARY KEY (client_id, kid)
    )
    """,
    "COMMENT ON COLUMN client_key.kid IS 'Its RFC 7638 thumbprint'",
    "COMMENT ON COLUMN client_key.jwk IS 'Public only'",
    "COMMENT ON TABLE client_key IS 'The public keys that a system proves itself with. Personal data: none.'",
    """
    CREATE TABLE client_assertion (
        digest bytea CONSTRAINT pk_client_assertion PRIMARY KEY,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_client_assertion_expires_at ON client_assertion (expires_at)",
    "COMMENT ON COLUMN client_assertion.digest IS 'SHA-256 of client and jti'",
    "COMMENT ON TABLE client_assertion IS 'Assertions that were used once, until they expire. Personal data: none.'",
    """
    CREATE TABLE authority (
        id uuid CONSTRAINT pk_authority PRIMARY KEY,
        kind text NOT NULL,
        principal uuid NOT NULL,
        representative uuid NOT NULL,
        roles text[] NOT NULL,
        department text NOT NULL,
        begins_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        reason text NOT NULL,
        granted_by uuid NOT NULL,
        granted_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_by uuid,
        end_reason text
    )
    """,
    "CREATE INDEX ix_authority_representative ON authority (representative, granted_at DESC, id DESC)",
    "CREATE INDEX ix_authority_principal ON authority (principal, granted_at DESC, id DESC)",
    "COMMENT ON COLUMN authority.kind IS 'mandate (between contacts) or delegation (between staff)'",
    "COMMENT ON COLUMN authority.principal IS 'Who is acted for: a contact, or a member of staff'",
    "COMMENT ON COLUMN authority.representative IS 'Who acts: a contact, or a member of staff'",
    "COMMENT ON COLUMN authority.roles IS 'In which of the principal''s roles, for a delegation'",
    "COMMENT ON COLUMN authority.department IS 'The principal''s, for a delegation; else the granter''s'",
    "COMMENT ON TABLE authority IS 'Who may act for whom. Personal data: none but ids. Kept for oversight.'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("authority", "client_assertion", "client_key", "client"):
        op.drop_table(table)
