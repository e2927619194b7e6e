"""What ends its parser is quarantined: announced without its text, named, never concluded from, and tried again."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from chatbot.runtime.delivery.notices import MOST_UNPARSED
from chatbot.sources.parsing.documents import Document, Parsed
from chatbot.sources.parsing.journal import AGAIN
from chatbot.sources.parsing.process import Limits
from chatbot.store.database.tables import deliveries, parsing
from tests.demo.make import advisory, release
from tests.patience import until
from tests.runtime.crashing_bot import lines_of
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.sources.parsing.poisoned import HERE
from tests.standins.clock import START, ManualClock
from tests.standins.github.server import FaultyGitHub, serve

LIMITS = Limits(seconds=1, worker=HERE)
LONG = "\n\nAnd more words.\n" * 600  # too long to be parsed outside of a process
PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n"
REASON = "it took more than 1 s of computing time"
OPS = RoomAddress("console:ops")
ROOMS = [room("console")]


def repository() -> Repository:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases.append(release("v1.0.0", 1))
    ferry.commit("SECURITY.md", PAGE, START)
    return ferry


def publish(ferry: Repository, clock: ManualClock, tag: str, body: str) -> None:
    ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now, body=body))


def flaw(
    ferry: Repository,
    clock: ManualClock,
    description: str,
    ghsa: str = "GHSA-2222-2222-2222",
    cve: str = "CVE-2031-0002",
) -> None:
    item = advisory(
        ghsa, 0, created_at=clock.now, published_at=clock.now, description=description, severity="critical", cve=cve
    )
    ferry.advisories.append(item)


def messages_in(harness: Harness, at: str = "console") -> dict[str, Message]:
    return {posted.message.title: posted.message for posted in harness.chat.rooms.get(at, [])}


async def ask(harness: Harness, command: str, **arguments: str) -> Message:
    request = CommandRequest(
        command=command,
        arguments=arguments,
        asker=RoomAddress("console:user"),
        room=RoomAddress("console"),
        asked_at=harness.clock(),
    )
    return await harness.services.answers.answer(request)


async def attempts(harness: Harness) -> list[tuple[str, int, bool]]:
    async with harness.services.store.reading() as tx:
        rows = await tx.rows(sa.select(parsing).order_by(parsing.c.name))
    return [(row.name, row.strikes, row.quarantined_at is not None) for row in rows]


async def test_one_poisonous_release_is_announced_without_its_notes_and_stops_no_other(tmp_path: Path) -> None:
    ferry, clock = repository(), ManualClock()
    project = replace(FERRY, maintainers_room=OPS)
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS, project=project) as harness:
        await harness.poll()
        clock.advance(10 * MINUTE)
        publish(ferry, clock, "v1.0.1", f"Before.{LONG}")
        publish(ferry, clock, "v1.0.2", f"POISON burn{LONG}")
        publish(ferry, clock, "v1.0.3", f"After.{LONG}")
        for _ in range(3):
            await harness.run_for()
        messages = messages_in(harness)
        assert len(messages) == 3
        assert "Before." in repr(messages["Ferry 1.0.1"].body)
        assert "After." in repr(messages["Ferry 1.0.3"].body)
        bare = messages["Ferry 1.0.2"]
        assert REASON in repr(bare.body)
        assert bare.links[0].text == "Release notes"
        assert REASON in repr((await ask(harness, "why", id="v1.0.2")).body)
        assert f"v1.0.2 cannot be parsed ({REASON})" in repr((await ask(harness, "status")).body)
        assert list(messages_in(harness, OPS)) == ["v1.0.2 cannot be parsed", "Ferry – how I read the security policy"]
        assert await attempts(harness) == [("v1.0.2", 2, True)]


async def test_it_is_tried_again_daily_and_edited_when_it_can_be_parsed(tmp_path: Path) -> None:
    ferry, clock, flag = repository(), ManualClock(), tmp_path / "flag"
    flag.touch()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        await harness.poll()
        clock.advance(10 * MINUTE)
        publish(ferry, clock, "v1.0.1", f"Now it is read. POISON until {flag};{LONG}")
        await harness.run_for()
        assert REASON in repr(messages_in(harness)["Ferry 1.0.1"].body)
        flag.unlink()
        publish(ferry, clock, "v1.0.2", "Another, so that the page is another too.")
        await harness.run_for()
        assert REASON in repr(messages_in(harness)["Ferry 1.0.1"].body), "it rests for a day"
        clock.advance(AGAIN + timedelta(hours=2))
        await harness.run_for()
        assert "Now it is read." in repr(messages_in(harness)["Ferry 1.0.1"].body)
        assert not await attempts(harness)
        assert (await ask(harness, "status")).tone is Tone.GOOD


async def test_a_changed_text_is_parsed_at_once(tmp_path: Path) -> None:
    ferry, clock = repository(), ManualClock()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        await harness.poll()
        clock.advance(10 * MINUTE)
        publish(ferry, clock, "v1.0.1", f"POISON crash{LONG}")
        await harness.run_for()
        assert "SIGSEGV" in repr(messages_in(harness)["Ferry 1.0.1"].body)
        ferry.releases[-1].body = f"Corrected.{LONG}"
        await harness.run_for()
        assert "Corrected." in repr(messages_in(harness)["Ferry 1.0.1"].body)
        assert not await attempts(harness)


async def test_what_was_parsed_before_keeps_its_notes_when_the_machine_has_no_room(tmp_path: Path) -> None:
    ferry, clock, flag = repository(), ManualClock(), tmp_path / "flag"
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        await harness.poll()
        clock.advance(10 * MINUTE)
        publish(ferry, clock, "v1.0.1", f"It was read. POISON until {flag};{LONG}")
        await harness.run_for()
        flag.touch()  # from now on every process ends that parses it
        publish(ferry, clock, "v1.0.2", "Another, so that the page is another too.")
        await harness.run_for()
        assert len(messages_in(harness)) == 2
        assert "It was read." in repr(messages_in(harness)["Ferry 1.0.1"].body)
        assert not any(posted.edits for posted in harness.chat.rooms["console"])
        assert not await attempts(harness), "it is not to blame"


async def test_an_advisory_that_cannot_be_parsed_alerts_and_clears_nobody(tmp_path: Path) -> None:
    ferry, clock = repository(), ManualClock()
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        await harness.poll()
        clock.advance(10 * MINUTE)
        flaw(ferry, clock, f"POISON eat{LONG}")
        flaw(ferry, clock, f"Another.{LONG}", "GHSA-3333-3333-3333", "CVE-2031-0003")
        await harness.run_for()
        posted = {posted.message.url.rpartition("/")[2]: posted.message for posted in harness.chat.rooms["console"]}
        bare = posted["GHSA-2222-2222-2222"]
        assert bare.tone is Tone.CRITICAL
        assert bare.mentions or harness.chat.pings, "its severity is known, so people are called"
        assert "memory" in repr(bare.fields)
        assert "Another." in repr(posted["GHSA-3333-3333-3333"].body)
        answer = await ask(harness, "affected", version="1.0.0")
        assert "GHSA-2222-2222-2222" in repr(answer.body)
        assert answer.tone is not Tone.GOOD
        assert (await ask(harness, "affected", version="99.0.0")).tone is Tone.UNSURE, "there is no such release"
        assert "memory" in repr((await ask(harness, "why", id="GHSA-2222-2222-2222")).body)


async def test_a_page_that_cannot_be_parsed_leaves_every_question_open_until_it_can(tmp_path: Path) -> None:
    ferry, clock, flag = repository(), ManualClock(), tmp_path / "flag"
    flag.touch()
    ferry.commit("SECURITY.md", f"{PAGE}\nThis was the page before.\n", START)
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        await harness.poll()
        assert (await ask(harness, "supported", version="1.0.0")).tone is Tone.GOOD
        clock.advance(timedelta(minutes=31))
        ferry.commit("SECURITY.md", f"{PAGE}\nPOISON until {flag};{LONG}", clock())
        await harness.run_for()
        answer = await ask(harness, "supported", version="1.0.0")
        assert answer.tone is Tone.UNSURE
        assert REASON in repr(answer)
        assert REASON in repr((await ask(harness, "why", id="policy")).body)
        assert "SECURITY.md cannot be parsed" in repr((await ask(harness, "status")).body)
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        answer = await ask(harness, "supported", version="1.0.0")
        assert REASON in repr(answer), "after a restart too"
        flag.unlink()
        clock.advance(AGAIN + timedelta(hours=2))
        await harness.run_for()
        assert (await ask(harness, "supported", version="1.0.0")).tone is Tone.GOOD
        assert not await attempts(harness)


BOT = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from chatbot.sources.parsing.process import Limits
from tests.runtime import crashing_bot
from tests.sources.parsing.poisoned import HERE
database, github, paper, at = sys.argv[1:]
asyncio.run(crashing_bot.live(database, github, Path(paper), datetime.fromisoformat(at), 3, Limits(seconds=600, worker=HERE)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="finds the parsing process in /proc")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_kills_in_the_middle_of_parsing_silence_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """Whoever kills the bot while it parses, as often as they like, quarantines nothing by that."""
    ferry, clock, flag, paper = repository(), ManualClock(), tmp_path / "flag", tmp_path / "paper"
    database = f"sqlite:///{tmp_path}/bot.db"
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:

        async def live() -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-c", BOT, database, github, str(paper), clock().isoformat()
            )

        assert await (await live()).wait() == 0
        clock.advance(10 * MINUTE)
        publish(ferry, clock, "v1.0.1", f"Read in the end. POISON until {flag};{LONG}")
        flag.touch()
        for _ in range(4):
            bot = await live()
            await until(lambda bot=bot: worker_of(bot.pid), "a page is being parsed")  # type: ignore[misc]  # bound now
            worker = worker_of(bot.pid)
            bot.send_signal(number)
            assert await bot.wait() != 0
            await until(lambda worker=worker: not Path(f"/proc/{worker}").exists(), "its parser is gone")  # type: ignore[misc]  # bound now
            clock.advance(MINUTE)
        flag.unlink()
        assert await (await live()).wait() == 0
    assert {str(line["title"]) for line in lines_of(paper)} == {"Ferry 1.0.1"}
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS) as harness:
        assert not await attempts(harness)
        assert "v1.0.1" in repr(await ask(harness, "latest"))


def worker_of(pid: int) -> int:
    """The process id of a bot's parser that is busy, or 0."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if Path(f"/proc/{pid}").exists() else ():
        words = Path(f"/proc/{child}/cmdline").read_bytes()
        if HERE.encode() in words and Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "R":
            used = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            return int(child) if int(used[11]) > os.sysconf("SC_CLK_TCK") else 0
    return 0


async def test_what_was_left_over_is_parsed_in_a_process_however_small(tmp_path: Path) -> None:
    ferry, clock = repository(), ManualClock()
    small = Document(kind="policy", project=ProjectId("ferry"), name="SECURITY.md", content=PAGE.encode())
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, parsing=LIMITS) as harness:
        reader, journal = harness.services.reader, harness.services.quarantine
        assert isinstance(await reader.parse(small), Parsed)
        assert not reader.pool.pids, "it is parsed where it is read"
        await journal.begin([small])  # and then the bot ends
        await journal.recover()
        assert isinstance(await reader.parse(small), Parsed)
        assert reader.pool.pids
        assert not await attempts(harness), "it has proved harmless"


async def test_heavy_texts_published_again_and_again_flood_no_room_and_no_table(tmp_path: Path) -> None:
    """Whoever controls a repository chooses how often its texts change, and how many there are."""
    rooms = [room("console"), room("console:ops")]
    async with open_harness(repository(), ManualClock(), tmp_path / "bot.db", rooms, parsing=LIMITS) as harness:
        journal = replace(harness.services.quarantine, maintainers_room=lambda _project: OPS)
        for change in range(20):
            document = Document(
                kind="release", project=ProjectId("ferry"), name="v1.0.0", content=f"change {change}".encode()
            )
            await journal.strike(document, REASON)
            await journal.strike(document, REASON)
        assert await attempts(harness) == [("v1.0.0", 2, True)]
        assert await notices(harness) == 1
        for number in range(20):
            document = Document(
                kind="release", project=ProjectId("ferry"), name=f"v2.{number}.0", content=b"heavy %d" % number
            )
            await journal.strike(document, REASON)
            await journal.strike(document, REASON)
        assert len(await attempts(harness)) == 21, "/status counts all of them"
        assert await notices(harness) == MOST_UNPARSED


async def notices(harness: Harness) -> int:
    """How many messages for the maintainers' room were lines_of down."""
    async with harness.services.store.reading() as tx:
        return len(await tx.rows(sa.select(deliveries.c.id).where(deliveries.c.room == OPS)))
