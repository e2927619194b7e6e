"""The tables of accounts and replicas: what came in by sync, who holds which lease, and notes on the store as a whole."""

import sqlalchemy as sa

from chatbot.store.database.columns import Moment, Number, metadata

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("came_at", Moment, nullable=False, index=True),
    sa.Column("done_at", Moment),
    sa.UniqueConstraint("account", "event", name="uq_inbox_account_event"),
)

sync_tokens = sa.Table(
    "sync_tokens",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
)

sync_rooms = sa.Table(
    "sync_rooms",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("facts", sa.Text, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

notes = sa.Table(
    "notes",  # what concerns the whole store, such as when it was restored
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
