"""What the environment may change about requests to the homeserver: the proxy, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.homeserver import Homeserver, proxy_for
from chatbot.chats.matrix.inspection import inspect

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
    """A server that answers every request with {}; what was asked of it, with the credentials that were sent."""
    requests: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        headers = request.headers
        requests.append(
            (str(request.raw_path), headers.get("Authorization", "") + headers.get("Proxy-Authorization", ""))
        )
        return web.json_response({"user_id": "@bot:hs.test", "joined_rooms": []})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}", requests
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("token", ["", "secret"])
async def test_what_a_netrc_holds_is_not_sent(token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password theirs\ndefault login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    async with listening() as (place, requests):
        async with aiohttp.ClientSession() as http:
            assert await Homeserver(http, f"http://{place}", token).get("/v3/account/whoami")
        account = Account(
            homeserver=f"http://{place}", user_id="@bot:hs.test", store_path=tmp_path, access_token=token, password="p"
        )
        await inspect(account, [], {})
    credentials_sent = {credentials for _, credentials in requests}
    assert credentials_sent <= {"", "Bearer secret"}
    assert not token or credentials_sent == {"Bearer secret"}


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as (place, requests), aiohttp.ClientSession() as http:
        monkeypatch.setenv("HTTP_PROXY", f"http://user:word@{place}")
        assert await Homeserver(http, "http://matrix.example:8008", "secret").get("/v3/account/whoami")
    [(path, credentials)] = requests
    assert path == "http://matrix.example:8008/_matrix/client/v3/account/whoami"
    assert credentials == "Bearer secretBasic dXNlcjp3b3Jk"


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://hs.example", None),
        ({"HTTPS_PROXY": "http://p.example:3128"}, "https://hs.example", "http://p.example:3128"),
        ({"https_proxy": "http://p.example:3128"}, "https://hs.example:8448", "http://p.example:3128"),
        ({"HTTP_PROXY": "http://p.example:3128"}, "https://hs.example", None),
        ({"ALL_PROXY": "http://p.example:3128"}, "https://hs.example", "http://p.example:3128"),
        ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "hs.example"}, "https://hs.example", None),
        ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": ".example"}, "https://hs.example", None),
        ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "other.test"}, "https://hs.example", "http://p.example"),
        ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "*"}, "https://hs.example", None),
    ],
)
def test_which_proxy(environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy
