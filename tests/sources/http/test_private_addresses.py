"""What a server, a name or an environment may try in order to lead a request astray: nothing of it arrives."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from chatbot.ports import SourceUnavailable
from chatbot.sources.http.client import Conditions, Fetcher, open_fetcher
from tests.sources.harness import never
from tests.sources.http.test_client import fixed
from tests.sources.web_server import open_web_server
from tests.standins.clock import ManualClock

AUTHORITY = trustme.CA()


def server_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    return context


@asynccontextmanager
async def trusting() -> AsyncIterator[Fetcher]:
    """A fetcher that trusts the tests' authority, and that may go to the loopback by a redirect."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context), auto_decompress=False, headers={"Accept-Encoding": "gzip"}
    ) as session:
        yield Fetcher(session, session, clock=ManualClock(), chance=never, per_second=10_000)


async def test_a_redirect_from_https_to_http_is_refused() -> None:
    async with open_web_server(fixed(200, {}, b"secret")) as plain:

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.path == "/here":
                return web.Response(body=b"over TLS")
            target = "/here" if request.path == "/stay" else plain.url
            return web.Response(status=302, headers={"Location": target})

        async with open_web_server(answer, server_side()) as stand, trusting() as fetcher:
            assert (await fetcher.get(f"{stand.url}/stay", Conditions())).body == b"over TLS"
            with pytest.raises(SourceUnavailable, match="redirects from https to http"):
                await fetcher.get(f"{stand.url}/leave", Conditions())
    assert not plain.requests


async def test_a_certificate_of_nobody_is_refused() -> None:
    async with (
        open_web_server(fixed(200, {}, b"x"), server_side()) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        with pytest.raises(SourceUnavailable, match="Certificate"):
            await fetcher.get(stand.url, Conditions())
    assert not stand.requests


@pytest.mark.parametrize("capital", [True, False])
async def test_a_proxy_of_the_environment_is_never_asked(monkeypatch: pytest.MonkeyPatch, *, capital: bool) -> None:
    requests = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readline())
        writer.close()

    proxy = await asyncio.start_server(record, "127.0.0.1", 0)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        monkeypatch.setenv(name.upper() if capital else name, address)
    async with (
        proxy,
        open_web_server(fixed(200, {}, b"straight")) as plain,
        open_web_server(fixed(200, {}, b"straight"), server_side()) as secure,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        assert (await fetcher.get(plain.url, Conditions())).body == b"straight"
        with pytest.raises(SourceUnavailable, match="Certificate"):  # it has been there itself
            await fetcher.get(secure.url, Conditions())
    assert requests == []


@dataclass
class Rebinding(AbstractResolver):
    """A name server that gives other addresses for the same name at each look-up, and the last ones from then on."""

    answers: list[list[str]]
    resolved: list[str] = field(default_factory=list)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - aiohttp names it
    ) -> list[ResolveResult]:
        self.resolved.append(host)
        addresses = self.answers[min(len(self.resolved), len(self.answers)) - 1]
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is open."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    """A public address comes in the wrong family: that fails before anything leaves this machine."""
    family = socket.AF_INET6 if address == PUBLIC else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


PUBLIC, PRIVATE = "140.82.121.6", "127.0.0.1"


@pytest.mark.outside("a public address is tried, in the wrong family: it cannot be reached")
@pytest.mark.parametrize(
    "answers",
    [[[PUBLIC], [PRIVATE]], [[PUBLIC, PRIVATE]], [[PRIVATE, PUBLIC]], [[PUBLIC], [PUBLIC, PRIVATE]], [[PRIVATE]]],
)
async def test_a_name_that_is_bound_again_never_leads_to_a_private_address(answers: list[list[str]]) -> None:
    names = Rebinding(answers)
    async with open_web_server(fixed(200, {}, b"secret")) as secret:
        away = fixed(302, {"Location": f"http://rebound.example:{secret.port}/"})
        async with (
            open_web_server(away) as stand,
            open_fetcher(
                clock=ManualClock(), chance=never, user_agent="t", per_second=10_000, resolver=names
            ) as fetcher,
        ):
            for look in range(1, 4):
                with pytest.raises(
                    SourceUnavailable
                ):  # refused, or too late: some machines try the wrong family for long
                    await fetcher.get(stand.url, Conditions(deadline=5))
                assert names.resolved == ["rebound.example"] * look
                connector = fetcher._guarded.connector
                assert isinstance(connector, aiohttp.TCPConnector)
                connector.clear_dns_cache()  # as time would
    assert not secret.requests
