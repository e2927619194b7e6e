"""What a chat asked to wait for, and after which attempt waits began anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("not_before", sa.BigInteger(), nullable=True))
    op.add_column("deliveries", sa.Column("forgiven", sa.Integer(), server_default="0", nullable=False))
