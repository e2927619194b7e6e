"""Tables and columns in the words of the code: watches, what readers were notified for, when something was first posted."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("hearings", "watches")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX hearings_pkey RENAME TO watches_pkey")
    op.execute("ALTER TABLE announcements RENAME COLUMN told TO notified_for")
    op.execute("ALTER TABLE announcements RENAME COLUMN first_said_at TO first_posted_at")
