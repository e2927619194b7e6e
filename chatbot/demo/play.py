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
from chatbot.demo.prompt import Prompt
from chatbot.demo.story import NAME, OWNER, STARTS, STEPS, TITLE, Step
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.services import Services, ServicesConfig, open_services

SETTLE = timedelta(seconds=30)  # on the story's clock
BETWEEN = 6.0  # seconds of the visitor's time between two steps
READING = 1.2  # seconds between two steps when nobody is there to type


HOW_TO = (
    "Type a command at any time, such as /supported 2.2.9, /latest or /help. "
    "Enter on an empty line goes on; exit (or Ctrl-D) leaves."
)
NEXT = (
    'Ask about any project of your own next: copy config.example.toml to config.toml, name it there, then run "chatbot check", '
    '"chatbot ask /latest" and "chatbot run". docs/how-to/operating.md has the rest.'
)
LEAVE = frozenset({"exit", "quit", "q"})


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


async def play(screen: Console, line: Prompt | None) -> None:
    """Tell the whole story. With a prompt the visitor may type commands at any time; without, the story asks them itself."""
    async with _open(screen) as running:
        screen.print(
            Text(
                f"{TITLE} is an invented mail server. Its GitHub is played on this machine; everything else is the real bot.\n",
                style="cyan",
            )
        )
        is_whole = True
        if line is None:
            await _alone(running)
        else:
            screen.print(Text(f"{HOW_TO}\n", style="cyan"))
            is_whole = await _with_visitor(running, line)
        screen.print(Text(f"That was the story. {NEXT}" if is_whole else f"\n{NEXT}", style="cyan"))


async def _alone(running: Play) -> None:
    for step in STEPS:
        await running.step(step)
        for question in step.asks:
            await running.ask(question)
        await asyncio.sleep(READING)


async def _with_visitor(running: Play, line: Prompt) -> bool:
    """Whether the visitor stayed until the end."""
    for step in STEPS:
        with line.aside():
            await running.step(step)
            if step.asks:
                running.screen.print(Text(f"  try: {step.asks[0]}", style="green"))
        if not await _questions(running, line):
            return False
    return True


async def _questions(running: Play, line: Prompt) -> bool:
    """Answer what is typed until the next step is due: by the clock, or by Enter on an empty line. False: the visitor leaves."""
    now = asyncio.get_running_loop().time
    until = now() + BETWEEN
    while (seconds := until - now()) > 0:
        try:
            async with asyncio.timeout(seconds):
                entered = await line.lines.get()
        except TimeoutError:
            return True
        if entered is None or entered.strip().lower().lstrip("/") in LEAVE:
            return False
        if not entered.strip():
            return True
        with line.aside():
            await running.answer("/help" if entered.strip() == "?" else entered)
        until = max(until, now() + BETWEEN)  # an answer wants to be read; many do not stop the story
    return True


@asynccontextmanager
async def _open(screen: Console) -> AsyncIterator[Play]:
    clock = StoryClock(STARTS)
    repository = Repository(owner=OWNER, name=NAME, description=TITLE)
    world = GitHub(repositories=[repository], quota_anonymous=10**6)
    project = Project(id=ProjectId(NAME), name=TITLE, repository=f"{OWNER}/{NAME}")
    room = Room(address=RoomAddress(TERMINAL.name), projects=(NAME,), watch_filter=WatchFilter(mention=Mention("room")))
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
