"""A repository that is renamed is followed and told of once; another one under its old name is never believed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat, Post
from tests.standins.clock import START, ManualClock

CONSOLE, OFFICE = room("console"), RoomAddress("console:office")
WATCHED = replace(FERRY, maintainers_room=OFFICE)
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n"


def notices(chat: FaultyChat) -> list[Post]:
    """What the maintainers were told, without what is to be put right in their page."""
    return [post for post in chat.rooms[OFFICE] if "put right" not in post.message.title]


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server", number=12)
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit("SECURITY.md", POLICY, START)
    return of


def rename(harness: Harness, ferry: Repository) -> None:
    harness.world.moved["harbour/ferry"] = "harbour/boat"
    ferry.name = "boat"


def take_the_name(harness: Harness, clock: ManualClock) -> Repository:
    """Somebody else makes a repository of the old name, and publishes there."""
    harness.world.moved.clear()
    other = Repository(owner="harbour", name="ferry", number=77)
    other.releases = [release("v6.6.6", 0, created_at=clock.now, published_at=clock.now)]
    other.advisories = [advisory("GHSA-6666-6666-6666", 0, created_at=clock.now, published_at=clock.now)]
    other.commit("SECURITY.md", POLICY.replace("1.1", "6.6"), clock.now)
    harness.world.repositories.append(other)
    return other


@pytest.mark.parametrize("news", [True, False])
async def test_a_renamed_repository_is_followed_and_reported_once(
    ferry: Repository, clock: ManualClock, tmp_path: Path, *, news: bool
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        clock.advance(timedelta(hours=7))
        rename(harness, ferry)
        if news:
            ferry.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        with capture_logs() as lines:
            for _ in range(4):
                await harness.run_for()
        assert harness.chat.titles("console") == (["Ferry 1.1.1"] if news else [])
        _how_the_page_is_read, notice = notices(harness.chat)
        assert "harbour/ferry is called harbour/boat now" in repr(notice.message.body)
        assert len([line for line in lines if line["event"] == "a source needs attention"]) == 1
        chat = harness.chat
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
        harness.world.moved["harbour/ferry"] = "harbour/boat"
        await harness.run_for()
        await harness.run_for()
    assert len(notices(chat)) == 2


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_new_owner_of_the_old_name_is_never_believed(
    ferry: Repository, clock: ManualClock, tmp_path: Path, *, restarted: bool
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        rename(harness, ferry)
        if not restarted:
            clock.advance(MINUTE)
            take_the_name(harness, clock)
            await _refused(harness)
        chat = harness.chat
    if restarted:
        async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
            take_the_name(harness, clock)
            await _refused(harness)


async def _refused(harness: Harness) -> None:
    for _ in range(3):
        await harness.run_for()
    harness.clock.advance(timedelta(days=1))
    for _ in range(3):
        await harness.run_for()
    assert harness.chat.titles("console") == []
    _how_the_page_is_read, notice = notices(harness.chat)
    assert "another repository stands under the name harbour/ferry now" in repr(notice.message.body)
    for command in ("latest", "supported", "status"):
        ask = CommandRequest(
            command=command,
            arguments={"version": "1.1.0"},
            asker=RoomAddress("console:user"),
            asked_at=harness.clock.now,
        )
        answer = repr(await harness.services.answers.answer(ask))
        assert "6.6" not in answer
        if command == "status":
            assert "another repository stands" in answer
        if command == "latest":
            assert "1.1.0" in answer, "and nothing counts as removed"


async def test_the_operator_may_follow_by_hand(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        rename(harness, ferry)
        take_the_name(harness, clock)
        moved = replace(WATCHED, repository="harbour/boat")
        harness.services.change(replace(harness.services.config, projects=(moved,)))
        clock.advance(MINUTE)
        ferry.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]
        assert [post.message.title for post in notices(harness.chat)] == ["Ferry – how I read the security policy"]
