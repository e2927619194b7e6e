"""One careful question to a server: conditional, capped on the unpacked bytes, limited in time, redirects few and guarded."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from chatbot.core.polling import GETS_A_SECOND, Quota, slot, unconditional
from chatbot.ports import Clock, SourceRefused, SourceUnavailable
from chatbot.sources.http.addresses import public_socket
from chatbot.sources.http.body import MIB, beginning, read_body
from chatbot.sources.http.connection_errors import could_not_read
from chatbot.sources.http.status import Throttled, media_type, place, read_date, read_quota, refusal, server

MAX_BODY = 5 * MIB
MAX_REDIRECTS = 5
LONGEST_HEADER = 2000  # characters of one that is handed back
DEADLINE = 20.0  # seconds for everything: redirects, headers and body
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Token = Callable[[], str]
Chance = Callable[[], float]  # uniform in [0, 1)
Monotonic = Callable[[], float]  # seconds from no matter when, which nobody sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a GET brought: `status` is 200, 304, 404 or another that was asked for, and only a 200 has a body.

    `url` is where the answer came from, `place` the same as it may be shown; `digest` is the body's; `next_url` is the
    following page's address, given only where it is on the server that was asked (`astray`: it is elsewhere); `read_at` is
    the server's own time; `headers` are those that were asked for, by their names in lower case.
    """

    status: int
    url: str
    read_at: datetime
    body: bytes = b""
    digest: str = ""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    next_url: str = ""
    astray: bool = False
    quota: Quota | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The address without what may hold a key."""
        return place(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What to ask for: the validators of the last answer, the media type, the token, and how much to read at most.

    With `question` (JSON) it is a POST: OSV is asked so. It must change nothing there. With `stay`, and for every question, a
    redirect to another server is an error: it would learn what was asked. With `head` the headers alone are asked for.
    `foreign`: the address is somebody else's word, so that only public ones are reached, from the first request on. `answers`
    are the statuses that mean something to who asks; all others are errors. `keep` names the headers of the answer to hand back.
    """

    etag: str = ""
    last_modified: str = ""
    accept: str = ""
    token: Token | None = None
    cap: int = MAX_BODY
    deadline: float = DEADLINE
    question: bytes = b""
    stay: bool = False
    head: bool = False
    foreign: bool = False
    answers: frozenset[int] = frozenset({200, 304, 404})
    keep: tuple[str, ...] = ()


@dataclass(slots=True)
class _Host:
    """What one server is granted: when the next question may start (by the loop's clock), and until when it wants silence
    (by a monotonic clock too: the wall clock may be put right meanwhile)."""

    slot: float = 0.0
    closed_until: float = 0.0


class Fetcher:
    """GETs of addresses that the operator configured, loopback and private ones included.

    A redirect that leaves the configured host goes through `guarded`, which reaches public addresses only, and without
    the token; so does all that follows, also where another server leads back to the configured one.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guarded: aiohttp.ClientSession,
        *,
        clock: Clock,
        chance: Chance,
        per_second: float,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._session, self._guarded, self._clock, self._chance = session, guarded, clock, chance
        self._per_second, self._monotonic = per_second, monotonic
        self._hosts: dict[URL, _Host] = {}

    async def get(self, url: str, conditions: Conditions) -> Fetched:
        """GET `url`. Raises SourceUnavailable or SourceRefused; 404 is an answer."""
        start = _address(url)
        host = self._hosts.setdefault(start.origin(), _Host())
        await self._wait_for(host, start)
        headers = self._validators(conditions)
        try:
            async with asyncio.timeout(conditions.deadline):
                return await self._follow(start, headers, conditions)
        except Throttled as slower:
            host.closed_until = self._monotonic() + (slower.retry_after or timedelta()).total_seconds()
            raise
        except TimeoutError as late:
            raise SourceUnavailable(f"{place(start)} did not answer within {conditions.deadline:g} s") from late
        except aiohttp.ClientPayloadError as cut:
            raise SourceUnavailable(f"{place(start)} sent a body that is cut short or badly packed") from cut
        except (aiohttp.ClientError, OSError, ValueError) as failed:
            raise SourceUnavailable(could_not_read(start, failed)) from failed

    async def _wait_for(self, host: _Host, start: URL) -> None:
        """Keep the pace of this host, and ask it nothing while it wants silence."""
        if (silence := host.closed_until - self._monotonic()) > 0:
            raise SourceUnavailable(f"{start.host} asked us to wait", timedelta(seconds=silence))
        loop_now = asyncio.get_running_loop().time()
        host.slot = slot(host.slot, loop_now, self._per_second)
        if host.slot > loop_now:
            await asyncio.sleep(host.slot - loop_now)

    def _validators(self, conditions: Conditions) -> dict[str, str]:
        """A few looks ask as if for the first time: an ETag can lie."""
        headers = {"Accept": conditions.accept} if conditions.accept else {}
        if conditions.question:
            headers["Content-Type"] = "application/json"
        if unconditional(self._chance()):
            return headers
        if conditions.etag:
            headers["If-None-Match"] = conditions.etag
        if conditions.last_modified:
            headers["If-Modified-Since"] = conditions.last_modified
        return headers

    async def _follow(self, start: URL, headers: dict[str, str], conditions: Conditions) -> Fetched:
        url, home, is_elsewhere = start, start.origin(), conditions.foreign
        for _hop in range(MAX_REDIRECTS + 1):
            is_elsewhere = is_elsewhere or url.origin() != home
            token = conditions.token() if conditions.token is not None and not is_elsewhere else ""
            request_headers = {**headers, "Authorization": f"Bearer {token}"} if token else headers
            session = self._guarded if is_elsewhere else self._session
            method, data = ("POST", conditions.question) if conditions.question else ("GET", None)
            method = "HEAD" if conditions.head else method
            async with session.request(
                method, url, headers=request_headers, data=data, allow_redirects=False
            ) as response:
                target = response.headers.get("Location", "")
                if response.status not in _REDIRECTS or not target:
                    return await self._take(response, conditions, home, request_headers=request_headers)
            url = _target(url, target)
            if (conditions.stay or conditions.question) and url.origin() != home:
                raise SourceUnavailable(f"{place(start)} redirects to another server, {server(url)}: check its address")
        raise SourceUnavailable(f"{place(start)} redirects more than {MAX_REDIRECTS} times")

    async def _take(
        self, response: aiohttp.ClientResponse, conditions: Conditions, home: URL, *, request_headers: dict[str, str]
    ) -> Fetched:
        url, headers, now = response.url, response.headers, self._clock()
        status = response.status
        conditional = "If-None-Match" in request_headers or "If-Modified-Since" in request_headers
        if status not in conditions.answers:
            head = await beginning(response)
            raise refusal(url, status, headers, head, token_sent="Authorization" in request_headers, now=now)
        if status == 304 and not conditional:
            raise SourceUnavailable(f"{place(url)} answered 304 to a question without conditions")
        body = await read_body(response, conditions.cap) if status == 200 and not conditions.head else b""
        following = _next(response)
        astray = following is not None and following.origin() != home
        return Fetched(
            status=status,
            url=str(url),
            read_at=read_date(headers, now),
            body=body,
            digest=hashlib.blake2b(body, digest_size=16).hexdigest() if status == 200 else "",
            etag=headers.get("ETag", "")[:300],
            last_modified=headers.get("Last-Modified", "")[:100],
            content_type=media_type(headers),
            next_url="" if following is None or astray else str(following),
            astray=astray,
            quota=read_quota(headers),
            headers=_kept_headers(response, conditions.keep),
        )


def _kept_headers(response: aiohttp.ClientResponse, names: Iterable[str]) -> Mapping[str, str]:
    """These headers, where they came; several of one name with commas between them."""
    values = {name.lower(): ", ".join(response.headers.getall(name, ()))[:LONGEST_HEADER] for name in names}
    return {name: value for name, value in values.items() if value}


def _address(url: str) -> URL:
    """An address as configured, or built from one; percent-escapes are kept as they are."""
    try:
        address = URL(url, encoded=True)
    except ValueError as wrong:
        raise SourceRefused("an address cannot be read: check the configuration") from wrong
    if address.scheme not in ("http", "https") or not address.host:
        raise SourceRefused(f"{place(address)!r} is not an http or https address: check the configuration")
    return address


def _target(url: URL, location: str) -> URL:
    """Where a redirect leads: http or https, never from https back to http, no user name in it."""
    target = url.join(URL(location))
    if target.scheme not in ("http", "https") or not target.host or target.user is not None:
        raise SourceUnavailable(f"{place(url)} redirects to something that is not a web address")
    if url.scheme == "https" and target.scheme == "http":
        raise SourceUnavailable(f"{place(url)} redirects from https to http")
    return target


def _next(response: aiohttp.ClientResponse) -> URL | None:
    """The following page's address, wherever it leads."""
    following = response.links.get("next")
    link = following.get("url") if following else None
    return link if isinstance(link, URL) and link.host and link.scheme in ("http", "https") else None


@asynccontextmanager
async def open_fetcher(
    *,
    clock: Clock,
    chance: Chance,
    user_agent: str,
    per_second: float = GETS_A_SECOND,
    monotonic: Monotonic = time.monotonic,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Fetcher]:
    """A fetcher with its two sessions, closed at the end. Proxies named in the environment are not used.

    `per_second` is how many questions each host is asked at most; `resolver` looks up the names that nobody configured,
    the system's by default.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
    jar = aiohttp.DummyCookieJar
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=20),
            timeout=timeout,
            headers=headers,
            cookie_jar=jar(),
            auto_decompress=False,
        ) as session,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=4, force_close=True, socket_factory=public_socket, resolver=resolver),
            timeout=timeout,
            headers=headers,
            cookie_jar=jar(),
            auto_decompress=False,
        ) as guarded,
    ):
        yield Fetcher(session, guarded, clock=clock, chance=chance, per_second=per_second, monotonic=monotonic)
