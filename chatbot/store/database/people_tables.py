"""The tables of people: who they are, what they subscribed to, what they muted, and which fan-outs are under way."""

import sqlalchemy as sa

from chatbot.store.database.columns import Address, Moment, Number, metadata

room_watches = sa.Table(
    "room_watches",  # what rooms watch by command
    metadata,
    sa.Column("room", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("repository", sa.Text, nullable=False, server_default=""),  # where nobody configured the project
    sa.Column("server", sa.Text, nullable=False, server_default=""),  # that the room belongs to
    sa.Column("options", sa.Text, nullable=False, server_default="{}"),  # JSON
    sa.Column("began_at", Moment, nullable=False),  # by our clock
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("person", Address, primary_key=True),  # their address
    sa.Column("dm", Address, nullable=False, server_default="", index=True),  # their DM as a room
    sa.Column("trouble", sa.Text, nullable=False, server_default=""),  # why nothing is sent to them
    sa.Column("lost_at", Moment),  # since when they cannot be reached
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("person", Address, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # version, line, project
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("min_severity", sa.Text, nullable=False),
    sa.Column("releases", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("confirmed_at", Moment, nullable=False),
    sa.Column("unconfirmed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("home", Address, nullable=False, server_default=""),
    sa.Column("via", sa.Text, nullable=False, server_default="dm"),
    sa.Column("runs", sa.Text, nullable=False, server_default=""),  # of a line: the version that they upgraded to
    sa.Column("runs_since", Moment),
    sa.UniqueConstraint("person", "project", "kind", "name", name="uq_subscriptions_scope"),
    sa.Index("ix_subscriptions_project", "project", "person"),
    sqlite_autoincrement=True,
)

line_roles = sa.Table(
    "line_roles",  # the roles of servers that stand for release lines
    metadata,
    sa.Column("server", sa.Text, primary_key=True),  # as its chat calls it
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("line", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False, server_default=""),  # its id there; empty while it is being made
    sa.Column("adopted", sa.Boolean, nullable=False, server_default=sa.false()),  # somebody else made it
    sa.Column("retired_at", Moment),  # since when nobody is pinged by it
)

room_servers = sa.Table(
    "room_servers",  # to which server a room with line roles belongs
    metadata,
    sa.Column("room", Address, primary_key=True),
    sa.Column("server", sa.Text, nullable=False),
)

mutes = sa.Table(
    "mutes",  # advisories of which a person wants to hear nothing more
    metadata,
    sa.Column("person", Address, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("advisory", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

snoozes = sa.Table(
    "snoozes",  # alerts that a person asked to be reminded of
    metadata,
    sa.Column("person", Address, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("advisory", sa.Text, primary_key=True),
    sa.Column("due", Moment, nullable=False, index=True),
)

fan_outs = sa.Table(
    "fan_outs",  # news whose subscribers are being gone through
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # advisory, release
    sa.Column("name", sa.Text, primary_key=True),  # the advisory's id, the release's tag
    sa.Column("person", sa.Text, primary_key=True, server_default=""),  # for them alone; empty: for everybody
    sa.Column("lane", sa.SmallInteger, nullable=False),  # the most urgent first
    sa.Column("after", sa.Text, nullable=False, server_default=""),  # the DM of the last person who was gone through
    sa.Column("requested_at", Moment, nullable=False),
)

fan_out_facts = sa.Table(
    "fan_out_facts",  # the facts of which subscribers were last gone through, or are at present
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("advised", sa.Text, nullable=False, server_default="[]"),  # tags that some alert recommends
    sa.Column("at", Moment, nullable=False),
)

forgotten = sa.Table(
    "forgotten",  # who was forgotten, so that a restored backup forgets them too
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # of their address, salted
    sa.Column("at", Moment, nullable=False),
)

# ---- digests and reminders -------------------------------------------------------------------------------------------------

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("announcement", sa.Text, primary_key=True),
    sa.Column("room", sa.Text, nullable=False, index=True),
    sa.Column("due", Moment, nullable=False),  # when it was due, not when it was posted
    sa.Column("label", sa.Text, nullable=False),  # which digest it says that it is
)

digest_items = sa.Table(
    "digest_items",
    metadata,
    sa.Column("announcement", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False, index=True),
    sa.Column("announced", sa.Boolean, nullable=False),  # security news, which the digest repeats
    sa.Column("digest", sa.Text, nullable=False),  # of the facts that it shows
    sa.Column(
        "policy", sa.Text, nullable=False, server_default=""
    ),  # of a changed policy: its words, which never change
)

findings = sa.Table(
    "findings",  # what a project's maintainers were told to put right, and what is not put right yet
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("room", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),  # when it was last said
)

reminders = sa.Table(
    "reminders",  # the last reminder of each line in each room
    metadata,
    sa.Column("room", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("line", sa.Text, primary_key=True),
    sa.Column("until", sa.Text),  # the day that it gave; none where it said that there is none
    sa.Column("stage", sa.Integer, nullable=False),  # days before; -1 where it gave the day alone
    sa.Column("before", sa.Text),  # the day that had been given before, where there is none now
    sa.Index("ix_reminders_project", "project"),
)

# ---- maintainers --------------------------------------------------------------------------------------------------------

maintainer_words = sa.Table(
    "maintainer_words",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person", Address, nullable=False),  # who it was; stays when that person is forgotten
    sa.Column("at", Moment, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("details", sa.Text, nullable=False, server_default="{}"),
    sa.Index("ix_maintainer_words_project", "project", "id"),
)

server_events = sa.Table(
    "server_events",  # planned releases as events of servers
    metadata,
    sa.Column("server", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("room", Address, nullable=False),  # one of the rooms there that were told
    sa.Column("event", sa.Text, nullable=False),  # its id; empty where there is none
    sa.Column("shows", sa.Text, nullable=False),  # the digest of what it shows
    sa.Column("reason", sa.Text, nullable=False),  # why there is none
    sa.Column("at", Moment, nullable=False),
)
