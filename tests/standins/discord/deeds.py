"""What a test lets people and the platform do: invite, ask, press, submit, and change channels."""

from typing import Any

from tests.standins.discord import interactions, objects
from tests.standins.discord.gateway import Gateway
from tests.standins.discord.interactions import Exchange, Interactions
from tests.standins.discord.world import World

JSON = Any
_STRING = 3


class Deeds:
    world: World
    gateway: Gateway
    interactions: Interactions

    def room(self, *, kind: int = objects.TEXT, name: str = "general", tags: tuple[str, ...] = ()) -> str:
        """A channel in the first guild, which is made where there is none."""
        guild = next(iter(self.world.guilds), None) or self.world.add_guild()
        return self.world.add_channel(guild, kind=kind, name=name, tags=tags)

    def direct(self, asker: JSON) -> str:
        """The DM between the bot and somebody."""
        return str(self.world.add_dm(asker)["id"])

    def group(self, *people: JSON) -> str:
        """A group of people, in which one of them uses the bot that they installed for themselves."""
        channel = objects.channel(objects.GROUP_DM, None, "friends")
        channel |= {"recipients": list(people), "owner_id": people[0]["id"], "icon": None}
        self.world.channels[channel["id"]] = channel
        return str(channel["id"])

    async def fire(
        self,
        kind: int,
        data: JSON,
        *,
        at: str,
        asker: JSON | None = None,
        permissions: int = 0,
        roles: tuple[str, ...] = (),
        message: JSON = None,
    ) -> Exchange:
        exchange, event = self.interactions.make(
            kind, data, channel_id=at, asker=asker or self.world.owner, permissions=permissions, roles=roles
        )
        if message is not None:
            event["message"], exchange.source = message | {"channel_id": at}, message
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return exchange

    async def slash(
        self, name: str, options: dict[str, str] | None = None, *, at: str, picked: JSON = None, **who: Any
    ) -> Exchange:
        """Somebody sends a slash command; `group sub` names a subcommand. `picked`: what Discord says of the roles and members
        that were picked: `roles`, `users`, `members`, each by id."""
        data = self._command(name, options or {})
        if picked is not None:
            data["resolved"] = picked
        return await self.fire(interactions.COMMAND, data, at=at, **who)

    async def typing(self, name: str, option: str, so_far: str, *, at: str, **who: Any) -> Exchange:
        """Somebody types in an option that is completed."""
        data = self._command(name, {option: so_far})
        leaf = data["options"][0]
        while leaf["type"] == 1:
            leaf = leaf["options"][0]
        leaf["focused"] = True
        return await self.fire(interactions.AUTOCOMPLETE, data, at=at, **who)

    async def press(self, custom_id: str, *, at: str, message: JSON = None, **who: Any) -> Exchange:
        return await self.fire(
            interactions.COMPONENT, {"custom_id": custom_id, "component_type": 2}, at=at, message=message, **who
        )

    async def press_on(self, message: JSON, label: str, *, at: str, **who: Any) -> Exchange:
        """Somebody presses a button of a message, by what it says."""
        (button,) = [each for each in components(message) if each.get("label") == label]
        return await self.press(button["custom_id"], at=at, message=message, **who)

    async def choose_on(self, message: JSON, label: str, *, at: str, **who: Any) -> Exchange:
        """Somebody chooses an option of a message's menus, by what it says."""
        ((menu, value),) = [
            (each, option["value"])
            for each in components(message)
            for option in each.get("options", [])
            if option["label"] == label
        ]
        return await self.choose(menu, value, at=at, message=message, **who)

    async def choose(self, menu: JSON, value: str, *, at: str, **who: Any) -> Exchange:
        """Somebody chooses one option of a menu."""
        data = {"custom_id": menu["custom_id"], "component_type": 3, "values": [value]}
        return await self.fire(interactions.COMPONENT, data, at=at, **who)

    async def submit(self, modal: JSON, values: dict[str, str], *, at: str, **who: Any) -> Exchange:
        """Somebody fills in a modal that was opened, by the custom ids of its fields."""
        rows = [
            {"type": 18, "id": n, "component": {"type": 4, "id": n + 50, "custom_id": key, "value": value}}
            for n, (key, value) in enumerate(values.items(), 1)
        ]
        return await self.fire(
            interactions.MODAL_SUBMIT, {"custom_id": modal["custom_id"], "components": rows}, at=at, **who
        )

    async def use_on_message(self, name: str, message: JSON, *, at: str, **who: Any) -> Exchange:
        """Somebody uses a message command, from the menu of a message."""
        data = {
            "id": self._command_id(name),
            "name": name,
            "type": interactions.MESSAGE_COMMAND,
            "target_id": message["id"],
            "resolved": {"messages": {message["id"]: message}},
        }
        return await self.fire(interactions.COMMAND, data, at=at, **who)

    def _command(self, name: str, options: dict[str, str]) -> JSON:
        first, _, rest = name.partition(" ")
        types = {
            option["name"]: option["type"]
            for command in self.world.commands
            if command["name"] == first
            for option in command.get("options") or []
        }
        options_given = [
            {"name": key, "type": types.get(key, _STRING), "value": value} for key, value in options.items()
        ]
        if rest:
            options_given = [{"name": rest, "type": 1, "options": options_given}]
        return {"id": self._command_id(first), "name": first, "type": interactions.SLASH, "options": options_given}

    def _command_id(self, name: str) -> str:
        """A command that was not synced cannot be used, here as there."""
        return str(next(c["id"] for c in self.world.commands if c["name"] == name))


def components(message: JSON) -> list[JSON]:
    """The buttons and menus of a message, row after row."""
    return [each for row in message["components"] for each in row["components"]]
