"""The REST routes of the stand-in: a table of patterns, each with the function that answers."""

import re
from collections.abc import Callable
from typing import Any

from tests.standins.discord import events, objects, roles
from tests.standins.discord.record import Recorded, Refusal
from tests.standins.discord.world import World

JSON = Any
Handler = Callable[..., JSON]
NO_CONTENT = object()


def me(world: World, _: Recorded) -> JSON:
    return world.me


def application(world: World, _: Recorded) -> JSON:
    return {
        "id": world.app_id,
        "name": world.me["username"],
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": world.owner,
        "flags": 0,
        "hook": False,
        "rpc_origins": [],
        "team": None,
        "approximate_guild_count": len(world.guilds),
    }


def gateway_bot(world: World, _: Recorded) -> JSON:
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": limit}


def get_commands(world: World, _: Recorded, app: str) -> JSON:
    _own(world, app)
    return world.commands


def put_commands(world: World, request: Recorded, app: str) -> JSON:
    _own(world, app)
    ids = {(c["name"], c["type"]): c["id"] for c in world.commands}
    world.commands = [_command(world, body, ids) for body in request.body]
    return world.commands


def _command(world: World, body: JSON, ids: dict[tuple[str, int], str]) -> JSON:
    defaults = {
        "type": 1,
        "description": "",
        "options": [],
        "default_member_permissions": None,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        "dm_permission": True,
    }
    command = defaults | body
    command["id"] = ids.get((command["name"], command["type"]), objects.snowflake())
    permissions = command["default_member_permissions"]
    command["default_member_permissions"] = None if permissions is None else str(permissions)
    return command | {"application_id": world.app_id, "version": objects.snowflake()}


def _own(world: World, app: str) -> None:
    if app != world.app_id:
        raise Refusal(404, 10002, "Unknown Application")


def get_channel(world: World, _: Recorded, channel: str) -> JSON:
    if channel in world.refusals and world.refusals[channel][1] == 50001:
        raise Refusal(*world.refusals[channel])
    return world.channel(channel)


def edit_channel(world: World, request: Recorded, channel: str) -> JSON:
    """A thread's name and tags; a tag must be one of the forum's."""
    thread = world.channel(channel)
    tags = {tag["id"] for tag in world.channels.get(thread.get("parent_id") or "", {}).get("available_tags", [])}
    if set(request.body.get("applied_tags", [])) - tags:
        raise Refusal(400, 10087, "Unknown tag")
    thread |= {key: request.body[key] for key in ("name", "applied_tags") if key in request.body}
    return thread


def get_guild(world: World, _: Recorded, guild: str) -> JSON:
    if guild not in world.guilds:
        raise Refusal(404, 10004, "Unknown Guild")
    return world.guilds[guild]


def get_member(world: World, request: Recorded, guild: str, who: str) -> JSON:
    members = get_guild(world, request, guild)["members"]
    matches = [m for m in members if m["user"]["id"] == who]
    if not matches:
        raise Refusal(404, 10007, "Unknown Member")
    return matches[0]


def get_channels(world: World, request: Recorded, guild: str) -> JSON:
    return get_guild(world, request, guild)["channels"]


def get_roles(world: World, request: Recorded, guild: str) -> JSON:
    return get_guild(world, request, guild)["roles"]


def post_role(world: World, request: Recorded, guild: str) -> JSON:
    get_guild(world, request, guild)
    return roles.make(world, guild, request.body or {})


def delete_role(world: World, request: Recorded, guild: str, role: str) -> JSON:
    get_guild(world, request, guild)
    roles.delete(world, guild, role)
    return NO_CONTENT


def put_member_role(world: World, request: Recorded, guild: str, who: str, role: str) -> JSON:
    roles.give(world, guild, role, get_member(world, request, guild, who))
    return NO_CONTENT


def delete_member_role(world: World, request: Recorded, guild: str, who: str, role: str) -> JSON:
    roles.take(world, guild, role, get_member(world, request, guild, who))
    return NO_CONTENT


def get_events(world: World, request: Recorded, guild: str) -> JSON:
    get_guild(world, request, guild)
    return list(world.events.get(guild, {}).values())


def post_event(world: World, request: Recorded, guild: str) -> JSON:
    get_guild(world, request, guild)
    return events.make(world, guild, request.body)


def get_event(world: World, request: Recorded, guild: str, event: str) -> JSON:
    get_guild(world, request, guild)
    return events.find(world, guild, event)


def patch_event(world: World, request: Recorded, guild: str, event: str) -> JSON:
    get_guild(world, request, guild)
    return events.change(world, guild, event, request.body)


def leave_guild(world: World, _: Recorded, guild: str) -> JSON:
    world.left.append(guild)
    world.guilds.pop(guild, None)
    return NO_CONTENT


def history(world: World, request: Recorded, channel: str) -> JSON:
    world.channel(channel)
    limit = int(request.query.get("limit", "50"))
    newest_first = sorted(world.messages.get(channel, {}).values(), key=lambda m: int(m["id"]), reverse=True)
    if before := request.query.get("before"):
        newest_first = [m for m in newest_first if int(m["id"]) < int(before)]
    if after := request.query.get("after"):
        newest_first = [m for m in newest_first if int(m["id"]) > int(after)][-limit:]
    return newest_first[:limit]


def post_message(world: World, request: Recorded, channel: str) -> JSON:
    return world.post(channel, request.body)


def get_message(world: World, _: Recorded, channel: str, message: str) -> JSON:
    return world.message(channel, message)


def edit_message(world: World, request: Recorded, channel: str, message: str) -> JSON:
    world.check_writable(channel)
    stored = world.message(channel, message)
    if stored["author"]["id"] != world.me["id"]:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    for key in ("content", "embeds", "components", "flags"):
        if key in request.body:
            stored[key] = request.body[key] if request.body[key] is not None else ([] if key != "content" else "")
    stored["edited_timestamp"] = objects.now_text()
    world.edits.append((message, request.body))
    return stored


def delete_message(world: World, _: Recorded, channel: str, message: str) -> JSON:
    world.check_writable(channel)
    world.delete(channel, message)
    return NO_CONTENT


def delete_channel(world: World, _: Recorded, channel: str) -> JSON:
    """Of threads only; whoever made one may not delete it without Manage Threads."""
    thread = world.channel(channel)
    guild = world.guilds[thread["guild_id"]]
    may = int(guild["roles"][0]["permissions"])
    if not thread.get("parent_id") or not may & (1 << 34 | 1 << 3):
        raise Refusal(403, 50013, "Missing Permissions")
    del world.channels[channel]
    world.messages.pop(channel, None)
    return thread


def crosspost(world: World, _: Recorded, channel: str, message: str) -> JSON:
    if world.check_writable(channel)["type"] != objects.ANNOUNCEMENT:
        raise Refusal(403, 50024, "Cannot execute action on this channel type")
    stored = world.message(channel, message)
    if message in world.crossposted:
        raise Refusal(400, 40033, "This message has already been crossposted")
    world.crossposted.append(message)
    stored["flags"] |= 1
    return stored


def forum_post(world: World, request: Recorded, channel: str) -> JSON:
    parent = world.check_writable(channel)
    if parent["type"] != objects.FORUM:
        return _text_thread(world, request, channel)
    body = request.body
    thread = world.add_thread(channel, body["name"], tags=[str(t) for t in body.get("applied_tags") or []])
    first = objects.message(thread["id"], world.me, body["message"])
    first["id"] = thread["id"]  # a post's first message has the id of its thread
    world.messages[thread["id"]] = {thread["id"]: first}
    thread["last_message_id"] = thread["id"]
    return thread | {"message": first}


def _text_thread(world: World, request: Recorded, channel: str) -> JSON:
    return world.add_thread(channel, request.body["name"])


def message_thread(world: World, request: Recorded, channel: str, message: str) -> JSON:
    world.check_writable(channel)
    world.message(channel, message)
    if message in world.channels:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    return world.add_thread(channel, request.body["name"], identifier=message)


def active_threads(world: World, _: Recorded, guild: str) -> JSON:
    threads = [c for c in world.channels.values() if "thread_metadata" in c and c["guild_id"] == guild]
    return {"threads": [c for c in threads if not c["thread_metadata"]["archived"]], "members": [], "has_more": False}


def archived_threads(world: World, request: Recorded, channel: str) -> JSON:
    """The last archived first. What `before` is compared with is the time of archiving, not that of making."""
    world.channel(channel)
    threads = [c for c in world.channels.values() if "thread_metadata" in c and c["parent_id"] == channel]
    threads = sorted((c for c in threads if c["thread_metadata"]["archived"]), key=_archived_at, reverse=True)
    if before := request.query.get("before"):
        threads = [c for c in threads if _archived_at(c) < before]
    limit = int(request.query.get("limit", "50"))
    return {"threads": threads[:limit], "members": [], "has_more": len(threads) > limit}


def _archived_at(thread: JSON) -> str:
    return str(thread["thread_metadata"]["archive_timestamp"])


def open_dm(world: World, request: Recorded) -> JSON:
    return world.open_dm(str(request.body["recipient_id"]))


def thread_member(world: World, _: Recorded, channel: str, who: str) -> JSON:
    members = world.channel(channel).get("members", [])
    if who not in members:
        raise Refusal(404, 10007, "Unknown Member")
    return {"id": channel, "user_id": who, "join_timestamp": objects.now_text(), "flags": 0}


ROUTES: list[tuple[str, re.Pattern[str], Handler]] = [
    (method, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + "$"), handler)
    for method, template, handler in (
        ("GET", "/users/@me", me),
        ("GET", "/oauth2/applications/@me", application),
        ("GET", "/applications/@me", application),
        ("GET", "/gateway/bot", gateway_bot),
        ("GET", "/guilds/{guild}/members/{who}", get_member),
        ("PUT", "/guilds/{guild}/members/{who}/roles/{role}", put_member_role),
        ("DELETE", "/guilds/{guild}/members/{who}/roles/{role}", delete_member_role),
        ("GET", "/guilds/{guild}/roles", get_roles),
        ("POST", "/guilds/{guild}/roles", post_role),
        ("DELETE", "/guilds/{guild}/roles/{role}", delete_role),
        ("GET", "/guilds/{guild}/channels", get_channels),
        ("GET", "/guilds/{guild}/scheduled-events", get_events),
        ("POST", "/guilds/{guild}/scheduled-events", post_event),
        ("GET", "/guilds/{guild}/scheduled-events/{event}", get_event),
        ("PATCH", "/guilds/{guild}/scheduled-events/{event}", patch_event),
        ("GET", "/applications/{app}/commands", get_commands),
        ("PUT", "/applications/{app}/commands", put_commands),
        ("GET", "/channels/{channel}", get_channel),
        ("PATCH", "/channels/{channel}", edit_channel),
        ("GET", "/guilds/{guild}", get_guild),
        ("DELETE", "/users/@me/guilds/{guild}", leave_guild),
        ("GET", "/channels/{channel}/messages", history),
        ("POST", "/channels/{channel}/messages", post_message),
        ("GET", "/channels/{channel}/messages/{message}", get_message),
        ("PATCH", "/channels/{channel}/messages/{message}", edit_message),
        ("DELETE", "/channels/{channel}/messages/{message}", delete_message),
        ("DELETE", "/channels/{channel}", delete_channel),
        ("POST", "/channels/{channel}/messages/{message}/crosspost", crosspost),
        ("POST", "/channels/{channel}/threads", forum_post),
        ("POST", "/channels/{channel}/messages/{message}/threads", message_thread),
        ("GET", "/channels/{channel}/thread-members/{who}", thread_member),
        ("GET", "/guilds/{guild}/threads/active", active_threads),
        ("GET", "/channels/{channel}/threads/archived/public", archived_threads),
        ("POST", "/users/@me/channels", open_dm),
    )
]
