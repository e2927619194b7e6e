"""A terminal whose output can be read, and an answerer that remembers what it was asked."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from rich.console import Console

from chatbot.chats.console.client import ConsoleChat
from chatbot.core.model.message import Mention, Message, Tone, paragraph
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion
from tests.core.make import START


@dataclass
class Answers:
    requests: list[CommandRequest] = field(default_factory=list)

    async def answer(self, ask: CommandRequest) -> Message:
        self.requests.append(ask)
        return Message(title=f"answer to {ask.command}", tone=Tone.GOOD, body=(paragraph(repr(dict(ask.arguments))),))

    async def suggest(self, ask: CommandRequest, parameter: str, text: str) -> list[Suggestion]:
        del ask, parameter, text
        return []


async def lines_typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


class ConsoleStage:
    """`panels`: as in a terminal; else as in a pipe. What is printed for one message ends with an empty line or a frame."""

    room, nowhere = "console", ""
    mention: Mention | None = None

    def __init__(self, *lines: str, panels: bool = False) -> None:
        self.output, self.answers = io.StringIO(), Answers()
        console = Console(file=self.output, force_terminal=panels, width=100, color_system=None)
        self.chat = ConsoleChat(console, lines_typed(*lines), self.answers, lambda: START)
        self._end = "╯\n" if panels else "\n\n"

    async def texts(self) -> Sequence[str]:
        return [text for text in self.output.getvalue().split(self._end) if text.strip()]

    async def calls(self) -> int:
        return 0
