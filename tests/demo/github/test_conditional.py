"""ETags, quota and who may see what, over a real socket."""

from datetime import timedelta

import aiohttp
import pytest

from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.standins.clock import START, ManualClock
from tests.standins.github.faults import status
from tests.standins.github.server import FaultyGitHub

RELEASES = "/repos/harbour/ferry/releases"
INSIDER = {"Authorization": "Bearer insider"}
READER = {"Authorization": "token reader"}


@pytest.mark.parametrize(
    "path", [RELEASES, "/harbour/ferry/releases.atom", "/repos/harbour/ferry/contents/SECURITY.md"]
)
async def test_an_etag_holds_until_something_changes(
    client: aiohttp.ClientSession, repository: Repository, path: str
) -> None:
    async with client.get(path) as first:
        headers = {"If-None-Match": first.headers["ETag"]}
    async with client.get(path, headers=headers) as again:
        assert (again.status, await again.read()) == (304, b"")
        assert again.headers["ETag"] == headers["If-None-Match"]
    repository.releases.append(release("v1.3.0", 4))
    repository.commit("SECURITY.md", "New.", START)
    async with client.get(path, headers=headers) as changed:
        assert changed.status == 200
        assert changed.headers["ETag"] != headers["If-None-Match"]


async def test_an_etag_belongs_to_one_token(client: aiohttp.ClientSession) -> None:
    async with client.get(RELEASES, headers=READER) as first:
        headers = {"If-None-Match": first.headers["ETag"]}
    async with client.get(RELEASES, headers=headers) as other:
        assert other.status == 200


async def test_the_date_is_the_clocks(client: aiohttp.ClientSession, clock: ManualClock) -> None:
    clock.advance(timedelta(days=1, seconds=3))
    async with client.get(RELEASES) as response:
        assert response.headers["Date"] == "Sun, 02 Mar 2031 09:00:03 GMT"


async def test_sixty_an_hour_without_a_token_and_304s_count(
    client: aiohttp.ClientSession, world: FaultyGitHub, clock: ManualClock
) -> None:
    world.quota_anonymous = 3
    async with client.get(RELEASES) as first:
        headers = {"If-None-Match": first.headers["ETag"]}
        assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("3", "2")
    for remaining in ("1", "0"):
        async with client.get(RELEASES, headers=headers) as again:
            assert (again.status, again.headers["X-RateLimit-Remaining"]) == (304, remaining)
    async with client.get(RELEASES) as refused:
        assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
        assert int(refused.headers["X-RateLimit-Reset"]) == int((START + timedelta(hours=1)).timestamp())
    async with client.get("/harbour/ferry/releases.atom") as feed:
        assert feed.status == 200
        assert "X-RateLimit-Limit" not in feed.headers
    clock.advance(timedelta(hours=1))
    async with client.get(RELEASES) as later:
        assert later.status == 200


async def test_with_a_token_304s_are_free(client: aiohttp.ClientSession) -> None:
    async with client.get(RELEASES, headers=READER) as first:
        headers = READER | {"If-None-Match": first.headers["ETag"]}
        assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("5000", "4999")
    async with client.get(RELEASES, headers=headers) as again:
        assert (again.status, again.headers["X-RateLimit-Remaining"]) == (304, "4999")
    async with client.get("/rate_limit", headers=READER) as response:
        assert (await response.json())["resources"]["core"]["remaining"] == 4999


async def test_a_429_names_its_time(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay("/repos/*", status(429, {"Retry-After": "30"}, "slow down"), times=1)
    async with client.get(RELEASES) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "30")
    async with client.get(RELEASES) as healed:
        assert healed.status == 200


async def test_drafts_show_only_to_those_who_may_push(client: aiohttp.ClientSession) -> None:
    tags = {}
    for who, headers in (("nobody", {}), ("reader", READER), ("insider", INSIDER)):
        async with client.get(RELEASES, headers=headers) as response:
            tags[who] = [each["tag_name"] for each in await response.json()]
        async with client.get(f"{RELEASES}/tags/v1.2.0", headers=headers) as response:
            assert response.status == (200 if who == "insider" else 404)
    public = ["v1.1.0", "v1.0.0"]
    assert tags == {"nobody": public, "reader": public, "insider": ["v1.2.0", *public]}


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {}, "52"),
        ("?state=published", {}, "2"),
        ("?state=draft", {}, ""),
        ("?state=triage", READER, ""),
        ("", INSIDER, "65432"),
        ("?state=published", INSIDER, "2"),
        ("?state=draft", INSIDER, "3"),
        ("?direction=asc", INSIDER, "23456"),
    ],
)
async def test_unpublished_advisories_show_only_to_insiders(
    client: aiohttp.ClientSession, query: str, headers: dict[str, str], expected: str
) -> None:
    async with client.get(f"/repos/harbour/ferry/security-advisories{query}", headers=headers) as response:
        assert "".join(each["ghsa_id"][-1] for each in await response.json()) == expected


async def test_a_private_repository_does_not_exist_outside(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.private = True
    for path in (RELEASES, "/harbour/ferry/releases.atom"):
        async with client.get(path) as response:
            assert response.status == 404
    async with client.get(RELEASES, headers=INSIDER) as response:
        assert response.status == 200


async def test_a_moved_repository_answers_behind_one_redirect(
    client: aiohttp.ClientSession, world: FaultyGitHub
) -> None:
    world.moved["harbour/raft"] = "harbour/ferry"
    for path in ("/repos/harbour/raft/releases", "/harbour/raft/releases.atom"):
        async with client.get(path) as response:
            assert [(len(response.history), each.status) for each in response.history] == [(1, 301)]
            assert response.status == 200


async def test_files_come_as_json_and_raw_with_their_history(client: aiohttp.ClientSession) -> None:
    path = "/repos/harbour/ferry/contents/SECURITY.md"
    async with client.get(path) as response:
        download = (await response.json())["download_url"]
    async with client.get(path, headers={"Accept": "application/vnd.github.raw+json"}) as response:
        assert await response.text() == "# Security\n\n1.x ✅\n"
    async with client.get(download) as response:
        assert await response.text() == "# Security\n\n1.x ✅\n"
    async with client.get("/repos/harbour/ferry/commits?path=SECURITY.md&per_page=1") as response:
        (newest,) = await response.json()
        assert newest["commit"]["committer"]["date"] == "2031-02-27T09:00:00Z"
        assert 'rel="next"' in response.headers["Link"]


async def test_a_removed_file_is_gone(client: aiohttp.ClientSession, repository: Repository) -> None:
    repository.commit("SECURITY.md", None, START)
    for path in ("/repos/harbour/ferry/contents/SECURITY.md", "/harbour/ferry/raw/main/SECURITY.md"):
        async with client.get(path) as response:
            assert response.status == 404


async def test_requests_are_remembered(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    async with client.get(f"{RELEASES}?per_page=100", headers=READER):
        pass
    async with client.get("/nowhere/at/all"):
        pass
    (request,) = world.requests_for("/releases")
    assert (request.method, request.path, request.query, request.status) == ("GET", RELEASES, {"per_page": "100"}, 200)
    assert request.headers["Authorization"] == "token reader"
    assert [each.status for each in world.requests] == [200, 404]
