"""All requests to Discord's API, whoever makes them, the library's own repeats too: sent at our pace, their refusals counted,
and what became of them remembered for the call that made them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import aiohttp
from yarl import URL

from chatbot.chats.discord.pacer import Pacer, Window
from chatbot.ports import ChatUnavailable

# 10,000 answers of 401, 403 or 429 within 10 minutes bar this address; we stay far below.
INVALID_IN_TEN_MINUTES = 500
_OPENS_A_DOOR = "/users/@me/channels"  # the same direct channel each time: no harm in doing it twice


@dataclass(slots=True)
class Call:
    """One call of ours, for which the library may make several requests. `doubtful`: one of them changes something and may
    have been carried out – answered with success or a server's error, or left without an answer after it was sent."""

    doubtful: bool = False


_call: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def one_call() -> Iterator[Call]:
    """All requests that are made inside belong to one call."""
    call = Call()
    before = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(before)


@dataclass(slots=True)
class Traffic:
    """The traffic of one account. Answers to interactions do not count at Discord, and the gateway is no request."""

    pacer: Pacer = field(default_factory=Pacer)
    invalid: Window = field(default_factory=lambda: Window(INVALID_IN_TEN_MINUTES, 600.0))
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def trace(self) -> aiohttp.TraceConfig:
        """What a session needs so that its requests belong to the traffic. They may raise ChatUnavailable."""
        watching = aiohttp.TraceConfig()
        watching.on_request_start.append(self._started)
        watching.on_request_headers_sent.append(_on_headers_sent)
        watching.on_request_end.append(self._on_end)
        watching.on_request_exception.append(self._on_exception)
        return watching

    async def _started(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, parameters: aiohttp.TraceRequestStartParams
    ) -> None:
        """Wait for our turn; refuse to go on where Discord has refused too often lately."""
        request.changes = parameters.method != "GET" and not parameters.url.path.endswith(_OPENS_A_DOOR)
        request.headers_sent = False
        request.paced = not _exempt(parameters.url)
        if not request.paced:
            return
        request.paced = False  # until it goes: who is cancelled in the line was never under way
        if wait := self.invalid.wait(_now()):
            raise ChatUnavailable(
                "too many requests were refused lately; Discord would bar us", timedelta(seconds=wait)
            )
        async with self._turn:  # in the order of coming
            while wait := self.pacer.wait(_now()):  # noqa: ASYNC110 - it says itself how long
                await asyncio.sleep(wait)
            self.pacer.begin(_now())
            request.paced = True

    async def _on_end(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, parameters: aiohttp.TraceRequestEndParams
    ) -> None:
        """A limit that others share is not held against us."""
        self._end(request)
        answer = parameters.response
        ours = answer.headers.get("X-RateLimit-Scope") != "shared"
        if answer.status in (401, 403) or (answer.status == 429 and ours):
            self.invalid.count(_now())
        if not 400 <= answer.status < 500:  # those say for certain that nothing was done
            _doubt(request)

    async def _on_exception(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, __: aiohttp.TraceRequestExceptionParams
    ) -> None:
        """Cut, timed out or cancelled."""
        self._end(request)
        _doubt(request)

    def _end(self, request: SimpleNamespace) -> None:
        if request.paced:
            request.paced = False
            self.pacer.end(_now())


async def _on_headers_sent(
    _: aiohttp.ClientSession, request: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """It has a connection: from now on it may arrive."""
    request.headers_sent = True


def _doubt(request: SimpleNamespace) -> None:
    call = _call.get()
    if call is not None and request.changes and request.headers_sent:
        call.doubtful = True


def _exempt(url: URL) -> bool:
    return url.scheme in ("ws", "wss") or any(f"/{part}/" in url.path for part in ("interactions", "webhooks"))


def _now() -> float:
    return asyncio.get_running_loop().time()
