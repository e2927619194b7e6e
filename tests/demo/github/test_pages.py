"""Long lists of the loopback GitHub, followed page by page as its Link headers lead."""

from datetime import timedelta

import aiohttp
import pytest

from chatbot.demo.github.data import Repository
from tests.demo.make import advisory, release
from tests.standins.clock import START
from tests.standins.github.server import FaultyGitHub


async def follow(client: aiohttp.ClientSession, path: str, rel: str = "next") -> list[list[str]]:
    """The ids on each page, from `path` on."""
    pages, url = [], path
    while url:
        async with client.get(url) as response:
            assert response.status == 200
            pages.append([each.get("tag_name") or each["ghsa_id"] for each in await response.json()])
            url = str(response.links[rel]["url"]) if rel in response.links else ""
    return pages


async def test_releases_come_by_page_number(client: aiohttp.ClientSession, repository: Repository) -> None:
    repository.releases = [release(f"v1.{minor}.0", minor) for minor in range(7)]
    pages = await follow(client, "/repos/harbour/ferry/releases?per_page=3")
    assert pages == [["v1.6.0", "v1.5.0", "v1.4.0"], ["v1.3.0", "v1.2.0", "v1.1.0"], ["v1.0.0"]]
    async with client.get("/repos/harbour/ferry/releases?per_page=3&page=2") as response:
        assert set(response.links) == {"prev", "next", "last", "first"}
    async with client.get("/repos/harbour/ferry/releases?per_page=3&page=9") as response:
        assert await response.json() == []


async def test_a_page_holds_thirty_unless_asked_and_never_more_than_a_hundred(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.releases = [release(f"v0.{minor}.0", 0) for minor in range(130)]
    for query, size in (
        ("", 30),
        ("?per_page=100", 100),
        ("?per_page=1000", 100),
        ("?per_page=x", 30),
        ("?per_page=0", 1),
    ):
        async with client.get(f"/repos/harbour/ferry/releases{query}") as response:
            assert len(await response.json()) == size


@pytest.mark.parametrize("direction", ["desc", "asc"])
async def test_advisories_come_by_cursor(client: aiohttp.ClientSession, repository: Repository, direction: str) -> None:
    repository.advisories = [advisory(f"GHSA-0000-0000-000{at}", at // 2) for at in range(7)]
    path = f"/repos/harbour/ferry/security-advisories?state=published&sort=updated&per_page=2&direction={direction}"
    expected = [f"GHSA-0000-0000-000{at}" for at in range(7)]
    pages = await follow(client, path)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [each for page in pages for each in page] == (expected if direction == "asc" else expected[::-1])


async def test_a_cursor_leads_back_too(client: aiohttp.ClientSession, repository: Repository) -> None:
    repository.advisories = [advisory(f"GHSA-0000-0000-000{at}", at) for at in range(5)]
    async with client.get("/repos/harbour/ferry/security-advisories?per_page=2") as response:
        second = str(response.links["next"]["url"])
    pages = await follow(client, second, "prev")
    assert pages == [["GHSA-0000-0000-0002", "GHSA-0000-0000-0001"], ["GHSA-0000-0000-0004", "GHSA-0000-0000-0003"]]


async def test_a_change_between_two_pages_moves_only_what_changed(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.advisories = [advisory(f"GHSA-0000-0000-000{at}", at) for at in range(4)]
    async with client.get("/repos/harbour/ferry/security-advisories?sort=updated&per_page=2") as response:
        rest = str(response.links["next"]["url"])
    repository.advisory("GHSA-0000-0000-0000").updated_at = START
    assert await follow(client, rest) == [["GHSA-0000-0000-0001"]]


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U=", "YQpiCmM=", "%FF"])
async def test_a_foreign_cursor_is_refused(client: aiohttp.ClientSession, cursor: str) -> None:
    async with client.get(f"/repos/harbour/ferry/security-advisories?after={cursor}") as response:
        assert response.status == 400
    async with client.get(f"/advisories?after={cursor}") as response:
        assert response.status == 422


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "87"),
        ("direction=asc", "78"),
        ("ecosystem=npm", "7"),
        ("affects=tide@1.0.0,other", "7"),
        ("affects=@scope/none", ""),
        ("ghsa_id=GHSA-8888-8888-8888", "8"),
        ("severity=critical", "8"),
        ("type=malware", ""),
        ("is_withdrawn=true", ""),
        ("cve_id=CVE-2031-0001&sort=updated", "87"),
    ],
)
async def test_the_global_database_is_filtered(client: aiohttp.ClientSession, query: str, expected: str) -> None:
    async with client.get(f"/advisories?{query}") as response:
        assert "".join(each["ghsa_id"][-1] for each in await response.json()) == expected


@pytest.mark.parametrize(
    ("ask", "status", "count"),
    [
        ({"package": {"name": "tide", "ecosystem": "npm"}}, 200, 1),
        ({"package": {"name": "tide", "ecosystem": "npm"}, "version": "1.0.0"}, 200, 1),
        ({"package": {"name": "tide", "ecosystem": "npm"}, "version": "9.9.9"}, 200, 0),
        ({"package": {"name": "tide", "ecosystem": "PyPI"}}, 200, 0),
        ({"version": "1.0.0"}, 400, 0),
        (["no object"], 400, 0),
    ],
)
async def test_osv_answers_by_package(client: aiohttp.ClientSession, ask: object, status: int, count: int) -> None:
    async with client.post("/osv/v1/query", json=ask) as response:
        assert response.status == status
        assert len((await response.json()).get("vulns", [])) == count


async def test_osv_and_the_catalogue_by_id(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    async with client.get("/osv/v1/vulns/OSV-2031-1") as response:
        assert await response.json() == world.osv[0]
    async with client.get("/osv/v1/vulns/OSV-2031-2") as response:
        assert response.status == 404
    async with client.get("/kev.json") as response:
        catalogue = await response.json()
    assert [each["cveID"] for each in catalogue["vulnerabilities"]] == ["CVE-2031-0001"]
    assert catalogue["count"] == 1


async def test_an_advisory_that_was_edited_comes_first_by_update(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.advisories = [advisory("GHSA-0000-0000-0001", 1), advisory("GHSA-0000-0000-0002", 2)]
    repository.advisories[0].updated_at = START + timedelta(days=1)
    for sort, first in (("updated", "1"), ("published", "2"), ("created", "2")):
        async with client.get(f"/repos/harbour/ferry/security-advisories?sort={sort}") as response:
            assert (await response.json())[0]["ghsa_id"][-1] == first
