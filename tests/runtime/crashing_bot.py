"""A bot that may be ended at any named point, as a process of its own; its chat is a file that remembers every message.

The chat forgets keys at once: whoever repeats a message without looking first says it twice, and the file shows it.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from chatbot.chats import profile_named
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Ability, Outgoing
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.sources.parsing.process import Limits
from chatbot.store.maintainers import words as audit_log
from tests.standins.failpoints import Failpoint, failpoint_of, go_on

LIMITS = Limits()
ROOMS = tuple(f"console:{number}" for number in range(3))
FERRY = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")
OPS, MAINTAINER = RoomAddress("console:ops"), RoomAddress("console:user:mira")
MAINTAINED = replace(FERRY, maintainers=(MAINTAINER,), maintainers_room=OPS)

Spoken = Mapping[
    str, str
]  # what a maintainer says: the `action` of the log, the `subject` there, and the options as typed


@dataclass(slots=True)
class FileChat:
    """Rooms on paper: one line for each message or edit, on disk before it is answered."""

    paper: Path
    name: str = "console"
    abilities: frozenset[Ability] = frozenset(Ability)

    @property
    def profile(self) -> ChatProfile:
        return profile_named(self.name)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def ready(self) -> None:
        """Return at once."""

    async def send(self, outgoing: Outgoing) -> str:
        return self._write(outgoing, f"{outgoing.room}/{outgoing.key}")

    async def edit(self, outgoing: Outgoing) -> str:
        return self._write(outgoing, outgoing.replaces)

    async def find(self, outgoing: Outgoing) -> str | None:
        lines = [line for line in lines_of(self.paper) if line["key"] == outgoing.key]
        return str(lines[0]["reference"]) if lines else None

    async def remove(self, room: RoomAddress, reference: str) -> None:
        """What is on paper stays there."""

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        yield

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        return [CheckResult(kind="room", chat=self.name, subject=room.address) for room in rooms]

    def room_name(self, room: RoomAddress) -> str:
        return f"#{room.rpartition(':')[2]}"

    async def close(self) -> None:
        """Nothing to close."""

    def _write(self, outgoing: Outgoing, reference: str) -> str:
        line = {
            "room": outgoing.room,
            "title": outgoing.message.title,
            "key": outgoing.key,
            "reference": reference,
            "edit": bool(outgoing.replaces),
            "struck": outgoing.message.struck,
        }
        with self.paper.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return reference


def lines_of(paper: Path) -> list[dict[str, object]]:
    """Every line of the rooms, the oldest first."""
    return [json.loads(line) for line in paper.read_text().splitlines()] if paper.exists() else []


async def live(
    database: str,
    github: str,
    paper: Path,
    now: datetime,
    minutes: int,
    parsing: Limits = LIMITS,
    failpoint: Failpoint = go_on,
    spoken: Sequence[Spoken] = (),
) -> None:
    """Look and deliver as often as minutes pass. What is `spoken` is said by the project's maintainer, after the first look."""
    config = ServicesConfig(
        database=database,
        projects=(MAINTAINED if spoken else FERRY,),
        rooms=tuple(
            Room(address=RoomAddress(at), projects=(ProjectId("ferry"),), watch_filter=WatchFilter()) for at in ROOMS
        ),
        api_url=github,
        web_url=github,
        token=None,
        poll_seconds=60,
        settle=timedelta(seconds=30),
        per_second=1e6,
        parsing=parsing,
        failpoint=failpoint,
    )
    moment = now

    def clock() -> datetime:
        return moment

    async with open_services(config, clock) as services:
        await services.quarantine.recover()
        for _ in range(minutes):
            delivery = Delivery(chat=FileChat(paper), store=services.store, clock=clock, failpoint=config.failpoint)
            await delivery.recover()
            await services.look_once()
            await _say(services, spoken, moment)
            await services.fan_outs.drain()
            await delivery.drain()
            moment += timedelta(minutes=1)


async def _say(services: Services, spoken: Sequence[Spoken], now: datetime) -> None:
    """As a maintainer does who looks into the log first, and says what is not there."""
    async with services.store.reading() as tx:
        there = {(word.action, word.subject) for word in await audit_log.words(tx, FERRY.id)} if spoken else set()
    for word in spoken:
        if (word["action"], word["subject"]) not in there:
            options = {name: text for name, text in word.items() if name not in ("action", "subject")}
            await services.answers.answer(
                CommandRequest(
                    command=f"announce {word['action']}", arguments=options, asker=MAINTAINER, room=OPS, asked_at=now
                )
            )


def main() -> None:
    url, server, file, at, many, *more = sys.argv[1:]
    crash, spoken = failpoint_of(os.environ), json.loads(more[0]) if more else ()
    moment = datetime.fromisoformat(at)
    asyncio.run(live(url, server, Path(file), moment, int(many), failpoint=crash, spoken=spoken))
