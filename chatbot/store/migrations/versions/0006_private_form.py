"""Whether GitHub's private report form of a project is switched on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("private_form", sa.Text(), server_default="unknown", nullable=False))
