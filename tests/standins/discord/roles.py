"""The roles of the stand-in's guilds: their order, who may manage which, how many there may be, and which of them ping."""

from typing import Any

from tests.standins.discord import objects
from tests.standins.discord.record import Refusal
from tests.standins.discord.world import World

JSON = Any
MOST = 250
# https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
ADMINISTRATOR, MENTION_EVERYONE, MANAGE_ROLES = 1 << 3, 1 << 17, 1 << 28


def find(world: World, guild: str, role: str) -> JSON:
    for each in world.guilds[guild]["roles"]:
        if each["id"] == role:
            return each
    raise Refusal(404, 10011, "Unknown Role")


def make(world: World, guild: str, body: JSON) -> JSON:
    """A new role stands at the bottom, below all others; without a word it has what everybody has."""
    _check_manager(world, guild)
    if len(world.guilds[guild]["roles"]) >= MOST:
        raise Refusal(400, 30005, "Maximum number of guild roles reached (250)")
    role = objects.role(body.get("name") or "new role", mentionable=bool(body.get("mentionable")))
    everyone = world.guilds[guild]["roles"][0]["permissions"]
    role["permissions"] = str(body["permissions"]) if body.get("permissions") is not None else everyone
    for each in world.guilds[guild]["roles"][1:]:
        each["position"] += 1
    world.guilds[guild]["roles"].append(role)
    return role


def delete(world: World, guild: str, role: str) -> None:
    _check_manager(world, guild)
    _check_below_ours(world, guild, find(world, guild, role))
    world.remove_role(guild, role)


def give(world: World, guild: str, role: str, member: JSON) -> None:
    _check_manager(world, guild)
    _check_below_ours(world, guild, find(world, guild, role))
    if role not in member["roles"]:
        member["roles"].append(role)


def take(world: World, guild: str, role: str, member: JSON) -> None:
    _check_manager(world, guild)
    _check_below_ours(world, guild, find(world, guild, role))
    if role in member["roles"]:
        member["roles"].remove(role)


def ours(world: World, guild: str) -> list[JSON]:
    """The bot's own roles there, that of everybody included."""
    (me,) = [each for each in world.guilds[guild]["members"] if each["user"]["id"] == world.me["id"]]
    return [each for each in world.guilds[guild]["roles"] if each["id"] in (*me["roles"], guild)]


def _check_manager(world: World, guild: str) -> None:
    if not any(int(each["permissions"]) & (ADMINISTRATOR | MANAGE_ROLES) for each in ours(world, guild)):
        raise Refusal(403, 50013, "Missing Permissions")


def _check_below_ours(world: World, guild: str, role: JSON) -> None:
    if role["position"] >= max(each["position"] for each in ours(world, guild)):
        raise Refusal(403, 50013, "Missing Permissions")
