"""Since when rooms and sources are configured, what a source's own clock said last, and what of it could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("began_at", sa.BigInteger(), nullable=True))
    op.add_column("sources", sa.Column("server_at", sa.BigInteger(), nullable=True))
    op.add_column("sources", sa.Column("gap", sa.Text(), nullable=True))
    op.add_column("hearings", sa.Column("began_at", sa.BigInteger(), nullable=True))
    op.add_column("hearings", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.add_column("hearings", sa.Column("owed", sa.Boolean(), server_default=sa.false(), nullable=False))
