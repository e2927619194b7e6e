"""The way to the homeserver: one authenticated JSON request at a time, capped in size and time, its errors made ours."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from chatbot.chats.network import unreachable
from chatbot.core.text.json_values import read_json
from chatbot.ports import ChatStopped, ChatUnavailable

JSON = dict[str, Any]
Renew = Callable[[], Awaitable[str]]

LARGEST_ANSWER = 8 << 20
LARGEST_SYNC = 256 << 20  # a first sync of thousands of rooms
WITHIN = 30.0  # seconds


class Refusal(Exception):
    """The homeserver understood and said no; `code` is Matrix's word for why. `session` is that of an asked-for login."""

    def __init__(self, status: int, code: str, reason: str, session: str = "") -> None:
        super().__init__(f"{code or status}: {reason}")
        self.status, self.code, self.reason, self.session = status, code, reason, session


class TooLargeError(ChatUnavailable):
    """The homeserver's answer is larger than we read; a question that asks for less may be answered."""


class Body(aiohttp.BytesPayload):
    """What a request says, and whether any of it may have left us, at whichever of the library's tries."""

    was_read = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.was_read = True
        await super().write_with_length(writer, content_length)


class Homeserver:
    """Requests of one account. `token` is empty before login; `renew` gets a new one after a soft logout."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str = "", renew: Renew | None = None) -> None:
        self.session, self.url, self.token, self.renew = session, url.rstrip("/"), token, renew
        self._proxy = proxy_for(self.url)
        self._renewing = asyncio.Lock()

    async def get(self, path: str, query: Mapping[str, object] | None = None, *, within: float = WITHIN) -> JSON:
        return await self.request("GET", path, query=query, within=within)

    async def put(self, path: str, body: object, *, lasting: bool = False) -> JSON:
        return await self.request("PUT", path, body, lasting=lasting)

    async def post(self, path: str, body: object, query: Mapping[str, object] | None = None) -> JSON:
        return await self.request("POST", path, body, query=query)

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        within: float = WITHIN,
        largest: int = LARGEST_ANSWER,
        lasting: bool = False,
    ) -> JSON:
        """Ask `/_matrix/client` + `path`. Raises Refusal, ChatUnavailable, or ChatStopped where the account is refused.

        `lasting`: others see what is asked for, so an error is doubtful where the server may have done it all the same."""
        target = f"{self.url}/_matrix/client{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        text = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        for _renewed in range(2):
            token, data = self.token, None if text is None else Body(text)
            try:
                status, answer = await self._ask(method, target, data, token, within, largest)
            except TooLargeError:
                if not lasting:
                    raise
                raise ChatUnavailable("the homeserver's answer is too large", doubtful=data is not None) from None
            except ChatUnavailable as lost:
                raise ChatUnavailable(lost.reason, doubtful=lasting and data is not None and data.was_read) from lost
            if 200 <= status < 300:
                return answer
            if not (answer.get("errcode") == "M_UNKNOWN_TOKEN" and answer.get("soft_logout") is True and self.renew):
                break
            await self._renew_after(token)
        raise _translated(status, answer, lasting=lasting)

    async def _ask(
        self, method: str, target: str, data: Body | None, token: str, within: float, largest: int
    ) -> tuple[int, JSON]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            async with self.session.request(
                method,
                URL(target, encoded=True),  # room and event ids are quoted once, by us
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=within),
                allow_redirects=False,  # the token goes nowhere else
                proxy=self._proxy,
            ) as response:
                return response.status, _parsed(await _capped(response, largest))
        except TimeoutError as late:
            raise ChatUnavailable("the homeserver did not answer in time") from late
        except aiohttp.ClientError as broken:
            raise ChatUnavailable(unreachable(f"the homeserver {URL(self.url).host}", broken)) from broken

    async def _renew_after(self, token: str) -> None:
        """Log in again, once however many requests were refused."""
        async with self._renewing:
            if self.token == token and self.renew is not None:
                self.token = await self.renew()


async def _capped(response: aiohttp.ClientResponse, largest: int) -> bytes:
    parts, size = list[bytes](), 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > largest:
            raise TooLargeError(f"the homeserver's answer is larger than {largest} bytes")
        parts.append(part)
    return b"".join(parts)


def _parsed(raw: bytes) -> JSON:
    """The JSON object, or an empty one: proxies answer in HTML."""
    try:
        answer = read_json(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _translated(status: int, answer: JSON, *, lasting: bool) -> Exception:
    code, reason = str(answer.get("errcode", "")), str(answer.get("error", ""))[:300]
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        wait = answer.get("retry_after_ms")
        seconds = wait / 1000 if isinstance(wait, (int, float)) and 0 < wait < 86_400_000 else 5.0
        return ChatUnavailable("the homeserver asks us to slow down (rate limit)", timedelta(seconds=seconds))
    if code == "M_UNKNOWN_TOKEN":
        return ChatStopped(
            "the homeserver no longer knows our access token; log in again with a password or a new token"
        )
    if code in ("M_USER_DEACTIVATED", "M_USER_LOCKED", "M_USER_SUSPENDED"):
        return ChatStopped(f"the homeserver refuses the account ({code}): its administrator has to fix that")
    if status == 401 and "session" in answer:
        return Refusal(status, code, "a login is asked for", str(answer["session"]))
    if status >= 500 or not code:
        return ChatUnavailable(f"the homeserver answered {status}", doubtful=lasting)
    return Refusal(status, code, reason)


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this address. The session itself must not trust the environment: it would
    send what `~/.netrc` holds for the host, too."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all") or None


def in_room(room: str, *more: str) -> str:
    """The path of something in a room, every part quoted."""
    return "/v3/rooms/" + "/".join(quoted(part) for part in (room, *more))


def quoted(part: str) -> str:
    return quote(part, safe="")
