"""The terminal behind the Chat port: panels out, questions in from a stream of lines."""

import itertools
from collections.abc import AsyncIterator, Mapping

from rich.console import Console

from chatbot.chats.console.format import to_panel, to_text
from chatbot.chats.console.profile import PROFILE
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message
from chatbot.core.queries.commands import CommandError, CommandRequest, Right, read_line
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

    async def run(self) -> None:
        """Answer typed questions until the lines end; then stay, for announcements go on."""
        async for line in self._lines:
            if line.strip():
                self.show(await self.ask(line))

    async def ask(self, line: str) -> Message:
        """Answer one typed line."""
        return await ask_line(line, self._answerer, self._clock)

    async def ready(self) -> None:
        """Return at once: a terminal is always there."""

    async def send(self, outgoing: Outgoing) -> str:
        self.show(outgoing.message, heading="reply" if outgoing.reply_to else "")
        return str(next(self._references))

    async def edit(self, outgoing: Outgoing) -> str:
        self.show(outgoing.message, heading="edited")
        return outgoing.replaces

    async def find(self, outgoing: Outgoing) -> str | None:
        """Nothing: a terminal cannot be read back, and a new one shows nothing yet."""
        del outgoing
        return None

    async def check(self, rooms: Mapping[RoomAddress, Mention | None]) -> list[str]:
        """Nothing can be wrong with a terminal."""
        return [] if all(room == "console" for room in rooms) else ["the console has one room: `console`"]

    def room_name(self, room: RoomAddress) -> str:
        """None: its address says it."""
        del room
        return ""

    async def close(self) -> None:
        """Nothing to close."""

    def show(self, message: Message, heading: str = "") -> None:
        """Print a panel, or plain lines."""
        if self._panels:
            self._console.print(to_panel(message, heading=heading))
            return
        self._console.print(
            f"[{heading}] " if heading else "", to_text(message), "\n", sep="", markup=False, highlight=False
        )


async def ask_line(line: str, answerer: Answerer, clock: Clock) -> Message:
    """Read a typed line and answer it; a line that is not a command gets the reason, and an example or the way to help."""
    parsed = read_line(line)
    name, arguments = (
        ("help", parsed.help_arguments) if isinstance(parsed, CommandError) else (parsed[0].name, parsed[1])
    )
    ask = CommandRequest(
        command=name,
        arguments=arguments,
        asker=RoomAddress("console:user"),
        room=RoomAddress("console"),
        rights=frozenset(Right),
        server=PROFILE.name,
        may_ping=frozenset({ANYBODY}),
        asked_at=clock(),
    )
    return await answerer.answer(ask)
