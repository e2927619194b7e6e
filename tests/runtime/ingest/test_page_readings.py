"""The maintainers' room is told how the policy page is read: at first and at each change, once each, through kills and restarts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import BulletList, Message, Paragraph, plain
from chatbot.demo.github.data import Repository
from chatbot.store.database.tables import announcements
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock

OPS, CONSOLE = RoomAddress("console:ops"), room("console")
WATCHED = replace(FERRY, maintainers_room=OPS)
FIRST, AGAIN = "Ferry – how I read the security policy", "Ferry – how I read the security policy now"
HEAD = "# Security\n\n| Version | Supported |\n|---|---|\n"
HOURS = timedelta(hours=7)


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit("SECURITY.md", f"{HEAD}| 1.1.x | yes |\n| < 1.1 | no |\n", START)
    return of


def titles(chat: FaultyChat) -> list[str]:
    """How the page is read, without what is to be put right in it."""
    return [title for title in chat.titles(OPS) if title.startswith(FIRST)]


def words(harness: Harness) -> str:
    return text_of([post.message for post in harness.chat.rooms[OPS] if FIRST in post.message.title][-1])


def text_of(message: Message) -> str:
    lines: list[str] = []
    for block in message.body:
        if isinstance(block, BulletList):
            lines += [plain(item.spans) for item in block.items]
        elif isinstance(block, Paragraph):
            lines.append(plain(block.spans))
    return "\n".join(lines)


async def changed(harness: Harness, ferry: Repository, text: str) -> None:
    harness.clock.advance(HOURS)
    ferry.commit("SECURITY.md", text, harness.clock.now)
    await harness.run_for()


async def test_the_first_reading_and_each_other_one_are_reported_once(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        for _ in range(3):
            await harness.run_for()
        assert titles(harness.chat) == [FIRST]
        assert "1.1.x: supported – “1.1.x | yes”" in words(harness)
        await changed(harness, ferry, f"{HEAD}| 1.1.x | ✅ |\n| < 1.1 | ❌ |\n\nThank you.\n")
        assert titles(harness.chat) == [FIRST]  # other words for the same
        await changed(harness, ferry, f"{HEAD}| 1.1.x | yes |\n| 1.0.x | no |\n")
        assert titles(harness.chat) == [FIRST, AGAIN]
        assert "1.0.x: not supported – “1.0.x | no”" in words(harness)
        assert "The page has changed" in words(harness)
        await changed(harness, ferry, f"{HEAD}| 1.1.x | yes |\n| < 1.1 | no |\n")
        assert titles(harness.chat) == [FIRST, AGAIN, AGAIN]  # as at first, which is a change too
        assert FIRST not in harness.chat.titles("console")


async def test_a_restart_reports_nothing_twice(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat = FaultyChat()
    for _ in range(3):
        async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
            await harness.run_for()
    assert titles(chat) == [FIRST]


class Killed(Exception):
    """The process ends here."""


async def test_what_a_kill_undid_is_posted_after_it(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat = FaultyChat()

    def kill(point: str) -> None:
        if point == "before commit":
            raise Killed

    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
        for poller in harness.services.pollers:
            poller.ingestor.failpoint = kill
        await harness.run_for()
        assert titles(chat) == []
        for poller in harness.services.pollers:
            poller.ingestor.failpoint = lambda _: None
        await harness.run_for()
        assert titles(chat) == [FIRST]


async def as_if_read(harness: Harness, change: Callable[[str], str]) -> None:
    """Leave the store as a program left it that read the page in another way, or another page."""
    async with harness.services.store.writing() as tx:
        rows = await tx.rows(sa.select(announcements).where(announcements.c.room == OPS))
        for row in rows:
            change_subject = sa.update(announcements).where(announcements.c.id == row.id)
            await tx.run(change_subject.values(subject=change(row.subject)))


async def test_a_reader_that_reads_the_same_page_differently_notifies_only_the_maintainers(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
        await harness.run_for()
        await as_if_read(harness, lambda subject: subject.replace(subject.split("-")[2], "a" * 24))
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED, chat=chat) as harness:
        for _ in range(3):
            await harness.run_for()
        assert titles(chat) == [FIRST, AGAIN]
        assert "The page has not changed" in words(harness)
        assert chat.titles("console") == []


async def test_a_page_that_says_nothing_readable_is_announced_too(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        await changed(harness, ferry, "# Security\n\nBe kind.\n")
        assert "The page lists no versions." in words(harness)
        await changed(harness, ferry, "\x00")
        assert "is not text" in words(harness)
        assert titles(harness.chat) == [FIRST, AGAIN, AGAIN]


async def test_a_project_without_a_page_is_not_reported(clock: ManualClock, tmp_path: Path) -> None:
    bare = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    bare.releases = [release("v1.0.0", 1)]
    async with open_harness(bare, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        assert titles(harness.chat) == []
        await changed(harness, bare, f"{HEAD}| 1.x | yes |\n")
        assert titles(harness.chat) == [FIRST]


async def test_another_room_of_the_maintainers_gets_reports_from_the_start(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    for place in (OPS, "console:office"):
        project = replace(WATCHED, maintainers_room=RoomAddress(place))
        async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=project, chat=chat) as harness:
            await harness.run_for()
    assert (chat.titles(OPS), chat.titles("console:office")) == ([FIRST], [FIRST])


async def test_a_page_of_a_thousand_rows_fits_a_message(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    rows = "".join(f"| {number}.x {'word ' * 9}| yes {'word ' * 9}|\n" for number in range(1, 1000))
    ferry.commit("SECURITY.md", HEAD + rows, START)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=WATCHED) as harness:
        await harness.run_for()
        assert titles(harness.chat) == [FIRST]
        assert len(words(harness)) < 4000
        assert "more." in words(harness)
