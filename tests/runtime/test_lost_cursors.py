"""The repository is renamed, a source's cursor is lost, the store is restored: nothing old is said again, no news is lost."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import ChatUnavailable, Outgoing
from chatbot.store.backups import backup
from chatbot.store.backups import restore as restoring
from chatbot.store.database.db import open_store
from chatbot.store.database.tables import announcements, sources
from chatbot.store.outbox import deliveries
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat, Post
from tests.standins.clock import START, ManualClock

HERE, THERE = "console:here", "console:there"
ROOMS = [room(HERE), room(THERE)]
OLD, NEW = "harbour/ferry", "shipyard/barge"
ALL = ("github-releases:ferry", "github-advisories:ferry", "github-policy:ferry", "github-atom:ferry")


@pytest.fixture
def ferry() -> Repository:
    """With more old releases and advisories than anybody wants to read again."""
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release(f"v0.{number}.0", number) for number in range(30)]
    of.advisories = [advisory(f"GHSA-2222-2222-{number}", 50, cve="") for number in range(2222, 2232)]
    of.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    return of


def publish(ferry: Repository, clock: ManualClock, *tags: str, flaw: str = "") -> None:
    """Releases, and with a `flaw` an advisory that the last of them fixes."""
    for tag in tags:
        ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
    if flaw:
        of = {"summary": flaw, "cve": "", "created_at": clock.now, "published_at": clock.now}
        advisory_made = advisory(f"GHSA-3333-3333-{3333 + len(ferry.advisories)}", 0, **of)
        advisory_made.vulnerabilities = (
            Vulnerability(package="ferry", range=f"< {tags[-1][1:]}", patched=tags[-1][1:]),
        )
        ferry.advisories.append(advisory_made)


async def rests(harness: Harness) -> None:
    """Everything is read and said, also what needs several looks."""
    for _ in range(4):
        await harness.run_for()


def titles_by_room(chat: FaultyChat) -> dict[str, list[str]]:
    """What stands in both rooms, in short."""
    return {at: [title.removeprefix("Ferry ") for title in chat.titles(at)] for at in (HERE, THERE)}


def both(*titles: str) -> dict[str, list[str]]:
    return {HERE: list(titles), THERE: list(titles)}


LIFE = ("– A flaw", "1.0.0", "1.0.1")  # what was said before a place is lost


async def lives(harness: Harness, ferry: Repository) -> None:
    """The baseline is silent, then there is news."""
    await harness.run_for()
    assert harness.chat.rooms == {}
    publish(ferry, harness.clock, "v1.0.0", flaw="A flaw")
    publish(ferry, harness.clock, "v1.0.1")
    await rests(harness)
    assert {at: sorted(titles) for at, titles in titles_by_room(harness.chat).items()} == both(*sorted(LIFE))


async def goes_on(harness: Harness, ferry: Repository, *news: str) -> None:
    """What is new by now, and the next release, are said once, and nothing else."""
    publish(ferry, harness.clock, "v1.0.9")
    pings = len(harness.chat.pings)
    await rests(harness)
    for titles in titles_by_room(harness.chat).values():
        assert sorted(titles[: len(LIFE)]) == sorted(LIFE)
        assert sorted(titles[len(LIFE) :]) == sorted([*news, "1.0.9"])
    assert len(harness.chat.pings) == pings, "nobody is called for what is old"


# ---- the repository is renamed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("follows", [False, True])
async def test_a_renamed_repository_is_followed(
    follows: bool, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """`follows`: the operator writes the new name into the configuration, later."""
    chat = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
        ferry.number = ferry.id  # a rename keeps it; another repository of the same name would have another
        ferry.owner, ferry.name = NEW.split("/")
        harness.world.moved[OLD] = NEW
        publish(ferry, clock, "v1.0.2")
        await rests(harness)
        assert any(each.status == 301 for each in harness.world.requests)
        clock.advance(timedelta(days=1))  # every page is read again
        await rests(harness)
    project = replace(FERRY, repository=NEW) if follows else FERRY
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat, project=project) as harness:
        harness.world.moved[OLD] = NEW
        publish(ferry, clock, "v1.0.3")
        await goes_on(harness, ferry, "1.0.2", "1.0.3")


# ---- a source's place is lost ---------------------------------------------------------------------------------------------


async def forget(database: Path, *names: str, whole: bool = False) -> None:
    """Lose the cursors of these sources, or their whole rows."""
    async with open_store(f"sqlite:///{database}") as store, store.writing() as tx:
        ours = sources.c.name.in_(names)
        count = await tx.run(
            sa.delete(sources).where(ours) if whole else sa.update(sources).where(ours).values(cursor="{}")
        )
        assert count == len(names)


@pytest.mark.parametrize("names", [*((name,) for name in ALL), ALL], ids="+".join)
async def test_a_lost_cursor_brings_no_flood_and_loses_no_news(
    names: tuple[str, ...], ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
    await forget(tmp_path / "bot.db", *names)
    publish(ferry, clock, "v1.0.2")
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat) as harness:
        await goes_on(harness, ferry, "1.0.2")


@pytest.mark.parametrize("names", [*((name,) for name in ALL), ALL], ids="+".join)
async def test_a_source_that_is_met_again_brings_no_flood(
    names: tuple[str, ...], ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
    await forget(tmp_path / "bot.db", *names, whole=True)
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, chat=chat) as harness:
        await rests(harness)
        await goes_on(harness, ferry)


# ---- the store is restored ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Forgetful(FaultyChat):
    """Rooms whose chat knows no key any more: what is sent again is there again."""

    async def send(self, outgoing: Outgoing) -> str:
        same = [posted for posted in self.rooms.get(outgoing.room, []) if posted.key == outgoing.key]
        for posted in same:
            posted.key = f"{posted.key} before"
        return await FaultyChat.send(self, outgoing)


async def restore(database: Path, copy: Path, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=1))
    await restoring.restore(f"sqlite:///{database}", copy, clock())


async def references(harness: Harness) -> dict[str, set[str]]:
    """Each room's messages as the store knows them."""
    async with harness.services.store.reading() as tx:
        rows = await tx.rows(sa.select(announcements.c.room, announcements.c.reference))
        waiting = await deliveries.listing(tx, [each for each in State if each not in (State.SENT, State.SUPERSEDED)])
    assert waiting == []
    return {at: {row.reference for row in rows if row.room == at} for at in (HERE, THERE)}


async def test_what_was_lost_with_a_backup_is_found_in_its_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """One room had heard all, the other one not yet; one release was published while the bot was down."""
    database, copy, chat = tmp_path / "bot.db", tmp_path / "kept.db", Forgetful()
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
        await backup.backup(harness.services.store, copy, clock())
        clock.advance(MINUTE)
        publish(ferry, clock, "v1.0.2", flaw="Another flaw")
        await rests(harness)
        chat.refusing[THERE] = ChatUnavailable("502")
        publish(ferry, clock, "v1.0.3")
        await harness.run_for()
    chat.refusing.clear()
    news = ("– Another flaw", "1.0.2", "1.0.3")
    assert {at: len(titles) for at, titles in titles_by_room(chat).items()} == {HERE: 6, THERE: 5}
    publish(ferry, clock, "v1.0.4")
    await restore(database, copy, clock)
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await goes_on(harness, ferry, *news, "1.0.4")
        assert await references(harness) == {
            at: {posted.reference for posted in chat.rooms[at]} for at in (HERE, THERE)
        }
        ferry.release("v1.0.2").body = "Said better."
        ferry.release("v1.0.2").updated_at = clock.now
        await rests(harness)
        for at in (HERE, THERE):
            (post,) = [posted for posted in chat.rooms[at] if "1.0.2" in posted.message.title]
            assert "Said better." in repr(post.message.body), "what was found is kept true"


def edited(chat: FaultyChat, at: str) -> list[Post]:
    return [posted for posted in chat.rooms[at] if posted.message.title.split()[1] in ("1.0.1", "1.0.2")]


async def test_what_was_edited_since_a_backup_is_found_in_its_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    database, copy, chat = tmp_path / "bot.db", tmp_path / "kept.db", Forgetful()
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
        await backup.backup(harness.services.store, copy, clock())
        clock.advance(MINUTE)
        publish(ferry, clock, "v1.0.2")
        await rests(harness)
        for tag in ("v1.0.1", "v1.0.2"):
            ferry.release(tag).body = "Said better."
            ferry.release(tag).updated_at = clock.now
        await rests(harness)
        assert [posted.edits for at in (HERE, THERE) for posted in edited(chat, at)] == [1, 1, 1, 1]
    await restore(database, copy, clock)
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await goes_on(harness, ferry, "1.0.2")
        for at in (HERE, THERE):
            assert all("Said better." in repr(posted.message.body) for posted in edited(chat, at))


async def test_many_releases_of_a_lost_time_are_not_announced_again_as_one(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    database, copy, chat = tmp_path / "bot.db", tmp_path / "kept.db", Forgetful()
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await lives(harness, ferry)
        await backup.backup(harness.services.store, copy, clock())
        for number in range(2, 9):
            clock.advance(MINUTE)
            publish(ferry, clock, f"v1.0.{number}")
            await rests(harness)
    await restore(database, copy, clock)
    async with open_harness(ferry, clock, database, ROOMS, chat=chat) as harness:
        await goes_on(harness, ferry, *(f"1.0.{number}" for number in range(2, 9)))
