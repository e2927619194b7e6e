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
from chatbot.demo.story import NAME, OWNER, STARTS, STEPS, TITLE, Step
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.services import Services, ServicesConfig, open_services

SETTLE = timedelta(seconds=30)  # on the story's clock
BETWEEN = 6.0  # seconds of the visitor's time between two steps
READING = 1.2  # seconds between two steps when nobody is there to type


class StoryClock:
    """The story's time: it stands still between the steps."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Play:
    """A story under way. `lines` are what the visitor types; `pause` is the time between two steps, in seconds."""

    services: Services
    repository: Repository
    clock: StoryClock
    chat: TerminalChat
    screen: Console

    async def step(self, step: Step) -> None:
        """Let one thing happen, and let the bot do what it does: look, wait until it has settled, look again, say it."""
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
        """Answer a typed line."""
        self.screen.print(Text(f"you ▸ {line}", style="green"))
        self.chat.show(await self.chat.ask(line))


async def play(screen: Console, lines: AsyncIterator[str] | None) -> None:
    """Tell the whole story. With `lines` the visitor may type commands at any time; without, the story asks them itself."""
    async with _open(screen) as running:
        screen.print(
            Text(
                f"{TITLE} is an invented mail server. Its GitHub is played on this machine; everything else is the bot as it"
                " is. Type commands such as /supported 2.2.9, /latest or /help at any time.\n",
                style="cyan",
            )
        )
        if lines is None:
            await _by_itself(running)
        else:
            await _with_visitor(running, lines)
        screen.print(
            Text("That was the story. `chatbot check` and docs/operating.md lead to a bot of your own.", style="cyan")
        )


async def _by_itself(running: Play) -> None:
    for step in STEPS:
        await running.step(step)
        for line in step.asks:
            await running.ask(line)
        await asyncio.sleep(READING)


async def _with_visitor(running: Play, lines: AsyncIterator[str]) -> None:
    next_line = asyncio.ensure_future(anext(lines, None))
    for step in STEPS:
        await running.step(step)
        if step.asks:
            running.screen.print(Text(f"  try: {step.asks[0]}", style="green"))
        until = asyncio.get_running_loop().time() + BETWEEN
        while (seconds := until - asyncio.get_running_loop().time()) > 0:
            finished, _ = await asyncio.wait({next_line}, timeout=seconds)
            if not finished:
                break
            line = next_line.result()
            if line is None:  # the visitor's input has ended: the story goes on by itself
                await asyncio.sleep(seconds)
                break
            if line.strip():
                await running.ask(line)
                until += BETWEEN  # an answer wants to be read
            next_line = asyncio.ensure_future(anext(lines, None))
    next_line.cancel()


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
