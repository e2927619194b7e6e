"""endoflife.date beside a project's own policy: used where that is silent, compared where it speaks, and named in answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.core import make
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.sources.endoflife.product import cycle, product
from tests.sources.harness import release
from tests.standins.clock import ManualClock
from tests.standins.github import faults

WATCHED = replace(FERRY, endoflife="ferry", maintainers_room=RoomAddress("console:ops"))
TABLE = "# Security\n\n## Supported versions\n\n| Version | Supported |\n|---|---|\n| 1.1.x | ✅ |\n| 1.0.x | ❌ |\n"


@asynccontextmanager
async def sailing(clock: ManualClock, folder: Path, *, page: str = "") -> AsyncIterator[Harness]:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.4", -400), release("v1.1.2", -20)]
    if page:
        ferry.commit("SECURITY.md", page, clock.now)
    async with open_harness(ferry, clock, folder / "bot.db", [room("console")], project=WATCHED) as harness:
        harness.world.lifecycles["ferry"] = product(
            cycle("1.1", until="2032-06-30"), cycle("1.0", is_eol=True, until="2030-12-31")
        )
        await harness.run_for()
        yield harness


async def supported(harness: Harness, version: str) -> Message:
    ask = CommandRequest(
        command="supported",
        arguments={"version": version},
        asker=RoomAddress("console:user"),
        asked_at=harness.clock.now,
    )
    return await harness.services.answers.answer(ask)


@pytest.mark.parametrize("page", ["", "# Security\n\nPlease write to security@ferry.example.\n"])
async def test_where_the_policy_is_silent_the_answer_says_whose_word_it_is(
    page: str, clock: ManualClock, tmp_path: Path
) -> None:
    async with sailing(clock, tmp_path, page=page) as harness:
        answer = await supported(harness, "1.1.2")
        assert answer.title == "Ferry 1.1.2 gets security fixes until 30 June 2032"
        assert "By endoflife.date" in make.words(answer)
        older = await supported(harness, "1.0.4")
        assert (older.tone, "By endoflife.date" in make.words(older)) == (Tone.WARNING, True)
        assert (await supported(harness, "0.9.0")).tone is not Tone.GOOD


@pytest.mark.parametrize(
    ("page", "tone"),
    [
        (TABLE, Tone.WARNING),
        ("# Security\n\n| Version | Supported |\n|---|---|\n| 1.0.x | ✅ |\n", Tone.UNSURE),
        ("\x00\x01 not words", Tone.UNSURE),
    ],
)
async def test_where_the_policy_has_rows_or_cannot_be_read_the_other_source_does_not_count(
    page: str, tone: Tone, clock: ManualClock, tmp_path: Path
) -> None:
    text = page.replace("1.1.x | ✅", "1.1.x | ❌")
    async with sailing(clock, tmp_path, page=text) as harness:
        answer = await supported(harness, "1.1.2")
        assert answer.tone is tone
        assert "endoflife.date" not in make.words(answer)


async def test_a_difference_is_reported_to_the_maintainers_once_and_answers_nothing(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with sailing(clock, tmp_path, page=TABLE.replace("1.0.x | ❌", "1.0.x | ✅")) as harness:
        (notice,) = [
            post for post in harness.chat.rooms["console:ops"] if "endoflife.date says" in make.words(post.message)
        ]
        title = notice.message.title
        assert "endoflife.date says that 1.0 was supported until 31 December 2030" in make.words(notice.message)
        assert (await supported(harness, "1.0.4")).tone is Tone.GOOD
        harness.world.lifecycles["ferry"]["last_modified"] = "2031-03-02T08:00:00+00:00"
        await harness.run_for(timedelta(hours=2))
        assert harness.chat.titles("console:ops").count(title) == 1
        assert "console" not in harness.chat.rooms


async def test_a_difference_is_reported_though_the_first_transaction_failed(clock: ManualClock, tmp_path: Path) -> None:
    faults_left = ["before commit"]

    def fail_once(name: str) -> None:
        if name in faults_left and harness.world.requests[-1].path.startswith("/eol/"):
            faults_left.remove(name)
            raise OSError("the disk is away")

    async with sailing(clock, tmp_path, page=TABLE) as harness:
        harness.services.ingestor.failpoint = fail_once
        harness.world.lifecycles["ferry"] = product(cycle("1.1", is_eol=True), cycle("1.0", is_eol=True))
        await harness.run_for(timedelta(hours=2))
        assert faults_left == []
        posts = [
            post for post in harness.chat.rooms["console:ops"] if "endoflife.date says" in make.words(post.message)
        ]
        assert len(posts) == 1


async def test_a_failure_is_named_in_the_status_and_what_was_read_stays(clock: ManualClock, tmp_path: Path) -> None:
    async with sailing(clock, tmp_path) as harness:
        harness.world.faults.lay("/eol/*", faults.status(503))
        await harness.run_for(timedelta(hours=2))
        ask = CommandRequest(command="status", arguments={}, asker=RoomAddress("console:user"), asked_at=clock.now)
        assert "endoflife.date" in make.words(await harness.services.answers.answer(ask))
        assert (await supported(harness, "1.1.2")).title == "Ferry 1.1.2 gets security fixes until 30 June 2032"


async def test_another_product_in_the_configuration_silences_the_former_one(clock: ManualClock, tmp_path: Path) -> None:
    async with sailing(clock, tmp_path) as harness:
        harness.services.change(replace(harness.services.config, projects=(replace(WATCHED, endoflife="ferry-next"),)))
        answer = await supported(harness, "1.1.2")
        assert "endoflife.date" not in make.words(answer)
