"""One question and one preview from the shell: the bot's own knowledge where there is some, else read once and forgotten."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.chats.console.format import to_text
from chatbot.chats.discord import format as discord_format
from chatbot.chats.matrix import format as matrix_format
from chatbot.core.model.message import Mention, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository
from chatbot.ports import SourceUnavailable
from chatbot.runtime.queries import oneshot
from chatbot.runtime.settings.settings import Settings, load
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, open_harness, room
from tests.runtime.payloads import faults_in
from tests.standins.clock import START, ManualClock
from tests.standins.github.server import FaultyGitHub, serve

GHSA = "GHSA-2222-2222-2222"
OPEN, STRICT, RELEASES = "console:open", "console:strict", "console:releases"
ROOMS = [
    room(OPEN, WatchFilter(mention=Mention("role", "7"))),
    room(STRICT, WatchFilter(min_severity=Severity.CRITICAL)),
    room(RELEASES, WatchFilter(events=frozenset({"releases"}))),
]
TABLES = """
[[rooms]]
address = "discord:1"
projects = ["ferry"]
mention = "role:7"

[[rooms]]
address = "discord:2"
projects = ["ferry"]
events = ["security"]
min_severity = "high"
"""


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2), release("v1.2.0", 3), release("v1.3.0-rc.1", 4)]
    of.advisories = [advisory(GHSA, 5)]
    return of


def _settings(folder: Path, url: str, rooms: str = TABLES, database: str = "") -> Settings:
    config = folder / "config.toml"
    config.write_text(
        f'database = "sqlite:///{database or folder / "bot.db"}"\n'
        f'[github]\napi_url = "{url}"\nweb_url = "{url}"\n'
        f'[discord]\ntoken = "none"\n[[projects]]\nid = "ferry"\nname = "Ferry"\nrepository = "harbour/ferry"\n{rooms}'
    )
    return load(config, {})


async def test_without_a_store_it_reads_once_and_leaves_nothing_behind(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with serve(FaultyGitHub(repositories=[ferry]), clock) as url:
        settings = _settings(tmp_path, url)
        assert (await oneshot.ask(settings, "/latest", clock)).title == "The newest Ferry is 1.2.0"
        assert (await oneshot.ask(settings, "!affected 1.1.0", clock)).tone is Tone.WARNING
        assert (await oneshot.ask(settings, "/dance", clock)).tone is Tone.UNSURE
    assert os.listdir(tmp_path) == ["config.toml"]  # noqa: PTH208 - a list that is read within a coroutine


async def test_what_cannot_be_read_is_an_error_and_no_wrong_answer(clock: ManualClock, tmp_path: Path) -> None:
    async with serve(FaultyGitHub(), clock) as url:
        with pytest.raises(SourceUnavailable, match="harbour/ferry could not be read: "):
            await oneshot.ask(_settings(tmp_path, url), "/latest", clock)


async def test_the_bots_own_store_answers_without_a_request(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS) as harness:
        await harness.run_for()
        settings = _settings(tmp_path, harness.services.config.api_url)
        before = len(harness.world.requests)
        answer = await oneshot.ask(settings, "/latest", clock)
        assert answer.title == "The newest Ferry is 1.2.0"
        assert await oneshot.preview(settings, "v1.2.0", clock)
        assert len(harness.world.requests) == before


LONG_KNOWN = {"published_at": START - timedelta(days=120)}  # so that the release, which came months later, calls itself


@pytest.mark.parametrize(
    ("name", "facts", "title", "verdicts"),
    [
        ("v1.2.0", LONG_KNOWN, "Ferry 1.2.0", [("announce", True), ("announce", False)]),
        ("1.2.0", LONG_KNOWN, "Ferry 1.2.0", [("announce", True), ("announce", False)]),
        ("v1.2.0", {}, "Ferry 1.2.0", [("announce", False), ("announce", False)]),
        ("v1.1.0", {}, "Ferry 1.1.0", [("announce", False), ("skip", False)]),
        ("v1.3.0-rc.1", {}, "Ferry 1.3.0-rc.1", [("skip", False), ("skip", False)]),
        (GHSA, {}, "Ferry – A mailbox name is not escaped", [("announce", True), ("announce", False)]),
        ("cve-2031-0001", {}, "Ferry – A mailbox name is not escaped", [("announce", True), ("announce", False)]),
        (GHSA, {"severity": "low"}, "Ferry – A mailbox name is not escaped", [("announce", False), ("skip", False)]),
    ],
)
async def test_a_preview_gives_a_verdict_and_a_reason_for_every_room(
    name: str,
    facts: Mapping[str, object],
    title: str,
    verdicts: list[tuple[str, bool]],
    ferry: Repository,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    ferry.advisories = [advisory(GHSA, 5, **facts)]
    async with serve(FaultyGitHub(repositories=[ferry]), clock) as url:
        previews = await oneshot.preview(_settings(tmp_path, url), name, clock)
    assert [each.room for each in previews] == ["discord:1", "discord:2"]
    assert [(each.verdict, each.calls) for each in previews] == verdicts
    for each in previews:
        assert each.reason
        assert each.message.title == title
        assert bool(each.message.mentions) is each.calls
        silent = replace(each.message, mentions=())
        assert faults_in(silent) == []
        assert discord_format.to_payload(silent)["embeds"][0]["title"] == title
        assert title in str(matrix_format.to_content(silent, {})["body"])
        assert title in to_text(silent)


async def test_nobody_knows_it(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with serve(FaultyGitHub(repositories=[ferry]), clock) as url:
        for name in ("v9", "GHSA-0000-0000-0000", "", "*"):
            assert await oneshot.preview(_settings(tmp_path, url), name, clock) == []


async def test_a_preview_is_what_the_rooms_get(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    """The pipeline says it first; then each room's preview is compared with what stands there."""
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        at = clock.now
        ferry.releases.append(release("v1.2.1", 0, created_at=at, published_at=at, body="# Fixes\n\n- one\n"))
        ferry.advisories.append(advisory("GHSA-3333-3333-3333", 0, created_at=at, published_at=at, cve=""))
        await harness.run_for()
        await harness.run_for()
        settings = _settings(
            tmp_path,
            harness.services.config.api_url,
            "".join(f'[[rooms]]\naddress = "discord:{n}"\nprojects = ["ferry"]\nmention = "role:7"\n' for n in (1, 2)),
        )
        posts = {post.message.title: post.message for post in harness.chat.rooms[OPEN]}
        for name in ("v1.2.1", "GHSA-3333-3333-3333"):
            previews = await oneshot.preview(settings, name, clock)
            assert [posts[each.message.title] for each in previews] == [each.message for each in previews]


async def test_a_preview_says_of_a_room_that_came_later_that_it_was_passed_over(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("discord:1")]) as harness:
        await harness.run_for()
        at = clock.now
        ferry.releases.append(release("v1.2.1", 0, created_at=at, published_at=at))
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.name == "console"
        both = (room("discord:1"), room("discord:2"))
        harness.services.change(replace(harness.services.config, rooms=both))
        await harness.services.listen()
        tables = "".join(f'[[rooms]]\naddress = "discord:{n}"\nprojects = ["ferry"]\n' for n in (1, 2))
        settings = _settings(tmp_path, harness.services.config.api_url, tables)
        first, second = await oneshot.preview(settings, "v1.2.1", clock)
        assert (first.verdict, second.verdict) == ("announce", "skip")
        assert second.reason == "it was published before this room began to watch the project"
        assert second.wanted, "its settings want it: what it would look like is shown"
        old, _ = await oneshot.preview(settings, "v1.2.0", clock)
        assert old.verdict == "skip", "it was there before the bot came"
