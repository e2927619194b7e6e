"""releases.atom of the loopback GitHub has the shape and the habits of real ones."""

import xml.etree.ElementTree as ET
from datetime import UTC, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest

from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.standins.clock import START

FEEDS = Path(__file__).parents[4] / "shared" / "data" / "feeds"
ATOM = "{http://www.w3.org/2005/Atom}"


async def entries(client: aiohttp.ClientSession) -> list[ET.Element]:
    async with client.get("/harbour/ferry/releases.atom") as response:
        assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        return ET.fromstring(await response.read()).findall(f"{ATOM}entry")


def text(entry: ET.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


def tag(entry: ET.Element) -> str:
    return text(entry, "id").split("/", 2)[2]


async def test_ten_entries_by_date_of_commit_without_drafts(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.releases = [release(f"v1.{minor}.0", minor) for minor in range(12)]
    repository.releases += [
        release("v0.9.1", 20, created_at=START - timedelta(days=900)),
        release("v2.0.0", 30, published_at=None),
    ]
    assert [tag(entry) for entry in await entries(client)] == [f"v1.{minor}.0" for minor in range(11, 1, -1)]


async def test_a_plain_tag_shows_and_a_deleted_release_vanishes(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.tags = {"nightly": START, "v1.1.0": START - timedelta(days=98)}
    assert [tag(entry) for entry in await entries(client)] == ["nightly", "v1.1.0", "v1.0.0"]
    repository.releases.remove(repository.release("v1.1.0"))
    del repository.tags["nightly"]
    bare, remaining = await entries(client)
    assert (tag(bare), text(bare, "title"), text(bare, "content")) == ("v1.1.0", "v1.1.0", "No content.")
    assert tag(remaining) == "v1.0.0"


async def test_no_notes_no_dates_of_publication_and_any_time_zone(
    client: aiohttp.ClientSession, repository: Repository
) -> None:
    repository.feed_offset = timezone(timedelta(hours=3))
    newest, older = await entries(client)
    assert text(newest, "content") == "No content."
    assert "type" not in newest.find(f"{ATOM}content").attrib  # type: ignore[union-attr]  # the line above read it
    assert text(older, "content") == "<p>Fixes.</p>"
    assert text(older, "updated") == "2030-11-22T13:00:00+03:00"
    assert older.find(f"{ATOM}published") is None
    repository.feed_offset = UTC
    assert text((await entries(client))[1], "updated") == "2030-11-22T10:00:00Z"


async def test_hostile_words_stay_words(client: aiohttp.ClientSession, repository: Repository) -> None:
    repository.releases = [
        release('@scope/pkg@1.2.3"><x>', 1, name="<b>&\x00", body="- <script>alert(1)</script>\n# A & B\n\n]]>"),
    ]
    (entry,) = await entries(client)
    assert tag(entry) == '@scope/pkg@1.2.3"><x>'
    assert text(entry, "title") == "<b>&"
    assert "&lt;script&gt;" in text(entry, "content")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert unquote(link.attrib["href"]).endswith('/releases/tag/@scope/pkg@1.2.3"><x>')


async def test_an_empty_repository_has_an_empty_feed(client: aiohttp.ClientSession, repository: Repository) -> None:
    repository.releases = []
    assert await entries(client) == []


@pytest.mark.skipif(not FEEDS.is_dir(), reason="recorded feeds (../shared) are not here")
async def test_the_shape_is_that_of_a_recorded_feed(client: aiohttp.ClientSession) -> None:
    def shape(root: ET.Element) -> set[tuple[str, tuple[str, ...]]]:
        return {(each.tag, tuple(sorted(each.attrib))) for each in root.iter()} - {(f"{ATOM}content", ())}

    recorded = ET.fromstring((FEEDS / "atom_atom_2018_real_10_entries.atom").read_bytes())
    async with client.get("/harbour/ferry/releases.atom") as response:
        ours = ET.fromstring(await response.read())
    assert shape(ours) == shape(recorded)
