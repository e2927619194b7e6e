"""A repository that is renamed is followed and told of once; another one under its old name is never believed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.demo.conftest import START, Hands, advisory, release
from tests.runtime.walk import FERRY, MINUTE, Walk, room, walking

CONSOLE, OFFICE = room("console"), "console:office"
WATCHED = replace(FERRY, maintainers_room=OFFICE)
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server", number=12)
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit("SECURITY.md", POLICY, START)
    return of


def rename(walk: Walk, ferry: Repository) -> None:
    walk.world.moved["harbour/ferry"] = "harbour/boat"
    ferry.name = "boat"


def take_the_name(walk: Walk, clock: Hands) -> Repository:
    """Somebody else makes a repository of the old name, and publishes there."""
    walk.world.moved.clear()
    other = Repository(owner="harbour", name="ferry", number=77)
    other.releases = [release("v6.6.6", 0, created_at=clock.now, published_at=clock.now)]
    other.advisories = [advisory("GHSA-6666-6666-6666", 0, created_at=clock.now, published_at=clock.now)]
    other.commit("SECURITY.md", POLICY.replace("1.1", "6.6"), clock.now)
    walk.world.repositories.append(other)
    return other


@pytest.mark.parametrize("news", [True, False])
async def test_a_renamed_repository_is_followed_and_told_of_once(
    ferry: Repository, clock: Hands, tmp_path: Path, *, news: bool
) -> None:
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as walk:
        await walk.pass_by()
        clock.tick(timedelta(hours=7))
        rename(walk, ferry)
        if news:
            ferry.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        with capture_logs() as lines:
            for _ in range(4):
                await walk.pass_by()
        assert walk.chat.titles("console") == (["Ferry 1.1.1 – patch release"] if news else [])
        (told,) = walk.chat.rooms[OFFICE]
        assert "harbour/ferry is called harbour/boat now" in repr(told.message.body)
        assert len([line for line in lines if line["event"] == "a source needs a person"]) == 1
        chat = walk.chat
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as walk:
        walk.world.moved["harbour/ferry"] = "harbour/boat"
        await walk.pass_by()
        await walk.pass_by()
    assert len(chat.rooms[OFFICE]) == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_new_owner_of_the_old_name_is_never_believed(
    ferry: Repository, clock: Hands, tmp_path: Path, *, restarted: bool
) -> None:
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as walk:
        await walk.pass_by()
        rename(walk, ferry)
        if not restarted:
            clock.tick(MINUTE)
            take_the_name(walk, clock)
            await _refused(walk)
        chat = walk.chat
    if restarted:
        async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as walk:
            take_the_name(walk, clock)
            await _refused(walk)


async def _refused(walk: Walk) -> None:
    for _ in range(3):
        await walk.pass_by()
    walk.clock.tick(timedelta(days=1))
    for _ in range(3):
        await walk.pass_by()
    assert walk.chat.titles("console") == []
    (told,) = walk.chat.rooms[OFFICE]
    assert "another repository stands under the name harbour/ferry now" in repr(told.message.body)
    for command in ("latest", "supported", "status"):
        ask = CommandRequest(
            command=command, arguments={"version": "1.1.0"}, asker="console:user", asked_at=walk.clock.now
        )
        said = repr(await walk.services.answers.answer(ask))
        assert "6.6" not in said
        if command == "status":
            assert "another repository stands" in said
        if command == "latest":
            assert "1.1.0" in said, "and nothing counts as removed"


async def test_the_operator_may_follow_by_hand(ferry: Repository, clock: Hands, tmp_path: Path) -> None:
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as walk:
        await walk.pass_by()
        rename(walk, ferry)
        take_the_name(walk, clock)
        moved = replace(WATCHED, repository="harbour/boat")
        walk.services.change(replace(walk.services.config, projects=(moved,)))
        clock.tick(MINUTE)
        ferry.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        await walk.pass_by()
        await walk.pass_by()
        assert walk.chat.titles("console") == ["Ferry 1.1.1 – patch release"]
        assert OFFICE not in walk.chat.rooms
