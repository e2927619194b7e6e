"""A follow-up is an announcement of its own, so that it can be corrected: it names the one that it answers."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("parent", sa.Text(), server_default="", nullable=False))
    op.execute("CREATE INDEX ix_announcements_parent ON announcements (parent) WHERE parent <> ''")
