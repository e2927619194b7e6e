"""A lease is its holder and its end: since when it is held, and for the how manieth time, nothing ever read."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE leases DROP COLUMN taken_at")
    op.execute("ALTER TABLE leases DROP COLUMN term")
