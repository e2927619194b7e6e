"""A small invented world behind the loopback GitHub, and a client that speaks to it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from chatbot.demo.github.data import Advisory, Credit, Release, Repository, Vulnerability
from tests.standins.github.server import FaultyGitHub, serve

START = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, by: timedelta) -> None:
        self.now += by


def release(tag: str, days: int, **more: object) -> Release:
    """A release that was made and published `days` after the start of the story."""
    at = START - timedelta(days=100 - days)
    values: dict[str, object] = {
        "created_at": at,
        "published_at": at + timedelta(hours=1),
        "name": tag,
        "body": "Fixes.",
    }
    return Release(tag=tag, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def advisory(ghsa: str, days: int, **more: object) -> Advisory:
    """An advisory that was published `days` after the start of the story."""
    at = START - timedelta(days=100 - days)
    values: dict[str, object] = {
        "summary": "A mailbox name is not escaped",
        "description": "Details.",
        "severity": "high",
        "cve": "CVE-2031-0001",
        "created_at": at,
        "published_at": at,
        "vulnerabilities": (Vulnerability(package="ferry", range="< 1.2.0", patched="1.2.0"),),
        "scores": (("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),),
        "cwes": (("CWE-79", "Cross-site Scripting"),),
        "credits": (Credit(login="mira"), Credit(login="ola", state="declined")),
    }
    return Advisory(ghsa=ghsa, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


@pytest.fixture
def clock() -> Hands:
    return Hands()


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
async def client(world: FaultyGitHub, clock: Hands) -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose relative addresses lead to the loopback GitHub."""
    async with serve(world, clock) as url, aiohttp.ClientSession(url) as session:
        yield session
