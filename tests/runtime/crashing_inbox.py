"""A bot that may be ended at any named point of a question's way, from the sync to its room, as a process of its own.

The homeserver is a file of questions: it tells all from the sync token on, and the last one before it once more. The rooms are
on paper too, as in `tests.runtime.crashing_bot`: they forget keys at once, so whoever answers again without looking answers twice.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Question
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.queries.answer import Answers
from chatbot.runtime.queries.inbox import Inbox
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.store.inbox import StoredSyncMemory
from tests.runtime.crashing_bot import FERRY, FileChat
from tests.standins.failpoints import Failpoint, crash_at, go_on

PLACES = ("!one:hs.test", "!two:hs.test")
ASKER = RoomAddress("matrix:@alice:hs.test")
FAILPOINTS = (
    "synced",  # questions came in, nothing is written
    "before taking in",  # they and the token are written, not committed
    "taken in",
    "answered",  # an answer is made, nothing is written
    "before enqueueing",  # it is in the outbox and its question done, not committed
    "enqueued",
    "claimed",  # and these are the delivery's own, as in `tests.standins.failpoints`
    "sent",
    "before mark",
    "recorded",
)


@dataclass(slots=True)
class Commits:
    """Points before a commit and after it: the later one is passed when the next transaction begins, or none does."""

    failpoint: Failpoint
    before: str = ""
    after: str = ""
    is_done: bool = False

    def listen(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "begin", lambda _: self.end() if self.is_done else None)
        sa.event.listen(engine, "commit", lambda _: self._commits())

    def expect(self, before: str, after: str) -> None:
        self.before, self.after, self.is_done = before, after, False

    def _commits(self) -> None:
        before, self.before = self.before, ""
        if before:
            self.failpoint(before)
            self.is_done = True

    def end(self) -> None:
        after, self.after, self.is_done = self.after, "", False
        if after:
            self.failpoint(after)


@dataclass(slots=True)
class CrashingAnswers(Answers):
    """Answers that may be the last thing that was done."""

    failpoint: Failpoint = go_on
    commits: Commits = field(default_factory=lambda: Commits(go_on))

    async def answer(self, ask: CommandRequest) -> Message:
        message = await Answers.answer(self, ask)
        self.failpoint("answered")
        self.commits.expect("before enqueueing", "enqueued")
        return message


def ask(paper: Path, event: str, command: str, at: datetime, place: str = PLACES[0], **arguments: str) -> None:
    """Somebody asks in a room."""
    line = {"event": event, "place": place, "command": command, "arguments": arguments, "at": at.isoformat()}
    with paper.open("a") as file:
        file.write(json.dumps(line) + "\n")


def _read_paper(paper: Path, since: int) -> tuple[str, list[Question]]:
    lines = paper.read_text().splitlines() if paper.exists() else []
    return str(len(lines)), [_question(json.loads(line)) for line in lines[max(since - 1, 0) :]]


def _question(line: dict[str, object]) -> Question:
    request = CommandRequest(
        command=str(line["command"]),
        arguments=dict(line["arguments"]),  # type: ignore[call-overload]  # our own line
        asker=ASKER,
        room=RoomAddress(f"matrix:{line['place']}"),
        asked_at=datetime.fromisoformat(str(line["at"])),
        key=str(line["event"]),
    )
    return Question(event=str(line["event"]), place=str(line["place"]), ask=request)


@dataclass(slots=True)
class Life:
    """One life of the bot: everything it does from its start until nothing is left to do."""

    services: Services
    folder: Path
    now: datetime
    failpoint: Failpoint

    def clock(self) -> datetime:
        return self.now

    async def live(self) -> None:
        commits = Commits(self.failpoint)
        commits.listen(self.services.store.engine.sync_engine)
        await self._sync(commits)
        answers = self.services.answers
        answers_until_crash = CrashingAnswers(
            store=self.services.store,
            projects=answers.projects,
            rooms=answers.rooms,
            reader=answers.reader,
            clock=self.clock,
            forge=answers.forge,
            failpoint=self.failpoint,
            commits=commits,
        )
        await Inbox(
            chat="matrix", store=self.services.store, answers=answers_until_crash, clock=self.clock
        ).answer_all()
        commits.end()
        wall = FileChat(self.folder / "rooms.jsonl", name="matrix")
        delivery = Delivery(chat=wall, store=self.services.store, clock=self.clock, failpoint=self.failpoint)
        await delivery.recover()
        await delivery.drain()

    async def _sync(self, commits: Commits) -> None:
        memory = StoredSyncMemory(self.services.store, "matrix", "matrix")
        token, questions = _read_paper(self.folder / "asked.jsonl", int(await memory.token() or "0"))
        self.failpoint("synced")
        commits.expect("before taking in", "taken in")
        await memory.remember(token, questions, [])
        commits.end()


async def live(
    database: str, github: str, folder: Path, now: datetime, failpoint: Failpoint, *, look: bool = False
) -> None:
    """Live once; with a `look`, what GitHub has published is read first."""
    config = ServicesConfig(
        database=database,
        projects=(FERRY,),
        rooms=tuple(
            Room(address=RoomAddress(f"matrix:{each}"), projects=(ProjectId("ferry"),), watch_filter=WatchFilter())
            for each in PLACES
        ),
        api_url=github,
        web_url=github,
        token=None,
        poll_seconds=60,
        settle=timedelta(seconds=30),
        per_second=1e6,
    )
    async with open_services(config, lambda: now) as services:
        if look:
            await services.look_once()
        await Life(services, folder, now, failpoint).live()


def main() -> None:
    url, server, where, moment, name, many = sys.argv[1:]
    asyncio.run(live(url, server, Path(where), datetime.fromisoformat(moment), crash_at(name, int(many))))
