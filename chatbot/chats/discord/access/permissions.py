"""The permissions that the bot needs on a server, each with its purpose: the one list of those who ask for them or check them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission of Discord.

    name: as Discord's settings call it
    flag: as discord.py calls it
    bit: https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
    purpose: what the bot needs it for, in a few words behind "to"
    """

    name: str
    flag: str
    bit: int
    purpose: str


VIEW_CHANNEL = Permission(name="View Channel", flag="view_channel", bit=1 << 10, purpose="see the channel at all")
SEND_MESSAGES = Permission(name="Send Messages", flag="send_messages", bit=1 << 11, purpose="post there, in forums too")
SEND_IN_THREADS = Permission(
    name="Send Messages in Threads",
    flag="send_messages_in_threads",
    bit=1 << 38,
    purpose="post where a room is a thread, and reply below a post of a forum",
)
EMBED_LINKS = Permission(
    name="Embed Links", flag="embed_links", bit=1 << 14, purpose="lay announcements out: without it they are empty"
)
READ_HISTORY = Permission(
    name="Read Message History",
    flag="read_message_history",
    bit=1 << 16,
    purpose="look after a failure whether a message arrived, instead of posting it twice",
)
MENTION_EVERYONE = Permission(
    name="Mention Everyone",
    flag="mention_everyone",
    bit=1 << 17,
    purpose="ping everyone, or a role that not everybody may mention",
)
MANAGE_ROLES = Permission(
    name="Manage Roles",
    flag="manage_roles",
    bit=1 << 28,
    purpose="make the roles of release lines, and give them to those who ask for them",
)
CREATE_EVENTS = Permission(
    name="Create Events",
    flag="create_events",
    bit=1 << 44,
    purpose="make an event of a release that maintainers plan, and move it",
)
MANAGE_MESSAGES = Permission(
    name="Manage Messages",
    flag="manage_messages",
    bit=1 << 13,
    purpose="remove a message when a moderator asks for it",
)

POSTING = (VIEW_CHANNEL, SEND_MESSAGES, SEND_IN_THREADS, EMBED_LINKS, READ_HISTORY)


def needed(
    *,
    pings_everyone: bool = False,
    makes_roles: bool = False,
    makes_events: bool = False,
    removes_messages: bool = False,
) -> tuple[Permission, ...]:
    """What a bot needs that posts. `pings_everyone`: a room's `mention` is everyone or a role; `makes_roles`: a room has
    `line_roles`, whose roles are pinged too."""
    more = {
        MENTION_EVERYONE: pings_everyone or makes_roles,
        MANAGE_ROLES: makes_roles,
        CREATE_EVENTS: makes_events,
        MANAGE_MESSAGES: removes_messages,
    }
    return (*POSTING, *(permission for permission, is_needed in more.items() if is_needed))


def in_a_room(*, is_thread: bool) -> tuple[Permission, ...]:
    """What the bot needs to post in one channel."""
    return tuple(each for each in POSTING if each is not (SEND_MESSAGES if is_thread else SEND_IN_THREADS))


def number_of(permissions: Iterable[Permission]) -> int:
    """All of them as the one number that Discord's links carry."""
    number = 0
    for each in permissions:
        number |= each.bit
    return number
