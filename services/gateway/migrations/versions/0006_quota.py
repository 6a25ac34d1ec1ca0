"""How much of its quota each client has used.

Creates one table and locks none.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    # unlogged: what a crash forgets is at most a minute's quota, and nothing else is slower for it
    """
    CREATE UNLOGGED TABLE quota (
        client text NOT NULL,
        policy text NOT NULL,
        used_until timestamptz NOT NULL,
        CONSTRAINT pk_quota PRIMARY KEY (client, policy)
    ) WITH (fillfactor = 50)
    """,
    "CREATE INDEX ix_quota_used_until ON quota (used_until)",
    "COMMENT ON COLUMN quota.client IS 'An internal id, or the digest of an address'",
    "COMMENT ON COLUMN quota.used_until IS 'When all that was used will have been given back'",
    "COMMENT ON TABLE quota IS 'How much of its quotas each client has used. Personal data: none. Kept for minutes.'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("quota")
