"""The bot's side of the health file: a sign of life every few seconds from the event loop, and what is wrong beside it."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from chatbot.runtime.loops import start_task
from chatbot.runtime.ops.logs import blot_out
from chatbot.runtime.ops.pulse import BEAT, Pulse, write

log = structlog.get_logger(__name__)

_LOOK = 6  # beats between two looks at what is wrong; no look takes longer
_STARTING = "it has only just started"
_NO_ANSWER = "the database does not answer"


@dataclass(slots=True)
class PulseKeeper:
    """`look` says what keeps the bot from its work; however long it takes, the signs of life go on. `secrets` never stand in
    the file. `tell` hears what is wrong whenever that changes. `beat` is in seconds."""

    path: Path
    look: Callable[[], Awaitable[Sequence[str]]]
    secrets: Sequence[str] = ()
    tell: Callable[[Sequence[str]], object] = len  # nobody
    beat: float = BEAT
    _wrong: tuple[str, ...] = (_STARTING,)
    _has_warned: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self) -> None:
        """Until cancelled; a bot that ended has no file."""
        looking = start_task(self._look_often(), "what is wrong")
        try:
            while True:
                self._changed.clear()
                await self._write()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.beat):
                        await self._changed.wait()
        finally:
            looking.cancel()
            with suppress(OSError):
                self.path.unlink()

    async def _look_often(self) -> None:
        blot = blot_out(self.secrets)
        while True:
            try:
                async with asyncio.timeout(_LOOK * self.beat):
                    wrong = await self.look()
            except TimeoutError:
                wrong = [_NO_ANSWER]
            before, self._wrong = self._wrong, tuple(blot(None, "", {"wrong": list(wrong)})["wrong"])
            if self._wrong != before:
                self._changed.set()
                self.tell(self._wrong)
            await asyncio.sleep(_LOOK * self.beat)

    async def _write(self) -> None:
        pulse = Pulse(pid=os.getpid(), at=time.monotonic(), wrong=self._wrong)
        try:
            await asyncio.to_thread(write, self.path, pulse)
        except OSError as problem:
            if not self._has_warned:
                log.warning("`chatbot health` cannot see this bot", reason=str(problem))
            self._has_warned = True
