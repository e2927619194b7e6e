"""`chatbot try` on a real-sized history: 300 releases and 40 advisories cost less than ten seconds of CPU."""

import asyncio
from datetime import UTC, datetime

from chatbot.cli.trial.command import show
from chatbot.cli.trial.screen import Screen
from chatbot.cli.trial.story import Wish, story_of
from chatbot.runtime.trial.published import Place, Published
from chatbot.runtime.trial.reading import read_repository
from tests.cost import assert_cheap
from tests.standins import real_sized
from tests.standins.github.server import FaultyGitHub, serve

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
BOUND = 10.0  # seconds


async def reading() -> Published:
    of = real_sized.repository(NOW)
    async with serve(FaultyGitHub(repositories=[of]), lambda: NOW) as url:
        return await read_repository(of.full_name, Place(api_url=url, web_url=url), lambda: NOW, lambda _: None)


def whole() -> Published:
    """Read it, replay its year, and show everything."""
    published = asyncio.run(reading())
    wish = Wish(since="1y", chat="console", full=False)
    show(Screen(None, wish.chat), published, story_of(published, wish), wish)
    return published


def test_a_real_sized_history_takes_less_than_ten_seconds_of_cpu() -> None:
    published = assert_cheap(whole, BOUND)
    assert (len(published.releases), len(published.advisories)) == (300, 39)  # one was withdrawn
    assert published.requests <= 10
