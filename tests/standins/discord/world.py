"""What the stand-in knows: its bot, guilds, channels, messages and commands, and how a test looks at them."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.standins.discord import objects
from tests.standins.discord.record import Refusal

JSON = Any
TOKEN = "a-token.for.tests"


@dataclass
class World:
    token: str = TOKEN
    me: JSON = field(default_factory=lambda: objects.user("chatbot", bot=True))
    owner: JSON = field(default_factory=lambda: objects.user("owner"))
    guilds: dict[str, JSON] = field(default_factory=dict)
    channels: dict[str, JSON] = field(default_factory=dict)
    messages: dict[str, dict[str, JSON]] = field(default_factory=dict)
    nonces: dict[str, tuple[str, str]] = field(default_factory=dict)  # nonce -> (channel, message)
    commands: list[JSON] = field(default_factory=list)
    events: dict[str, dict[str, JSON]] = field(default_factory=dict)  # guild -> scheduled events by id
    pings: dict[str, set[str]] = field(default_factory=dict)  # message -> who was called by it
    crossposted: list[str] = field(default_factory=list)
    edits: list[tuple[str, JSON]] = field(default_factory=list)
    refusals: dict[str, tuple[int, int, str]] = field(
        default_factory=dict
    )  # channel -> how it refuses to be written to
    closed_dms: set[str] = field(default_factory=set)  # people who take no DMs
    strangers: set[str] = field(default_factory=set)  # people who share no server with the bot any more
    deleted_accounts: set[str] = field(default_factory=set)
    opening_refusal: tuple[int, int, str] | None = None  # how Discord refuses to open DMs
    gateway_url: str = ""
    shards: int = 1
    left: list[str] = field(default_factory=list)  # guilds that the bot left

    @property
    def app_id(self) -> str:
        return str(self.me["id"])

    def add_guild(self, name: str = "guild") -> str:
        guild = objects.guild(name, self.owner["id"], self.me)
        self.guilds[guild["id"]] = guild
        return str(guild["id"])

    def add_channel(
        self, guild_id: str, *, kind: int = objects.TEXT, name: str = "general", tags: tuple[str, ...] = ()
    ) -> str:
        channel = objects.channel(kind, guild_id, name, position=len(self.channels))
        if tags:
            channel["available_tags"] = [
                {"id": objects.snowflake(), "name": tag, "moderated": False, "emoji_id": None, "emoji_name": None}
                for tag in tags
            ]
        self.channels[channel["id"]] = channel
        self.guilds[guild_id]["channels"].append(channel)
        return str(channel["id"])

    def add_role(
        self,
        guild_id: str,
        name: str,
        *,
        permissions: int = 0,
        mentionable: bool = False,
        managed: bool = False,
        position: int = 1,
    ) -> str:
        """A role that somebody of the guild made."""
        role = objects.role(name, permissions=permissions, mentionable=mentionable, managed=managed)
        role["position"] = position
        self.guilds[guild_id]["roles"].append(role)
        return str(role["id"])

    def empower(self, guild_id: str, permissions: int, position: int = 50) -> str:
        """Give the bot a role of its own with these permissions."""
        role = self.add_role(guild_id, "chatbot", permissions=permissions, managed=True, position=position)
        (me,) = [each for each in self.guilds[guild_id]["members"] if each["user"]["id"] == self.me["id"]]
        me["roles"].append(role)
        return role

    def remove_role(self, guild_id: str, role: str) -> None:
        """A role is deleted: nobody has it any more."""
        roles = self.guilds[guild_id]["roles"]
        roles[:] = [each for each in roles if each["id"] != role]
        for member in self.guilds[guild_id]["members"]:
            member["roles"] = [each for each in member["roles"] if each != role]

    def roles_of(self, guild_id: str, user: JSON) -> list[str]:
        """The names of a member's roles."""
        role_ids = {
            role
            for each in self.guilds[guild_id]["members"]
            if each["user"]["id"] == user["id"]
            for role in each["roles"]
        }
        return [each["name"] for each in self.guilds[guild_id]["roles"] if each["id"] in role_ids]

    def join(self, guild_id: str, user: JSON, roles: tuple[str, ...] = ()) -> None:
        """Somebody becomes a member of a guild."""
        self.guilds[guild_id]["members"].append(objects.member(user, roles=roles))

    def leave(self, guild_id: str, user: JSON) -> None:
        """A member leaves a guild."""
        members = self.guilds[guild_id]["members"]
        members[:] = [each for each in members if each["user"]["id"] != user["id"]]

    def add_thread(
        self, parent_id: str, name: str, *, tags: list[str] | None = None, minutes: int = 1440, identifier: str = ""
    ) -> JSON:
        parent = self.channel(parent_id)
        thread = objects.thread(parent, name, self.me["id"], tags or [], minutes=minutes, identifier=identifier)
        self.channels[thread["id"]] = thread
        return thread

    def channel(self, identifier: str) -> JSON:
        channel = self.channels.get(identifier)
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        return channel

    def message(self, channel_id: str, identifier: str) -> JSON:
        self.channel(channel_id)
        message = self.messages.get(channel_id, {}).get(identifier)
        if message is None:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def check_writable(self, channel_id: str) -> JSON:
        if channel_id in self.refusals:
            raise Refusal(*self.refusals[channel_id])
        channel = self.channel(channel_id)
        if channel["type"] == objects.DM:
            self._check_reachable(str(channel["recipients"][0]["id"]))
        return channel

    def _check_reachable(self, person: str) -> None:
        """As https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes says."""
        if person in self.deleted_accounts:
            raise Refusal(404, 10013, "Unknown User")
        if person in self.strangers:
            raise Refusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
        if person in self.closed_dms:
            raise Refusal(403, 50007, "Cannot send messages to this user")

    def open_dm(self, person: str) -> JSON:
        """The DM with somebody: the one that there is, or a new one."""
        if self.opening_refusal is not None:
            raise Refusal(*self.opening_refusal)
        if person in self.deleted_accounts:
            raise Refusal(404, 10013, "Unknown User")
        for channel in self.channels.values():
            if channel["type"] == objects.DM and channel["recipients"][0]["id"] == person:
                return channel
        return self.add_dm(objects.user("friend", identifier=person))

    def add_dm(self, user: JSON) -> JSON:
        """A DM between the bot and somebody."""
        dm = objects.channel(objects.DM, None, "") | {"recipients": [user]}
        self.channels[dm["id"]] = dm
        return dm

    def post(self, channel_id: str, body: JSON) -> JSON:
        """Keep a new message of the bot, or return the one that this nonce already made."""
        channel = self.check_writable(channel_id)
        if channel["type"] == objects.FORUM:
            raise Refusal(400, 50008, "Cannot send messages in a non-text channel")
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce") and str(nonce) in self.nonces:
            return self.message(*self.nonces[str(nonce)])
        message = objects.message(channel_id, self.me, body)
        if channel.get("guild_id"):
            message["guild_id"] = channel["guild_id"]
        self.messages.setdefault(channel_id, {})[message["id"]] = message
        self.pings[message["id"]] = self._pinged(channel, _called(body))
        channel["last_message_id"] = message["id"]
        if nonce is not None:
            self.nonces[str(nonce)] = (channel_id, message["id"])
            return message | {"nonce": nonce}
        return message

    def _pinged(self, channel: JSON, called: set[str]) -> set[str]:
        """Without Mention Everyone only roles ping that everybody may mention; of a role that is not known nobody can tell."""
        guild = self.guilds.get(channel.get("guild_id") or "")
        if guild is None:
            return called
        role_ids = {role for each in guild["members"] if each["user"]["id"] == self.me["id"] for role in each["roles"]}
        ours = [each for each in guild["roles"] if each["id"] in role_ids or each["id"] == guild["id"]]
        if any(int(each["permissions"]) & (1 << 17 | 1 << 3) for each in ours):
            return called
        silent = {f"role:{each['id']}" for each in guild["roles"] if not each["mentionable"]}
        return called - silent - {"everyone"}

    def write(self, channel_id: str, content: str, author: JSON | None = None) -> JSON:
        """A person says something in a channel."""
        message = objects.message(channel_id, author or self.owner, {"content": content})
        self.messages.setdefault(channel_id, {})[message["id"]] = message
        return message

    def delete(self, channel_id: str, identifier: str) -> None:
        """A moderator removes a message."""
        self.message(channel_id, identifier)
        del self.messages[channel_id][identifier]

    def posts(self, channel_id: str) -> list[JSON]:
        """The bot's messages in a channel, oldest first."""
        return [m for m in self.messages.get(channel_id, {}).values() if m["author"]["id"] == self.me["id"]]

    def forget_nonces(self) -> None:
        """The few minutes in which a repeated nonce is noticed are over."""
        self.nonces.clear()


def _called(body: JSON) -> set[str]:
    """Whom a message pings: mentioned in its content, and allowed (https://discord.com/developers/docs/resources/message#allowed-mentions-object)."""
    content = body.get("content") or ""
    mentions = body.get("allowed_mentions")
    parse = {"users", "roles", "everyone"} if mentions is None else set(mentions.get("parse", []))
    called: set[str] = set()
    for kind, pattern in (("users", r"<@!?(\d+)>"), ("roles", r"<@&(\d+)>")):
        listed = {str(i) for i in (mentions or {}).get(kind, [])}
        called |= {f"{kind[:-1]}:{i}" for i in re.findall(pattern, content) if kind in parse or i in listed}
    if "everyone" in parse and re.search(r"@(everyone|here)\b", content):
        called.add("everyone")
    return called
