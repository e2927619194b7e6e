"""Headless Chromium, spoken to by its DevTools protocol: it opens a page and takes a picture of one element at a time."""

import asyncio
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.patience import until

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "Chromium was not found, so no pictures were taken. Install it (Debian: `sudo apt install chromium`, macOS: "
    "`brew install --cask chromium`), or name one: `make looks CHROMIUM=/path/to/chrome`."
)
ANSWERS = 120  # seconds, on a busy machine
# Only the element that is wanted is laid out: one page of all scenes would be higher than what a picture may be.
ONLY = """(name => {
    for (const each of document.querySelectorAll("body > *")) each.style.display = each.id === name ? "" : "none";
    const { x, y, width, height } = document.getElementById(name).getBoundingClientRect();
    return JSON.stringify({ x: x + scrollX, y: y + scrollY, width, height });
})(%s)"""


class BrowserError(Exception):
    """Chromium did not start, or did not do what it was asked."""


def find_chromium() -> str:
    """The path of an installed Chromium or Chrome; empty where there is none. $CHROMIUM names another."""
    chosen = os.environ.get("CHROMIUM", "")
    candidates = (chosen,) if chosen else NAMES
    return next((path for path in map(shutil.which, candidates) if path), "")


@dataclass(slots=True)
class Page:
    """The one tab of a browser."""

    socket: aiohttp.ClientWebSocketResponse
    sent: int = 0
    events: list[str] = field(default_factory=list)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One call of the protocol, and its result."""
        self.sent += 1
        await self.socket.send_json({"id": self.sent, "method": method, "params": parameters})
        while True:
            message = await self._receive()
            if message.get("id") == self.sent:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error'].get('message')}")
                result: dict[str, Any] = message["result"]
                return result

    async def _receive(self) -> dict[str, Any]:
        async with asyncio.timeout(ANSWERS):
            message: dict[str, Any] = await self.socket.receive_json()
        if "method" in message:
            self.events.append(message["method"])
        return message

    async def open(self, address: str, *, width: int, scale: float) -> None:
        """Open a page in a window of that width."""
        size = {"width": width, "height": 800, "deviceScaleFactor": scale, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **size)
        await self.call("Page.enable")
        self.events.clear()
        await self.call("Page.navigate", url=address)
        while "Page.loadEventFired" not in self.events:
            await self._receive()

    async def box(self, name: str) -> dict[str, float]:
        """Show one element of the page alone: where it stands, in pixels."""
        answer = await self.call("Runtime.evaluate", expression=ONLY % json.dumps(name), returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"there is no {name} on the page")
        box: dict[str, float] = json.loads(answer["result"]["value"])
        return box

    async def picture(self, name: str) -> bytes:
        """A PNG of one element of the page."""
        clip = {**await self.box(name), "scale": 1}
        screenshot = await self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(screenshot["data"])


@asynccontextmanager
async def browser(path: str) -> AsyncIterator[Page]:
    """A running Chromium with a profile of its own, which is removed with it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # it refuses root otherwise
        options = [
            "--headless=new",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--remote-debugging-port=0",
        ]
        process = await asyncio.create_subprocess_exec(
            path, *options, *sandbox, f"--user-data-dir={profile}", "about:blank",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            address = await _address(process, Path(profile) / "DevToolsActivePort")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(await _tab(session, address), max_msg_size=0) as socket,
            ):
                yield Page(socket)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process, port: Path) -> str:
    """Where the browser listens, which it writes into its profile."""
    await until(lambda: process.returncode is not None or _written(port), "Chromium starts")
    if process.returncode is not None:
        raise BrowserError(f"Chromium ended at once, with status {process.returncode}")
    return f"http://127.0.0.1:{_written(port)}"


def _written(port: Path) -> str:
    lines = port.read_text(encoding="utf-8").split() if port.is_file() else []
    return lines[0] if len(lines) == 2 else ""


async def _tab(session: aiohttp.ClientSession, address: str) -> str:
    async with session.get(f"{address}/json/list") as response:
        targets = await response.json()
    return next(str(each["webSocketDebuggerUrl"]) for each in targets if each["type"] == "page")
