"""A source's kind, its origin and whether the project itself speaks there are stored, in place of a name to guess them from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ORIGINS = {
    "rest": "GitHub",
    "atom": "GitHub",
    "webhook": "GitHub",
    "policy": "GitHub",
    "database": "GitHub Advisory Database",
    "osv": "OSV",
    "kev": "CISA KEV",
}
_AUTHORITATIVE = ("rest", "atom", "webhook", "policy")


def upgrade() -> None:
    op.add_column("sources", sa.Column("authoritative", sa.Boolean(), server_default=sa.false(), nullable=False))
    sources = sa.table("sources", sa.column("door", sa.Text), sa.column("authoritative", sa.Boolean))
    op.execute(sources.update().where(sources.c.door.in_(_AUTHORITATIVE)).values(authoritative=sa.true()))
    for table, old, new in (
        ("sources", "door", "origin"),
        ("advisory_reports", "door", "origin"),
        ("releases", "doors", "origins"),
        ("advisories", "doors", "origins"),
    ):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        _rename_values(table, new)


def _rename_values(table: str, column: str) -> None:
    """Each list of names that occurs, once: there are few, however many facts."""
    rows = sa.table(table, sa.column(column, sa.Text))
    stored = rows.c[column]
    for (names,) in op.get_bind().execute(sa.select(stored).distinct()).all():
        origins = ",".join(dict.fromkeys(_ORIGINS.get(name, name) for name in names.split(",")))
        op.execute(rows.update().where(stored == names).values({column: origins}))
