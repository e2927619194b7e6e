"""What acts in the scenes: links with labels that can be read, and pings nowhere but where the bot writes them itself."""

from collections.abc import Iterator

import pytest

from tests.chats.discord.reader import Acting, Reader
from tests.looks.scenes import SCENES, Scene
from tests.looks.test_golden import discord_payload

PINGS = {"mention", "everyone"}


def acting_in_embed(scene: Scene) -> Iterator[Acting]:
    for embed in discord_payload(scene)["embeds"]:
        texts = (embed["title"], embed.get("description", ""), *(each["value"] for each in embed.get("fields", [])))
        for text in texts:
            yield from Reader(escapes_in_labels=False).acting(text)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_links_label_shows_no_backslash_and_no_address(name: str) -> None:
    """Discord shows a backslash in a label, and does not make a link of one that holds an address."""
    labels = [each.label for each in acting_in_embed(SCENES[name]) if each.kind == "link"]
    assert [label for label in labels if "\\" in label or "://" in label] == []


@pytest.mark.parametrize("name", sorted(SCENES))
def test_nobody_is_pinged_from_within_a_message(name: str) -> None:
    assert [each for each in acting_in_embed(SCENES[name]) if each.kind in PINGS] == []


def test_the_scenes_have_links_with_labels() -> None:
    assert sum(each.kind == "link" for scene in SCENES.values() for each in acting_in_embed(scene)) > 20
