"""When a project's release lines are supported, by the word of somebody else than the project."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("lifecycle", sa.Text(), nullable=True))
