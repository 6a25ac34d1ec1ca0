"""How often in a row a message's contact could not be read."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN unread integer NOT NULL DEFAULT 0")
    op.execute("COMMENT ON COLUMN message.unread IS 'How often in a row its contact could not be read'")


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN unread")
