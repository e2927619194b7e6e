"""The scheduled events of the stand-in's guilds: who may make one, what an external one must have, and how its status goes on."""

from datetime import datetime
from typing import Any

from tests.standins.discord import objects
from tests.standins.discord.record import Refusal
from tests.standins.discord.roles import ADMINISTRATOR, ours
from tests.standins.discord.world import World

JSON = Any
# https://discord.com/developers/docs/resources/guild-scheduled-event
MOST = 100
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
EXTERNAL = 3
_NEXT = {SCHEDULED: (ACTIVE, CANCELED), ACTIVE: (COMPLETED,)}
# https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
MANAGE_EVENTS, CREATE_EVENTS = 1 << 33, 1 << 44


def make(world: World, guild: str, body: JSON) -> JSON:
    """A new event."""
    _check_may(world, guild, CREATE_EVENTS)
    theirs = world.events.setdefault(guild, {})
    if sum(each["status"] in (SCHEDULED, ACTIVE) for each in theirs.values()) >= MOST:
        raise Refusal(400, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")
    event = {
        "id": objects.snowflake(),
        "guild_id": guild,
        "channel_id": None,
        "creator_id": world.me["id"],
        "description": None,
        "image": None,
        "status": SCHEDULED,
        "entity_id": None,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
    } | body
    _check(event)
    theirs[event["id"]] = event
    return event


def find(world: World, guild: str, event: str) -> JSON:
    there = world.events.get(guild, {}).get(event)
    if there is None:
        raise Refusal(404, 10070, "Unknown Guild Scheduled Event")
    return there


def change(world: World, guild: str, event: str, body: JSON) -> JSON:
    """Its own maker may change it with CREATE_EVENTS; a status goes one way only, and what has begun cannot begin again."""
    there = find(world, guild, event)
    is_ours = there["creator_id"] == world.me["id"]
    _check_may(world, guild, (CREATE_EVENTS if is_ours else 0) | MANAGE_EVENTS)
    if there["status"] not in _NEXT:
        raise Refusal(400, 180000, "Cannot update a finished event")
    if "status" in body and body["status"] not in _NEXT[there["status"]]:
        raise Refusal(400, 50035, "Invalid Form Body: the status cannot follow this one")
    if there["status"] == ACTIVE and "scheduled_start_time" in body:
        raise Refusal(400, 50035, "Invalid Form Body: the event has begun")
    _check(there | body)
    there |= body
    return there


def _check(event: JSON) -> None:
    location = (event.get("entity_metadata") or {}).get("location", "")
    if event["entity_type"] != EXTERNAL or not 1 <= len(location) <= 100:
        raise Refusal(400, 50035, "Invalid Form Body: entity_metadata.location is required for an external event")
    if not event.get("scheduled_end_time"):
        raise Refusal(400, 50035, "Invalid Form Body: scheduled_end_time is required for an external event")
    begins, ends = (datetime.fromisoformat(event[f"scheduled_{each}_time"]) for each in ("start", "end"))
    if begins >= ends:
        raise Refusal(400, 50035, "Invalid Form Body: an event ends after it has begun")


def _check_may(world: World, guild: str, permissions: int) -> None:
    if not any(int(each["permissions"]) & (ADMINISTRATOR | permissions) for each in ours(world, guild)):
        raise Refusal(403, 50013, "Missing Permissions")
