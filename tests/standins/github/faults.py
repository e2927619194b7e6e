"""What can go wrong between a server and its reader: faults that a test or a story puts on a path."""

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from aiohttp import web

from chatbot.demo.github.answer import Answer, refusal
from chatbot.demo.github.server import Responder, to_response

Fault = Responder

_CHUNK = 64 * 1024
MIB = 1024 * 1024


@dataclass(kw_only=True)
class _Laid:
    pattern: str
    fault: Fault
    times: int | None


@dataclass(kw_only=True)
class Faults:
    """Faults by path: the first whose pattern fits acts, as often as it was laid."""

    _laid: list[_Laid] = field(default_factory=list)

    def lay(self, pattern: str, fault: Fault, times: int | None = None) -> None:
        """Let `fault` act on paths that fit the glob `pattern`, `times` times or until `clear`."""
        self._laid.append(_Laid(pattern=pattern, fault=fault, times=times))

    def clear(self) -> None:
        """Heal everything."""
        self._laid.clear()

    def take(self, path: str) -> Fault | None:
        """The fault for a request to `path`, used up by one."""
        for laid in self._laid:
            if laid.times != 0 and fnmatchcase(path, laid.pattern):
                laid.times = None if laid.times is None else laid.times - 1
                return laid.fault
        return None


def status(code: int, headers: Mapping[str, str] | None = None, message: str = "Server Error") -> Fault:
    """Answer with this status, for example `status(429, {"Retry-After": "30"})`."""

    async def fault(_request: web.Request, _answer: Answer) -> web.StreamResponse:
        return to_response(refusal(code, message, headers))

    return fault


def body(content: bytes, content_type: str = "") -> Fault:
    """Answer 200 with other bytes: `b""`, an HTML page, bytes that are not UTF-8, an XML bomb."""

    async def fault(_request: web.Request, answer: Answer) -> web.StreamResponse:
        headers = {name: value for name, value in answer.headers.items() if name != "ETag"}  # it stands for other bytes
        kind = content_type or answer.content_type
        return to_response(replace(answer, status=200, body=content, content_type=kind, headers=headers))

    return fault


HTML_PAGE = (
    b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>This page is taking too long.</body></html>"
)
html_instead = body(HTML_PAGE, "text/html; charset=utf-8")
not_utf8 = body(b'[{"tag_name":"v1.0.0","name":"caf\xe9 \xff\xfe","body":"\x80"}]')
empty = body(b"")


def huge(size: int = 6 * MIB) -> Fault:
    """Answer with a valid JSON list that is larger than anyone should read."""
    return body(b"[" + b" " * (size - 2) + b"]")


async def truncated(_request: web.Request, answer: Answer) -> web.StreamResponse:
    """Answer with the first half, and a Content-Length that agrees with it."""
    return to_response(replace(answer, body=answer.body[: len(answer.body) // 2]))


async def cut_short(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole length, send half of it and close."""
    response = _streaming(answer)
    response.content_length = len(answer.body) + 1
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    _hang_up(request)
    return response


async def dropped(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Close the connection without a word."""
    _hang_up(request)
    return to_response(answer)


async def hang(_request: web.Request, _answer: Answer) -> web.StreamResponse:
    """Say nothing until the reader gives up or the server ends."""
    await asyncio.Event().wait()
    raise AssertionError  # the event is never set


def slow_drip(pause: float = 0.5) -> Fault:
    """Send one byte every `pause` seconds."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        response = _streaming(answer)
        await response.prepare(request)
        for byte in answer.body:
            await response.write(bytes([byte]))
            await asyncio.sleep(pause)
        return response

    return fault


async def endless(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send blanks for as long as the reader listens."""
    response = _streaming(answer)
    await response.prepare(request)
    while True:
        await response.write(b" " * _CHUNK)


def gzip_bomb(mebibytes: int = 400) -> Fault:
    """Send blanks that swell a thousandfold when unpacked."""

    async def fault(request: web.Request, answer: Answer) -> web.StreamResponse:
        response = _streaming(answer)
        response.headers["Content-Encoding"] = "gzip"
        await response.prepare(request)
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        for _ in range(mebibytes):
            await response.write(packer.compress(b" " * MIB))
            await asyncio.sleep(0)
        await response.write(packer.flush())
        return response

    return fault


def redirect(to: str = "", code: int = 302) -> Fault:
    """Send the reader elsewhere; without `to` to the same address again, for ever."""

    async def fault(request: web.Request, _answer: Answer) -> web.StreamResponse:
        return to_response(Answer(status=code, headers={"Location": to or str(request.url)}))

    return fault


async def false_not_modified(_request: web.Request, answer: Answer) -> web.StreamResponse:
    """Claim that nothing has changed."""
    return to_response(replace(answer, status=304, body=b""))


def _streaming(answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=dict(answer.headers))
    response.headers["Content-Type"] = answer.content_type
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
