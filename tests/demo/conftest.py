"""A small invented world behind the loopback GitHub, and a client that speaks to it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from chatbot.demo.github.data import Repository, Vulnerability
from tests.demo.make import advisory, release
from tests.standins.clock import START, ManualClock
from tests.standins.github.server import FaultyGitHub, serve


@pytest.fixture
def repository() -> Repository:
    """Three releases, one of them a draft; advisories in every state; a policy with two commits."""
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [
        release("v1.0.0", 1, assets=("ferry.tar.gz",)),
        release("v1.1.0", 2, body=""),
        release("v1.2.0", 3, published_at=None),
    ]
    of.advisories = [
        advisory("GHSA-2222-2222-2222", 5),
        advisory("GHSA-3333-3333-3333", 6, state="draft", published_at=None, cve="", severity="", scores=()),
        advisory("GHSA-4444-4444-4444", 7, state="triage", published_at=None),
        advisory("GHSA-5555-5555-5555", 8, state="withdrawn", withdrawn_at=START),
        advisory("GHSA-6666-6666-6666", 9, state="closed", published_at=None, closed_at=START),
    ]
    of.commit("SECURITY.md", "# Security\n\nOnly the newest.\n", START - timedelta(days=9), "Say it")
    of.commit("SECURITY.md", "# Security\n\n1.x ✅\n", START - timedelta(days=2), "Say it better")
    of.commit("docs/guide.md", "Read me.\n", START - timedelta(days=8))
    return of


@pytest.fixture
def world(repository: Repository) -> FaultyGitHub:
    world = FaultyGitHub(repositories=[repository])
    world.tokens = {"reader": frozenset(), "insider": frozenset({"harbour/ferry"})}
    world.advisories = [
        advisory(
            "GHSA-7777-7777-7777", 1, vulnerabilities=(Vulnerability(package="tide", ecosystem="npm", range="< 2"),)
        ),
        advisory("GHSA-8888-8888-8888", 2, repository="harbour/ferry", severity="critical"),
    ]
    world.osv = [
        {"id": "OSV-2031-1", "affected": [{"package": {"name": "tide", "ecosystem": "npm"}, "versions": ["1.0.0"]}]}
    ]
    world.kev = ["CVE-2031-0001"]
    return world


@pytest.fixture
async def client(world: FaultyGitHub, clock: ManualClock) -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose relative addresses lead to the loopback GitHub."""
    async with serve(world, clock) as url, aiohttp.ClientSession(url) as session:
        yield session
