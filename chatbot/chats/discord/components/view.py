"""A dressed message as the objects that discord.py sends."""

from typing import Any

import discord

from chatbot.chats.discord.components.carried import SELECT

JSON = dict[str, Any]


class Buttons(discord.ui.View):
    """Buttons whose presses come in as plain interactions, restart or not: the library need not remember them."""

    def is_dispatchable(self) -> bool:
        return False


def embeds(body: JSON) -> list[discord.Embed]:
    return [discord.Embed.from_dict(one) for one in body["embeds"]]


def view(body: JSON) -> Buttons | None:
    """The rows of buttons and menus; None where there are none, which takes away those of an edited message."""
    if not body["components"]:
        return None
    items = Buttons(timeout=None)
    for row, line in enumerate(body["components"]):
        for one in line["components"]:
            if one["type"] == SELECT:
                options = [discord.SelectOption(**option) for option in one["options"]]
                menu: discord.ui.Select[Buttons] = discord.ui.Select(
                    custom_id=one["custom_id"], placeholder=one["placeholder"], options=options, row=row
                )
                items.add_item(menu)
                continue
            style = discord.ButtonStyle(one["style"])
            items.add_item(
                discord.ui.Button(
                    style=style, label=one["label"], url=one.get("url"), custom_id=one.get("custom_id"), row=row
                )
            )
    return items


def allowed_mentions_of(body: JSON) -> discord.AllowedMentions:
    """Who may be called, without leaving anything to the library's or Discord's defaults."""
    listed = body["allowed_mentions"]
    return discord.AllowedMentions(
        everyone="everyone" in listed["parse"],
        users=[discord.Object(int(i)) for i in listed.get("users", [])],
        roles=[discord.Object(int(i)) for i in listed.get("roles", [])],
        replied_user=False,
    )
