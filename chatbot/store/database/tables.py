"""The tables: what is remembered, in which columns, and by which indexes it is found again."""

import sqlalchemy as sa

from chatbot.core.delivery import LIVE, UNSETTLED, State
from chatbot.store.database.columns import Address, Moment, Number, metadata
from chatbot.store.database.states import state_text

# ---- knowledge ----------------------------------------------------------------------------------------------------------

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("baseline_at", Moment),
    sa.Column("private_form", sa.Text, nullable=False, server_default="unknown"),  # its forge's: on, off
    sa.Column("lifecycle", sa.Text),  # when its lines are supported, by somebody else's word
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False, index=True),
    sa.Column("origin", sa.Text, nullable=False),  # whose word it is: GitHub, OSV
    sa.Column(
        "kind", sa.Text, nullable=False
    ),  # what it lists: release, advisory, policy; signal for one that lists nothing
    sa.Column(
        "authoritative", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # the project publishes there itself
    sa.Column("cursor", sa.Text, nullable=False, server_default="{}"),
    sa.Column("read_at", Moment),  # the last successful poll
    sa.Column("baseline_at", Moment),  # the first complete listing
    sa.Column("trouble", sa.Text),
    sa.Column("began_at", Moment),  # since when it is configured, by our clock
    sa.Column("server_at", Moment),  # the server's own time at its last answer
    sa.Column("gap", sa.Text),  # what the last whole reading could not get, and why
)

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
)

releases = sa.Table(
    "releases",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("prerelease", sa.Boolean, nullable=False),
    sa.Column("first_read_at", Moment, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("known_before", sa.Boolean, nullable=False),
    sa.Column("promoted_at", Moment),
    sa.Column("missing_since", Moment),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("origins", sa.Text, nullable=False),  # with commas, the first one first
)

advisories = sa.Table(
    "advisories",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, nullable=False),  # what all sources say together
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("first_read_at", Moment, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("known_before", sa.Boolean, nullable=False),
    sa.Column("missing_since", Moment),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("origins", sa.Text, nullable=False),  # with commas, the first one first
)

advisory_ids = sa.Table(
    "advisory_ids",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("alias", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),  # the one it is known by
)

advisory_reports = sa.Table(
    "advisory_reports",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("own_id", sa.Text, primary_key=True),  # the id that this source knows it by
    sa.Column("advisory", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
    sa.Column("missing_since", Moment),
    sa.Index("ix_advisory_reports_advisory", "project", "advisory"),
)

advisory_revisions = sa.Table(
    "advisory_revisions",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("advisory", sa.Text, nullable=False),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_advisory_revisions_advisory", "project", "advisory", "id"),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("project", sa.Text, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("readable", sa.Boolean, nullable=False),
    sa.Column("first_read_at", Moment, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
)

images = sa.Table(
    "images",  # of releases, as their registries last said
    metadata,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "tag", "image")),
    sa.Column("place", sa.Integer, nullable=False),  # among those of its release
    *(sa.Column(name, sa.Text, nullable=False) for name in ("must_have", "presence", "platforms")),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "before", "trouble")),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("first_seen_at", Moment),
    sa.Column("asked_at", Moment),
)

# ---- ledger -------------------------------------------------------------------------------------------------------------

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("room", Address, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("latest", sa.Boolean, nullable=False),
    sa.Index("ix_decisions_subject", "subject", "room", "id"),
)
sa.Index(
    "ix_decisions_held",
    decisions.c.project,
    sqlite_where=sa.text("latest AND verdict = 'hold'"),
    postgresql_where=sa.text("latest AND verdict = 'hold'"),
)

watches = sa.Table(
    "watches",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("room", Address, primary_key=True),
    sa.Column("since", Moment, nullable=False),  # by the source's clock
    sa.Column("began_at", Moment),  # by our clock, until the source's clock has been read
    sa.Column("left_at", Moment),  # when the configuration no longer named the room
    sa.Column("owed", sa.Boolean, nullable=False, server_default=sa.false()),  # the newest release, once
)

announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("room", Address, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of the facts that it shows
    sa.Column(
        "template", sa.Integer, nullable=False, server_default="0"
    ),  # its wording; 0: the digest is of another kind
    sa.Column("notified_for", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False, server_default=""),  # of its first message, once it is in the room
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),  # somebody took it away there
    sa.Column("first_posted_at", Moment, nullable=False),
    sa.Column("parent", sa.Text, nullable=False, server_default=""),  # of a follow-up: the announcement that it answers
    sa.UniqueConstraint("subject", "room", name="uq_announcements_subject_room"),
)
# Rooms and the DMs of people are looked for apart, by these words of `sa.text`, in which a colon alone would begin a parameter.
DIRECT = r"room LIKE '%\:dm\:%'"
NO_DM = r"room NOT LIKE '%\:dm\:%'"
_in_rooms = sa.text(NO_DM)
sa.Index("ix_announcements_project", announcements.c.project, sqlite_where=_in_rooms, postgresql_where=_in_rooms)
_FOLLOW_UP = sa.text("parent <> ''")
sa.Index("ix_announcements_parent", announcements.c.parent, sqlite_where=_FOLLOW_UP, postgresql_where=_FOLLOW_UP)

# ---- outbox -------------------------------------------------------------------------------------------------------------

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("project", sa.Text, nullable=False, server_default=""),
    sa.Column("announcement", sa.Text),  # none for the answer to a question
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("room", Address, nullable=False),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("enqueued_at", Moment, nullable=False),
    sa.Column("first_attempt_at", Moment),
    sa.Column(
        "doubtful", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # an attempt may have reached the room
    sa.Column("settled_at", Moment),  # when it reached a state it may stay in
    sa.Column("reference", sa.Text, nullable=False, server_default=""),
    sa.Column("reply_to", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("not_before", Moment),  # the chat asked to wait until then
    sa.Column("forgiven", sa.Integer, nullable=False, server_default="0"),  # attempts, when it was let go early
    sqlite_autoincrement=True,
)
_BY_QUEUE = (deliveries.c.room, deliveries.c.lane, deliveries.c.id)
for _name, _states, _columns in (  # all indexes but the keys are partial: what is sent leaves them
    ("live", LIVE, _BY_QUEUE),
    ("unsettled", UNSETTLED, (deliveries.c.announcement, deliveries.c.id)),
    ("sending", (State.SENDING,), _BY_QUEUE),
    ("refused", (State.REFUSED,), _BY_QUEUE),
):
    _where = sa.text(state_text(_states))
    sa.Index(f"ix_deliveries_{_name}", *_columns, sqlite_where=_where, postgresql_where=_where)
_direct = sa.text(DIRECT)
sa.Index("ix_deliveries_direct", deliveries.c.room, deliveries.c.id, sqlite_where=_direct, postgresql_where=_direct)

queues = sa.Table(
    "queues",  # whose turn it is: the oldest live delivery of each room and lane
    metadata,
    sa.Column("room", Address, primary_key=True),
    sa.Column("lane", sa.SmallInteger, primary_key=True),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("head", sa.BigInteger),
    sa.Column("due", Moment),  # none while the head is under way
)
_DUE = sa.text("due IS NOT NULL")
sa.Index(
    "ix_queues_due",
    queues.c.chat,
    queues.c.lane,
    queues.c.due,
    queues.c.head,
    sqlite_where=_DUE,
    postgresql_where=_DUE,
)

holds = sa.Table(
    "holds",  # rooms that refuse our messages
    metadata,
    sa.Column("room", Address, primary_key=True),
    sa.Column("chat", sa.Text, nullable=False, index=True),
    sa.Column("until", Moment, nullable=False),
    sa.Column("refusals", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

# ---- parsing ------------------------------------------------------------------------------------------------------------

parsing = sa.Table(
    "parsing",  # what is about to be parsed, and what ended its parser
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of kind, project and content
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("begun_at", Moment),  # none while nobody parses it
    sa.Column("worker_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("strikes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("quarantined_at", Moment),
    sa.Index("ix_parsing_name", "project", "kind", "name"),
)
