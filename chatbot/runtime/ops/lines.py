"""Typed lines as they come, without holding up the loop and without holding up the end."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TextIO


async def typed_lines(stream: TextIO | None) -> AsyncIterator[str]:
    """The lines of a stream until it ends. A daemon thread waits for them: at the end nobody waits for it."""
    if stream is None:
        return
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read_lines() -> None:
        for line in iter(stream.readline, ""):
            if loop.is_closed():
                return
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, "\x04")

    threading.Thread(target=read_lines, name="typed lines", daemon=True).start()
    while (line := await lines.get()) != "\x04":
        yield line
