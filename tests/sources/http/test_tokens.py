"""Whatever an API answers, the token goes to the configured server only, and nothing of another server is believed."""

import asyncio

import pytest
from aiohttp import web

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, SourceUnavailable
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.http.client import open_fetcher
from chatbot.sources.parsing.reader import open_reader
from tests.sources.harness import never
from tests.sources.web_server import Answers, Stand, open_web_server
from tests.standins.clock import ManualClock

TOKEN = "ghp_canary"


async def poll_once(stand: Stand, root: str = "/api/v3") -> Batch:
    clock = ManualClock()
    async with (
        open_fetcher(clock=clock, chance=never, user_agent="t", per_second=10_000) as fetcher,
        open_reader(clock) as reader,
    ):
        api = GithubApi(fetcher, api_url=stand.url + root, token=lambda: TOKEN, clock=clock)
        project = Project(id=ProjectId("p"), name="P", repository="o/n")
        return await GithubReleases(project, api, clock=clock, reader=reader).poll({})


def carried(stand: Stand) -> set[str | None]:
    return {request.headers.get("Authorization") for request in stand.requests}


def answering(**headers: str) -> Answers:
    """An empty page with these headers, or a redirect where one of them leads away."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response([], status=302 if "Location" in headers else 200, headers=headers)

    return answer


async def test_a_redirect_to_another_server_is_not_followed() -> None:
    async with open_web_server(answering()) as other, open_web_server(answering(Location=f"{other.url}/x")) as api:
        with pytest.raises(SourceUnavailable, match="redirects to another server"):
            await poll_once(api)
    assert carried(api) == {f"Bearer {TOKEN}"}
    assert not other.requests


@pytest.mark.parametrize("path", ["/api/v3/repos/o/n/releases?page=2", "/page=2"])
async def test_a_page_on_another_server_is_not_asked_for(path: str) -> None:
    async with (
        open_web_server(answering()) as other,
        open_web_server(answering(Link=f'<{other.url}{path}>; rel="next"')) as api,
    ):
        await asyncio.gather(poll_once(api), return_exceptions=True)
    assert not other.requests


@pytest.mark.parametrize("path", ["/login", "/api/v30/x", "/api/v3/../../login", "/api/v3/%2e%2e/login"])
async def test_a_page_outside_the_api_is_not_asked_for(path: str) -> None:
    async with open_web_server(answering(Link=f'<{path}>; rel="next"')) as api:
        await asyncio.gather(poll_once(api), return_exceptions=True)
    assert [request.path for request in api.requests] == ["/api/v3/repos/o/n/releases"]


async def test_a_renamed_repository_is_followed_on_the_same_server_with_the_token() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/api/v3/repos/"):
            target = f"/api/v3/repositories/1/releases?{request.query_string}"
            return web.Response(status=301, headers={"Location": target})
        return web.json_response([])

    async with open_web_server(answer) as api:
        assert (await poll_once(api)).present == frozenset()
    assert carried(api) == {f"Bearer {TOKEN}"}
    assert api.requests[-1].path_qs == "/api/v3/repositories/1/releases?per_page=100"
