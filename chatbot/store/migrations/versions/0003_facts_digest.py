"""Announcements are compared by a digest of the facts they show; 0 as template marks those whose digest is of the former kind."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("template", sa.Integer(), server_default="0", nullable=False))
