"""What acts in the scenes: links with labels that can be read, and pings nowhere but where the bot writes them itself."""

from collections.abc import Iterator
from functools import cache

from tests.chats.discord.reader import Acting, Reader
from tests.looks.scenes import SCENES, Scene
from tests.looks.test_golden import discord_payload

PINGS = {"mention", "everyone"}


@cache
def acting_in(name: str) -> tuple[Acting, ...]:
    """What acts in a scene's embeds."""
    return tuple(_acting_in(SCENES[name]))


def _acting_in(scene: Scene) -> Iterator[Acting]:
    for embed in discord_payload(scene)["embeds"]:
        texts = (embed["title"], embed.get("description", ""), *(each["value"] for each in embed.get("fields", [])))
        for text in texts:
            yield from Reader(escapes_in_labels=False).acting(text)


def test_a_links_label_shows_no_backslash_and_no_address() -> None:
    """Discord shows a backslash in a label, and does not make a link of one that holds an address."""
    links = [(name, each.label) for name in SCENES for each in acting_in(name) if each.kind == "link"]
    assert len(links) > 20
    assert [each for each in links if "\\" in each[1] or "://" in each[1]] == []


def test_nobody_is_pinged_from_within_a_message() -> None:
    assert [(name, each) for name in SCENES for each in acting_in(name) if each.kind in PINGS] == []
