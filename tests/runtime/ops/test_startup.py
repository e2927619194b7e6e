"""What an operator reads in the log after a start and after a reload."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatbot.core.checks.result import CheckResult, RoomToCheck, attention
from chatbot.core.model.ids import RoomAddress
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatUnavailable
from chatbot.runtime.ops.reload_report import changes, waiting
from chatbot.runtime.ops.startup import StartReport
from chatbot.runtime.settings.settings import Settings, load
from tests.demo.make import advisory, release
from tests.patience import PATIENCE
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock
from tests.standins.github.faults import status


@dataclass(slots=True)
class Checked(FaultyChat):
    """A chat that finds these problems in its rooms, or cannot look."""

    problems: dict[str, str] = field(default_factory=dict)
    trouble: Exception | None = None
    checked_rooms: list[str] = field(default_factory=list)
    rounds: asyncio.Queue[None] = field(
        default_factory=lambda: asyncio.Queue(1)
    )  # each check waits until the test takes it

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        self.checked_rooms += [room.address for room in rooms]
        if self.trouble is not None:
            raise self.trouble
        results = [
            CheckResult(
                kind="room",
                chat=self.name,
                subject=room.address,
                name="#quay\x1b[2J",
                wrong=(self.problems[room.address],) if room.address in self.problems else (),
            )
            for room in rooms
        ]
        await self.rounds.put(None)
        return results


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.advisories = [advisory("GHSA-2222-2222-2222", 5)]
    of.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    return of


@asynccontextmanager
async def started(
    ferry: Repository, folder: Path, chat: Checked, **more: Any
) -> AsyncIterator[tuple[Harness, StartReport]]:
    project = replace(FERRY, maintainers_room=RoomAddress("console:office"))
    async with open_harness(
        ferry, ManualClock(), folder / "bot.db", [room("console")], chat=chat, project=project, **more
    ) as harness:
        yield harness, StartReport(harness.services, [chat], settle_seconds=0)


async def reported(harness: Harness, report: StartReport) -> list[Any]:
    with capture_logs() as lines:
        await report.begin()
        running = asyncio.create_task(report.run())
        await harness.poll()
        async with asyncio.timeout(PATIENCE):
            await running
    return [line for line in lines if line["log_level"] != "debug"]


def entries(lines: list[Any], event: str) -> list[Any]:
    return [line for line in lines if line["event"].startswith(event)]


async def test_the_first_start_says_what_was_read_and_that_it_is_silent(ferry: Repository, tmp_path: Path) -> None:
    chat = Checked(problems={"console:office": "it is locked: unlock it"}, rounds=asyncio.Queue())
    async with started(ferry, tmp_path, chat) as (harness, report):
        lines = await reported(harness, report)
        (entry,) = entries(lines, "project read")
        assert {name: entry[name] for name in ("project", "repository", "releases", "advisories", "policy", "rooms")} == {
            "project": "ferry", "repository": "harbour/ferry", "releases": 2, "advisories": 1, "policy": "SECURITY.md of 2031-03-01",
            "rooms": 1,
        }  # fmt: skip
        assert len(entries(lines, "first start: what was published before it will not be announced")) == 1
        assert [
            (line["room"], line["room_name"], line["problem"]) for line in entries(lines, "a room needs attention")
        ] == [("console:office", "#quay[2J", "it is locked: unlock it")]
        assert (entries(lines, "rooms checked")[0]["rooms"], entries(lines, "rooms checked")[0]["problems"]) == (2, 1)
        assert chat.checked_rooms == ["console", "console:office"]
        again = await reported(harness, report)
        assert not entries(again, "project read"), "a reload tells of what is new"
        assert len(entries(again, "a room needs attention")) == 1
    async with started(ferry, tmp_path, chat) as (harness, report):
        assert not entries(await reported(harness, report), "first start")


async def test_the_newest_release_that_a_first_start_shows_is_named(ferry: Repository, tmp_path: Path) -> None:
    async with started(ferry, tmp_path, Checked(rounds=asyncio.Queue()), introduce_newest=True) as (harness, report):
        assert entries(await reported(harness, report), "first start: the newest release is posted once in each room")


async def test_what_could_not_be_read_is_reported(ferry: Repository, tmp_path: Path) -> None:
    async with started(ferry, tmp_path, Checked(trouble=ChatUnavailable("no network"))) as (harness, report):
        harness.world.faults.lay("/repos/*", status(502))
        lines = await reported(harness, report)
        sources = {line["source"] for line in entries(lines, "not everything could be read")}
        assert sources == {"github-releases:ferry", "github-advisories:ferry", "github-policy:ferry"}
        assert entries(lines, "the releases have not been read yet; nothing is announced until then")
        assert not entries(lines, "project read")
        assert entries(lines, "the rooms could not be checked")[0]["reason"] == "no network (2 rooms not tried)"


async def test_rooms_are_looked_at_again_and_what_changed_is_logged(ferry: Repository, tmp_path: Path) -> None:
    chat = Checked(problems={"console": "it is locked: unlock it"})
    async with started(ferry, tmp_path, chat) as (harness, report):
        report.every = 0.0
        with capture_logs() as lines:
            looking = asyncio.create_task(report.keep())
            async with asyncio.timeout(PATIENCE):
                for _ in range(4):
                    await chat.rounds.get()
                assert len(entries(lines, "a room needs attention")) == 1, "what is known is not repeated"
                chat.problems = {"console:office": "its door is open: shut it"}
                for _ in range(4):
                    await chat.rounds.get()
                (again,) = entries(lines, "a room is fine again")
                assert again["room"] == "console"
                assert [line["room"] for line in entries(lines, "a room needs attention")] == [
                    "console",
                    "console:office",
                ]
                ((at, results),) = harness.services.answers.checks.values()
                assert at == harness.clock.now
                assert [each.subject for each in attention(results)] == ["console:office"]
            looking.cancel()
            await asyncio.wait({looking})


CONFIG = """
database = "sqlite:///a.db"
first_run = "silent"
[github]
token = "ghp_one_secret"
poll_seconds = 60
[discord]
token = "discord-secret"
[[projects]]
id = "ferry"
repository = "harbour/ferry"
[[projects]]
id = "raft"
repository = "harbour/raft"
[[rooms]]
address = "discord:1"
projects = ["ferry"]
[[rooms]]
address = "discord:2"
projects = ["ferry"]
"""


def settings(folder: Path, *swaps: tuple[str, str]) -> Settings:
    text = CONFIG
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    config = folder / "config.toml"
    config.write_text(text)
    return load(config, {})


@pytest.mark.parametrize(
    ("swap", "names"),
    [
        (("ghp_one_secret", "ghp_another_secret"), ["github.token"]),
        (("poll_seconds = 60", "poll_seconds = 90"), ["github.poll_seconds"]),
        (("[discord]", 'api_url = "https://ghe.example/api/v3"\n[discord]'), ["github.api_url"]),
        (('database = "sqlite:///a.db"', 'database = "sqlite:///b.db"'), ["database"]),
        (('first_run = "silent"', 'first_run = "newest"'), ["first_run"]),
        (('[[rooms]]\naddress = "discord:2"', '[[rooms]]\naddress = "discord:3"'), []),
        (("harbour/raft", "harbour/boat"), []),
    ],
)
def test_what_waits_for_a_restart(tmp_path: Path, swap: tuple[str, str], names: list[str]) -> None:
    keys = waiting(settings(tmp_path), settings(tmp_path, swap))
    assert keys == names
    assert "secret" not in repr(keys)


def test_what_a_reload_changed(tmp_path: Path) -> None:
    before = settings(tmp_path)
    assert changes(before, before) == {}
    after = settings(
        tmp_path,
        ('address = "discord:2"', 'address = "discord:3"'),
        ('address = "discord:1"', 'address = "discord:1"\nprereleases = true'),
        ('id = "raft"\nrepository = "harbour/raft"', 'id = "boat"\nrepository = "harbour/boat"'),
        ('"harbour/ferry"', '"harbour/ferries"'),
    )
    assert changes(before, after) == {
        "rooms_added": ["discord:3"],
        "rooms_removed": ["discord:2"],
        "rooms_changed": ["discord:1"],
        "projects_added": ["boat"],
        "projects_removed": ["raft"],
        "projects_changed": ["ferry"],
    }
