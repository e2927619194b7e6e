"""Discord's JSON objects as the stand-in makes them: only the keys that the API promises and clients read."""

import itertools
import time
from datetime import UTC, datetime
from typing import Any

JSON = Any
_EPOCH_MS = 1_420_070_400_000  # https://discord.com/developers/docs/reference#snowflakes
_serial = itertools.count(1)

GROUP_DM = 3
TEXT, DM, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 5, 10, 11, 12, 15


def snowflake() -> str:
    """An id that grows and carries the time of its making."""
    return str(((int(time.time() * 1000) - _EPOCH_MS) << 22) + next(_serial))


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def user(name: str, *, bot: bool = False, identifier: str = "") -> JSON:
    return {
        "id": identifier or snowflake(),
        "username": name,
        "discriminator": "0",
        "global_name": name,
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def member(of: JSON, permissions: int = 0, roles: tuple[str, ...] = ()) -> JSON:
    return {
        "user": of,
        "roles": list(roles),
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "avatar": None,
        "nick": None,
        "pending": False,
        "permissions": str(permissions),
    }


def role(name: str, *, permissions: int = 0, mentionable: bool = False, managed: bool = False) -> JSON:
    return {
        "id": snowflake(),
        "name": name,
        "permissions": str(permissions),
        "position": 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": managed,
        "mentionable": mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def guild(name: str, owner: str, me: JSON) -> JSON:
    identifier = snowflake()
    everyone = role("@everyone", permissions=1071698660929) | {"id": identifier, "position": 0}
    lists = ("emojis", "stickers", "features", "channels", "threads", "voice_states", "presences", "stage_instances")
    return {
        "id": identifier,
        "name": name,
        "owner_id": owner,
        "roles": [everyone],
        "members": [member(me)],
        "member_count": 2,
        "large": False,
        "unavailable": False,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "afk_timeout": 60,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        **{key: [] for key in lists},
    }


def channel(kind: int, guild_id: str | None, name: str, position: int = 0, parent: str | None = None) -> JSON:
    channel_json: JSON = {"id": snowflake(), "type": kind, "flags": 0, "last_message_id": None}
    if guild_id is not None:
        channel_json |= {"guild_id": guild_id, "name": name, "position": position, "parent_id": parent, "nsfw": False}
        channel_json |= {"permission_overwrites": [], "rate_limit_per_user": 0, "topic": None}
    if kind == FORUM:
        channel_json |= {
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return channel_json


def thread(parent: JSON, name: str, owner: str, tags: list[str], *, minutes: int = 1440, identifier: str = "") -> JSON:
    return {
        "id": identifier or snowflake(),
        "type": ANNOUNCEMENT_THREAD if parent["type"] == ANNOUNCEMENT else PUBLIC_THREAD,
        "guild_id": parent["guild_id"],
        "parent_id": parent["id"],
        "owner_id": owner,
        "name": name,
        "applied_tags": tags,
        "last_message_id": None,
        "message_count": 0,
        "member_count": 1,
        "rate_limit_per_user": 0,
        "flags": 0,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": minutes,
            "archive_timestamp": now_text(),
            "locked": False,
            "create_timestamp": now_text(),
        },
    }


def message(channel_id: str, author: JSON, body: JSON) -> JSON:
    return {
        "id": snowflake(),
        "channel_id": channel_id,
        "author": author,
        "content": body.get("content") or "",
        "timestamp": now_text(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": body.get("embeds") or [],
        "components": body.get("components") or [],
        "pinned": False,
        "type": 0,
        "flags": body.get("flags") or 0,
    }
