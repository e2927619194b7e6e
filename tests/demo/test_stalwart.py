"""Stalwart's real history comes out of the loopback GitHub as it was on any day."""

from datetime import UTC, datetime

import aiohttp
import pytest

from tests.demo import stalwart
from tests.standins.clock import ManualClock
from tests.standins.github.server import FaultyGitHub, serve

pytestmark = pytest.mark.skipif(not stalwart.HERE, reason=stalwart.WHY_NOT)


def test_the_history_is_whole() -> None:
    assert len(stalwart.releases()) == 88
    assert len(stalwart.policies()) == 13
    assert {each.version for each in stalwart.releases() if not each.notes} == {"0.11.1", "0.11.3", "0.11.6"}
    assert next((each.ghsa, each.cve) for each in stalwart.advisories()) == ("GHSA-xv4r-q6gr-6pfg", "CVE-2025-59045")


def test_each_thing_is_revealed_once_and_in_order() -> None:
    of = stalwart.repository()
    first = stalwart.reveal(of, datetime(2025, 9, 12, tzinfo=UTC))
    assert (first[0], first[-1], len(of.advisories), len(of.files["SECURITY.md"])) == ("v0.3.0", "v0.13.3", 1, 10)
    assert stalwart.reveal(of, datetime(2025, 9, 12, tzinfo=UTC)) == []
    rest = stalwart.reveal(of, datetime(2030, 1, 1, tzinfo=UTC))
    assert first + rest == [each.tag for each in stalwart.releases()]
    assert (len(of.advisories), len(of.files["SECURITY.md"])) == (3, 13)
    assert len({release.tag for release in of.releases}) == 88


async def test_it_is_served(clock: ManualClock) -> None:
    of = stalwart.repository()
    stalwart.reveal(of, datetime(2026, 1, 1, tzinfo=UTC))
    async with serve(FaultyGitHub(repositories=[of]), clock) as url, aiohttp.ClientSession(url) as client:
        async with client.get("/repos/stalwartlabs/stalwart/releases?per_page=2") as response:
            newest, before = await response.json()
        async with client.get("/stalwartlabs/stalwart/releases.atom") as response:
            assert (await response.text()).count("<entry>") == 10
        async with client.get("/stalwartlabs/stalwart/raw/main/SECURITY.md") as response:
            assert "| 0.15.x  |" in await response.text()
    assert (newest["tag_name"], before["tag_name"]) == ("v0.15.3", "v0.15.2")
    assert "Fixed" in newest["body"]
