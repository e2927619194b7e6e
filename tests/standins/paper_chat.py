"""A toy chat, as somebody would add one: rooms are files, a message is a line of JSON in them, and a new line corrects an old one."""

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest, read_line
from chatbot.ports import Ability, Answerer, ChatRefused, Clock, Outgoing

PROFILE = ChatProfile(
    name="paper",
    title="Paper",
    room_address="paper:[a-z]+",
    room_examples=("paper:news",),
    person_address="paper:@[a-z]+",
    person_examples=("paper:@alice",),
    mention="room",
    command_prefix=">",
    room_word="sheet",
)


@dataclass(slots=True)
class PaperChat:
    """`folder` holds a file for each room; a room without one refuses."""

    folder: Path
    answerer: Answerer
    clock: Clock
    name: str = PROFILE.name
    profile: ChatProfile = PROFILE
    abilities: frozenset[Ability] = frozenset({Ability.EDIT, Ability.REPLY, Ability.HISTORY})
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def run(self) -> None:
        """Nobody is connected."""

    async def ready(self) -> None:
        """Paper is patient."""

    async def ask(self, line: str, room: RoomAddress, asker: RoomAddress) -> Message:
        """What somebody gets who writes a line that begins with the prefix."""
        command = read_line(line.removeprefix(PROFILE.command_prefix))
        assert isinstance(command, tuple)
        request = CommandRequest(
            command=command[0].name, arguments=command[1], asker=asker, room=room, asked_at=self.clock()
        )
        return await self.answerer.answer(request)

    async def send(self, outgoing: Outgoing) -> str:
        return self._write(outgoing, str(next(self.numbers)))

    async def edit(self, outgoing: Outgoing) -> str:
        return self._write(outgoing, outgoing.replaces)

    async def find(self, outgoing: Outgoing) -> str | None:
        return next((str(line["reference"]) for line in self.lines(outgoing.room) if line["key"] == outgoing.key), None)

    async def remove(self, room: RoomAddress, reference: str) -> None:
        """What is on paper stays there."""

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        yield

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        missing = {room.address for room in rooms if not self._file(room.address).exists()}
        return [
            CheckResult(
                kind="room",
                chat=self.name,
                subject=room.address,
                wrong=("there is no such file",) if room.address in missing else (),
            )
            for room in rooms
        ]

    def room_name(self, room: RoomAddress) -> str:
        return f"sheet {RoomAddress(room).place}"

    async def close(self) -> None:
        """Nothing is open."""

    def lines(self, room: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._file(room).read_text().splitlines()]

    def titles(self, room: str) -> list[str]:
        """The titles as they stand now."""
        return list({line["reference"]: str(line["title"]) for line in self.lines(room)}.values())

    def _file(self, room: str) -> Path:
        return self.folder / RoomAddress(room).place

    def _write(self, outgoing: Outgoing, reference: str) -> str:
        file = self._file(outgoing.room)
        if not file.exists():
            raise ChatRefused(f"there is no file {file.name}: make it")
        line = {"reference": reference, "key": outgoing.key, "title": outgoing.message.title}
        file.write_text(file.read_text() + json.dumps(line) + "\n")
        return reference
