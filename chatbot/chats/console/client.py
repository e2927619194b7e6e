"""The terminal behind the Chat port: panels out, questions in from a stream of lines."""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from rich.console import Console

from chatbot.chats.console.format import to_panel, to_text
from chatbot.chats.console.profile import PROFILE
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandError, CommandRequest, Right, read_line
from chatbot.core.queries.numbered import Choice, choices
from chatbot.core.watching.options import ANYBODY
from chatbot.ports import Ability, Answerer, Clock, Outgoing


class ConsoleChat:
    """`lines` are what is typed; the bot goes on when they end. `panels`: snapshots instead of plain lines; as the terminal
    can, when not said. The person at the terminal is the operator and has all rights."""

    profile = PROFILE
    name = PROFILE.name
    abilities = frozenset({Ability.EDIT, Ability.REPLY})

    def __init__(
        self,
        console: Console,
        lines: AsyncIterator[str],
        answerer: Answerer,
        clock: Clock,
        *,
        panels: bool | None = None,
    ) -> None:
        self._console, self._lines, self._answerer, self._clock = console, lines, answerer, clock
        self._panels = console.is_terminal if panels is None else panels
        self._references = itertools.count(1)
        self._choices: tuple[Choice, ...] = ()  # of the last message that offers some

    async def run(self) -> None:
        """Answer typed questions until the lines end; then stay, for announcements go on."""
        async for line in self._lines:
            if line.strip():
                self.show(await self.ask(line))

    async def ask(self, line: str) -> Message:
        """Answer one typed line; a number is a choice of the last message that offers some."""
        choice = next((each for at, each in enumerate(self._choices, 1) if line.strip() == str(at)), None)
        if choice is None:
            return await ask_line(line, self._answerer, self._clock, dm=RoomAddress(self.name))
        request = _request(choice.command, choice.arguments, self._clock, RoomAddress(self.name))
        return await self._answerer.answer(request)

    async def ready(self) -> None:
        """Return at once: a terminal is always there."""

    async def send(self, outgoing: Outgoing) -> str:
        self.show(outgoing.message, heading="reply" if outgoing.reply_to else "")
        return str(next(self._references))

    async def edit(self, outgoing: Outgoing) -> str:
        self.show(outgoing.message, heading="edited")
        return outgoing.replaces

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        """The terminal is the DM of who sits there."""
        del person, key
        self.show(message)
        return RoomAddress(self.name)

    async def find(self, outgoing: Outgoing) -> str | None:
        """Nothing: a terminal cannot be read back, and a new one shows nothing yet."""
        del outgoing
        return None

    async def remove(self, room: RoomAddress, reference: str) -> None:
        """Nothing: what a terminal has shown stays."""

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """At once: a terminal is always there."""
        yield

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        """Nothing can be wrong with a terminal, unless it is called by a name that it does not have."""
        return [_checked(each.address) for each in rooms]

    def room_name(self, room: RoomAddress) -> str:
        """None: its address says it."""
        del room
        return ""

    async def close(self) -> None:
        """Nothing to close."""

    def show(self, message: Message, heading: str = "") -> None:
        """Print a panel, or plain lines."""
        self._choices = choices(message) or self._choices
        if self._panels:
            self._console.print(to_panel(message, heading=heading))
            return
        self._console.print(
            f"[{heading}] " if heading else "", to_text(message), "\n", sep="", markup=False, highlight=False
        )


async def ask_line(line: str, answerer: Answerer, clock: Clock, *, dm: RoomAddress = NOWHERE) -> Message:
    """Read a typed line and answer it; a line that is not a command gets the reason, and an example or the way to help. `dm`:
    where the alerts of who asks may come."""
    parsed = read_line(line)
    name, arguments = (
        ("help", parsed.help_arguments) if isinstance(parsed, CommandError) else (parsed[0].name, parsed[1])
    )
    return await answerer.answer(_request(name, arguments, clock, dm))


def _checked(room: RoomAddress) -> CheckResult:
    result = CheckResult(kind="room", chat=PROFILE.name, subject=room, right=("this terminal",))
    return result if room == PROFILE.name else replace(result, wrong=(f"the terminal has one room: `{PROFILE.name}`",))


def _request(command: str, arguments: Mapping[str, str], clock: Clock, dm: RoomAddress) -> CommandRequest:
    now = clock()
    return CommandRequest(
        command=command,
        arguments=arguments,
        asker=RoomAddress("console:user"),
        room=RoomAddress("console"),
        dm=dm,
        rights=frozenset(Right),
        server=PROFILE.name,
        may_ping=frozenset({ANYBODY}),
        asked_at=now,
        key=now.isoformat(),
    )
