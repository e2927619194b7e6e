"""What is known where a source shows not all: news are announced, removals are noticed, and `/status` says what is missing."""

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock
from tests.standins.github.faults import status

CONSOLE = room("console")
MANY = timedelta(minutes=11)


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    return of


def publish(ferry: Repository, clock: ManualClock, tag: str, **more: object) -> None:
    ferry.releases.append(
        release(tag, 0, created_at=clock.now, published_at=clock.now) if not more else release(tag, 0, **more)
    )


async def ask(harness: Harness, command: str) -> Message:
    return await harness.services.answers.answer(
        CommandRequest(command=command, asker=RoomAddress("console:user"), asked_at=harness.clock.now)
    )


async def test_a_repository_of_more_than_a_thousand_releases_announces_its_news(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry.releases = [release(f"v1.0.{number}", number // 100) for number in range(1100)]
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        assert "1.0.1099" in (await ask(harness, "latest")).title
        answer = await ask(harness, "status")
        assert "only the first 1,000 items could be read" in repr(answer.body)
        clock.advance(MINUTE)
        publish(ferry, clock, "v1.1.0")
        await harness.run_for()
        await harness.run_for()
        clock.advance(timedelta(days=2))
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.0"]


async def test_a_release_that_is_removed_is_the_newest_for_minutes_and_not_for_a_day(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry.releases = [release(f"v1.0.{number}", number // 10) for number in range(150)]
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        publish(ferry, clock, "v1.1.0")
        await harness.run_for()
        await harness.run_for()
        ferry.releases.pop()
        clock.advance(MINUTE)
        await harness.run_for()
        clock.advance(MANY)
        await harness.run_for()
        assert "1.0.149" in (await ask(harness, "latest")).title
        post, reply = harness.chat.rooms["console"]
        assert post.message.struck
        assert reply.reply_to
        assert "was removed" in reply.message.title


async def test_a_draft_that_stands_behind_older_releases_is_found_by_its_tag(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    times = [START - timedelta(minutes=300 - number) for number in range(150)]
    ferry.releases = [release(f"v1.0.{at.hour * 60 + at.minute}", 0, created_at=at, published_at=at) for at in times]
    draft = release("v1.1.0", 0, created_at=START - timedelta(minutes=400), published_at=None)
    ferry.releases.append(draft)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry.tags["v1.1.0"] = clock.now  # the feed shows the tag, and the list, by the commits' dates, ends before it
        await harness.poll()
        draft.published_at = clock.now
        await harness.run_for()
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.0"]


async def test_a_tag_that_the_feed_shows_late_is_not_waited_for(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        harness.world.faults.lay("*.atom", status(502))
        clock.advance(MINUTE)
        publish(ferry, clock, "v1.1.1")
        await harness.run_for()
        await harness.run_for()
        harness.world.faults.clear()
        for _ in range(3):
            await harness.run_for()
        answer = await ask(harness, "status")
        assert "v1.1.1" not in repr(answer.body), "it was announced long ago"
        ferry.tags["nightly-1"] = clock.now  # a tag that is no release
        for _ in range(3):
            await harness.run_for()
        assert "nightly-1" not in repr((await ask(harness, "status")).body)


async def test_a_tag_that_cannot_be_asked_for_holds_nobody_up(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        harness.world.faults.lay("*/tags/*", status(502))
        clock.advance(MINUTE)
        ferry.tags["v9.9.9"] = clock.now
        await harness.poll()
        publish(ferry, clock, "v1.1.1")
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]
        assert "v9.9.9 was seen" in repr((await ask(harness, "status")).body)
        harness.world.faults.clear()
        await harness.run_for()
        assert "v9.9.9" not in repr((await ask(harness, "status")).body)


async def test_a_used_up_quota_is_logged_once_and_shown_in_the_status_until_it_is_renewed(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        reset = clock.now + timedelta(minutes=40)
        used = {
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(reset.timestamp())),
        }
        harness.world.faults.lay("/repos/*", status(304, used))
        with capture_logs() as lines:
            await harness.poll()
            await harness.poll()
            answer = await ask(harness, "status")
            assert answer.tone is Tone.WARNING
            assert f"used up; set github.token for 5,000 an hour; it is asked again at {reset:%H:%M} UTC" in repr(
                answer.body
            )
            harness.world.faults.clear()
            clock.advance(timedelta(minutes=41))
            await harness.poll()
            await harness.poll()
        assert (await ask(harness, "status")).tone is Tone.GOOD
        events = [line["event"] for line in lines]
        assert events.count("GitHub's rate limit is used up") == 1
        assert events.count("GitHub's rate limit was renewed") == 1


async def test_a_source_that_answers_again_is_reported(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        harness.world.faults.lay("/repos/*/releases", status(502))
        with capture_logs() as lines:
            await harness.poll()
            clock.advance(MINUTE)
            await harness.poll()
            harness.world.faults.clear()
            await harness.poll()
            await harness.poll()
        again = [line for line in lines if line["event"] == "a source works again"]
        assert [(line["source"], line["failures"]) for line in again] == [("github-releases:ferry", 2)]
