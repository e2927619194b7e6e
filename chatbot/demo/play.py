"""The demo: the story told on the real pipeline, against the loopback GitHub, in a store that is gone afterwards."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from chatbot.chats import TERMINAL, TerminalChat
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import GitHub, Repository
from chatbot.demo.github.server import serve
from chatbot.demo.prompt import PROMPT, Prompt
from chatbot.demo.story import NAME, OWNER, STARTS, STEPS, TITLE, Step
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.services import Services, ServicesConfig, open_services

SETTLE = timedelta(seconds=30)  # on the story's clock
READING = 1.2  # seconds between two steps when nobody is there to type

INTRODUCTION = (
    f"{TITLE} is an invented mail server. Its GitHub is played on this machine; everything else is the real bot."
)
HOW_TO = (
    "The story goes on every few seconds; press Enter to go on at once. Meanwhile you can ask the bot: "
    "type /supported 2.2.9, /latest or ? and press Enter. To leave, type exit, or press Ctrl-D or Ctrl-C."
)
NEXT = (
    "To let the bot watch a project of your own:",
    "  1. chatbot init          asks a few questions, and writes config.toml",
    "  2. chatbot check         finds mistakes in it",
    "  3. chatbot ask /latest   answers a first question",
    "  4. chatbot run           starts the bot in this terminal",
    "docs/how-to/operating.md has the rest.",
)
LEAVE = frozenset({"exit", "quit", "q"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """How long the story waits for a visitor before its next step, in seconds of the visitor's time: at least `between` after
    the step and after each answer, which wants to be read, and never longer than `longest`."""

    between: float = 6.0
    longest: float = 60.0

    def begun(self, now: float) -> float:
        """When the next step is due."""
        return now + min(self.between, self.longest)

    def answered(self, due: float, began: float, now: float) -> float:
        """When the next step is due after an answer."""
        return min(max(due, now + self.between), began + self.longest)


class StoryClock:
    """The story's time: it stands still between the steps."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Play:
    """A story under way."""

    services: Services
    repository: Repository
    clock: StoryClock
    chat: TerminalChat
    screen: Console

    async def step(self, step: Step) -> None:
        """Let one thing happen, and let the bot do what it does: poll, wait until it has settled, poll again, post."""
        self.clock.now += step.after
        step.change(self.repository, self.clock.now)
        self.screen.print(Rule(Text(f"{self.clock.now:%d %B %Y, %H:%M}", style="bold"), style="bright_black"))
        self.screen.print(Text(f"▶ {step.happened}", style="bold"))
        for _ in range(2):
            await self.services.look_once()
            self.clock.now += SETTLE + timedelta(minutes=2)
        await self.services.look_once()
        await Delivery(
            chat=self.chat, store=self.services.store, clock=self.clock, failpoint=self.services.config.failpoint
        ).drain()
        self.screen.print(Text(f"  {step.why}", style="italic bright_black"))
        self.screen.print()

    async def ask(self, line: str) -> None:
        """Show a question and its answer."""
        self.screen.print(Text(f"you ▸ {line}", style="green"))
        await self.answer(line)

    async def answer(self, line: str) -> None:
        """Answer a typed line."""
        self.chat.show(await self.chat.ask(line))


async def play(screen: Console, line: Prompt | None, pause: Pause | None = None) -> None:
    """Tell the whole story. With a prompt the visitor may type commands at any time; without, the story asks them itself."""
    async with _open(screen) as running:
        screen.print(Text(f"{INTRODUCTION}\n", style="cyan"))
        is_whole = True
        if line is None:
            await _alone(running)
        else:
            screen.print(Text(f"{HOW_TO}\n", style="cyan"))
            is_whole = await _with_visitor(running, line, pause or Pause())
            line.hide()
        if is_whole:
            screen.print(Text("That was the story.", style="cyan"))
        screen.print(Text("\n".join(("", *NEXT)), style="cyan"))


async def _alone(running: Play) -> None:
    for step in STEPS:
        await running.step(step)
        for question in step.asks:
            await running.ask(question)
        await asyncio.sleep(READING)


async def _with_visitor(running: Play, line: Prompt, pause: Pause) -> bool:
    """Whether the visitor stayed until the end."""
    for step in STEPS:
        with line.aside():
            await running.step(step)
            for question in step.asks[:1]:
                running.screen.print(Text(f"  Try: {question}", style="green"))
        if not await _questions(running, line, pause):
            return False
    return True


async def _questions(running: Play, line: Prompt, pause: Pause) -> bool:
    """Answer what is typed until the next step is due: by the clock, or by Enter on an empty line. False: the visitor leaves."""
    now = asyncio.get_running_loop().time
    began = now()
    due = pause.begun(began)
    while (seconds := due - now()) > 0:
        try:
            async with asyncio.timeout(seconds):
                entered = await line.entered()
        except TimeoutError:
            return True
        if entered is None or entered.strip().lower().lstrip("/") in LEAVE:
            return False
        if not entered.strip():
            return True
        with line.aside():
            running.screen.print(Text(f"{PROMPT}{entered}", style="green"))
            await running.answer("/help" if entered.strip() == "?" else entered)
        due = pause.answered(due, began, now())
    return True


@asynccontextmanager
async def _open(screen: Console) -> AsyncIterator[Play]:
    clock = StoryClock(STARTS)
    repository = Repository(owner=OWNER, name=NAME, description=TITLE)
    world = GitHub(repositories=[repository], quota_anonymous=10**6)
    project = Project(id=ProjectId(NAME), name=TITLE, repository=f"{OWNER}/{NAME}")
    room = Room(
        address=RoomAddress(TERMINAL.name), projects=(project.id,), watch_filter=WatchFilter(mention=Mention("room"))
    )
    with tempfile.TemporaryDirectory(prefix="chatbot-demo-") as folder:
        async with serve(world, clock) as url:
            config = ServicesConfig(
                database=f"sqlite:///{Path(folder) / 'demo.db'}",
                projects=(project,),
                rooms=(room,),
                api_url=url,
                web_url=url,
                token=None,
                poll_seconds=60,
                settle=SETTLE,
                per_second=1e6,
            )
            async with open_services(config, clock) as services:
                chat = TerminalChat(screen, typed_lines(None), services.answers, clock, panels=True)
                yield Play(services, repository, clock, chat, screen)
