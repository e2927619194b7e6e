"""Where a message is on the web."""

from dataclasses import dataclass, field
from typing import cast

import discord
import pytest

from chatbot.chats.discord.places import Places
from chatbot.chats.discord.speaking import Speaker


@dataclass(frozen=True)
class Server:
    id: int = 9


@dataclass(frozen=True)
class Channel:
    guild: Server | None = field(default_factory=Server)


@dataclass(frozen=True)
class Gateway:
    """What the library remembers of channels: 1 is in a server, 2 is a DM, others were not told of."""

    def get_channel(self, channel: int) -> Channel | None:
        return {1: Channel(), 2: Channel(guild=None)}.get(channel)


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        ("1/55", "https://discord.com/channels/9/1/55"),
        ("2/55", ""),
        ("3/55", ""),
        ("1/", ""),
        ("1/../../evil", ""),
        ("console", ""),
    ],
)
def test_a_message_in_a_known_channel_has_a_link(reference: str, link: str) -> None:
    speaker = Speaker(client=cast("discord.Client", Gateway()), places=cast("Places", None))
    assert speaker.link(reference) == link
