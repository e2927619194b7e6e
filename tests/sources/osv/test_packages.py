"""The advisories of a project's packages, from OSV and from GitHub's global database."""

import json
from datetime import timedelta

import pytest

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.demo.github import data
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.osv.packages import Package, read_packages
from chatbot.sources.osv.source import OsvPackages
from tests.sources.harness import SourceHarness, open_harness
from tests.standins.clock import START
from tests.standins.github import faults
from tests.standins.github.faults import Fault

PACKAGES = Project(
    id=ProjectId("ferry"),
    name="",
    repository="harbour/ferry",
    packages=("crates.io/ferry-parser", "npm/@ferry/web", "Debian:12/ferry"),
)


def record(name: str, package: str = "ferry-parser", ecosystem: str = "crates.io", **more: object) -> dict[str, object]:
    """An OSV record that affects one package."""
    return {
        "id": name,
        "modified": "2031-03-01T09:00:00Z",
        "published": "2031-03-01T09:00:00Z",
        "summary": "A parser reads too far",
        "affected": [
            {
                "package": {"name": package, "ecosystem": ecosystem},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}],
            }
        ],
        **more,
    }


def advisory(ghsa: str, package: str, ecosystem: str, days: float = 0) -> data.Advisory:
    """A reviewed advisory of the global database."""
    at = START + timedelta(days=days)
    return data.Advisory(
        ghsa=ghsa,
        summary="A parser reads too far",
        severity="high",
        created_at=at,
        published_at=at,
        vulnerabilities=(data.Vulnerability(package=package, ecosystem=ecosystem, range="< 1.2.0", patched="1.2.0"),),
    )


def osv(harness: SourceHarness, project: Project = PACKAGES) -> OsvPackages:
    return OsvPackages(
        project, harness.fetcher, osv_url=f"{harness.url}/osv", clock=harness.clock, reader=harness.reader
    )


def ids_of(batch: Batch) -> list[str]:
    return sorted(fact.id for fact in batch.observed if isinstance(fact, Advisory))


@pytest.mark.parametrize(
    ("names", "package"),
    [
        ("crates.io/mail-parser", Package(name="mail-parser", osv="crates.io", github="rust")),
        ("rust/mail-parser", Package(name="mail-parser", osv="crates.io", github="rust")),
        ("npm/@scope/pkg", Package(name="@scope/pkg", osv="npm", github="npm")),
        ("pip/Django", Package(name="Django", osv="PyPI", github="pip")),
        ("Go/github.com/a/b", Package(name="github.com/a/b", osv="Go", github="go")),
        ("Maven/org.x:y", Package(name="org.x:y", osv="Maven", github="maven")),
        ("Debian:12/ferry", Package(name="ferry", osv="Debian:12", github="")),
    ],
)
def test_a_package_is_named_as_each_database_names_it(names: str, package: Package) -> None:
    assert read_packages([names, names]) == (package,)


@pytest.mark.parametrize("names", ["", "npm", "npm/", "/x", " / "])
def test_what_names_no_package_is_left_out(names: str) -> None:
    assert read_packages([names]) == ()


async def test_osv_is_asked_for_every_package_and_an_unchanged_answer_is_unchanged() -> None:
    async with open_harness() as harness:
        harness.world.osv += [
            record("RUSTSEC-2031-0001", aliases=["CVE-2031-0001"]),
            record("GHSA-aaaa-bbbb-0002", "@ferry/web", "npm"),
            record("GHSA-aaaa-bbbb-0003", "other", "npm"),
        ]
        one = osv(harness)
        batch = await one.poll({})
        assert ids_of(batch) == ["CVE-2031-0001", "GHSA-aaaa-bbbb-0002"]
        assert batch.present == frozenset({"ferry/CVE-2031-0001", "ferry/GHSA-aaaa-bbbb-0002"})
        assert harness.request_count("/v1/query") == 3
        assert (await one.poll(batch.cursor)).unchanged
        harness.world.osv.append(record("RUSTSEC-2031-0002"))
        assert "RUSTSEC-2031-0002" in ids_of(await one.poll(batch.cursor))


async def test_osv_pages_are_followed_to_the_end() -> None:
    async with open_harness() as harness:
        for fault in (
            faults.body(json.dumps({"vulns": [record("RUSTSEC-2031-0001")], "next_page_token": "t"}).encode()),
            faults.body(json.dumps({"vulns": [record("RUSTSEC-2031-0002")]}).encode()),
        ):
            harness.world.faults.lay("*/v1/query", fault, times=1)
        batch = await osv(harness).poll({})
    assert ids_of(batch) == ["RUSTSEC-2031-0001", "RUSTSEC-2031-0002"]


async def test_osv_pages_without_an_end_are_refused() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*", faults.body(b'{"vulns": [], "next_page_token": "again"}'))
        with pytest.raises(SourceUnavailable, match="more than 50 pages"):
            await osv(harness).poll({})


async def test_osv_answers_for_one_record() -> None:
    async with open_harness() as harness:
        harness.world.osv.append(record("RUSTSEC-2031-0001"))
        osv_record = await osv(harness).look("RUSTSEC-2031-0001")
        assert osv_record is not None
        assert osv_record.id == "RUSTSEC-2031-0001"
        assert await osv(harness).look("RUSTSEC-2031-0002") is None
        assert await osv(harness).look("../../etc") is None


BAD = [
    faults.empty,
    faults.truncated,
    faults.html_instead,
    faults.not_utf8,
    faults.huge(),
    faults.status(502),
    faults.body(b"null"),
    faults.body(b'"x"'),
]


@pytest.mark.parametrize("fault", [*BAD, faults.body(b'{"vulns": 17}')])
async def test_a_bad_answer_of_osv_fails_the_poll(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.world.osv.append(record("RUSTSEC-2031-0001"))
        harness.world.faults.lay("*", fault, times=1)
        with pytest.raises(SourceUnavailable) as caught:
            await osv(harness).poll({})
        assert "\n" not in str(caught.value)
        assert ids_of(await osv(harness).poll({})) == ["RUSTSEC-2031-0001"]


async def test_a_bad_record_of_osv_is_skipped_and_reported() -> None:
    vulns = [None, 17, {}, {"id": "../x", "modified": "2031-03-01T09:00:00Z"}, record("RUSTSEC-2031-0001")]
    async with open_harness() as harness:
        harness.world.faults.lay("*", faults.body(json.dumps({"vulns": vulns}).encode()))
        batch = await osv(harness).poll({})
    assert ids_of(batch) == ["RUSTSEC-2031-0001"]
    assert len(batch.unreadable) == 3 * 4


async def test_what_is_no_osv_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        one = OsvPackages(
            PACKAGES,
            harness.fetcher,
            osv_url=f"{harness.url}/nothing/here/at/all",
            clock=harness.clock,
            reader=harness.reader,
        )
        with pytest.raises(SourceRefused, match="check its address"):
            await one.poll({})


async def test_the_global_database_is_asked_once_for_each_ecosystem() -> None:
    async with open_harness(token="owner") as harness:
        harness.world.advisories += [
            advisory("GHSA-aaaa-bbbb-0001", "ferry-parser", "rust"),
            advisory("GHSA-aaaa-bbbb-0002", "@ferry/web", "npm"),
            advisory("GHSA-aaaa-bbbb-0003", "other", "npm"),
        ]
        one = GithubDatabase(PACKAGES, harness.api, clock=harness.clock, reader=harness.reader)
        batch = await one.poll({})
        assert ids_of(batch) == ["GHSA-aaaa-bbbb-0001", "GHSA-aaaa-bbbb-0002"]
        assert batch.present == frozenset({"ferry/GHSA-aaaa-bbbb-0001", "ferry/GHSA-aaaa-bbbb-0002"})
        assert harness.request_count("/advisories") == 2
        again = await one.poll(batch.cursor)
        assert again.unchanged
        assert {request.status for request in harness.world.requests_for("/advisories")[2:]} == {304}
        harness.world.advisories.append(advisory("GHSA-aaaa-bbbb-0004", "ferry-parser", "rust", 1))
        batch = await one.poll(again.cursor)
        assert ids_of(batch) == ["GHSA-aaaa-bbbb-0001", "GHSA-aaaa-bbbb-0002", "GHSA-aaaa-bbbb-0004"]


async def test_every_page_of_the_global_database_is_read() -> None:
    async with open_harness() as harness:
        harness.world.advisories += [
            advisory(f"GHSA-aaaa-bbbb-{number:04d}", "ferry-parser", "rust", number) for number in range(130)
        ]
        batch = await GithubDatabase(PACKAGES, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    assert len(ids_of(batch)) == 130


async def test_the_global_database_answers_for_one_advisory() -> None:
    async with open_harness() as harness:
        harness.world.advisories.append(advisory("GHSA-aaaa-bbbb-0001", "ferry-parser", "rust"))
        one = GithubDatabase(PACKAGES, harness.api, clock=harness.clock, reader=harness.reader)
        record = await one.look("GHSA-aaaa-bbbb-0001")
        assert record is not None
        assert await one.look("GHSA-aaaa-bbbb-0002") is None
        assert await one.look("a/../b") is None


@pytest.mark.parametrize("fault", [*BAD, faults.body(b"{}")])
async def test_a_bad_answer_of_the_global_database_fails_the_poll(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.world.advisories.append(advisory("GHSA-aaaa-bbbb-0001", "ferry-parser", "rust"))
        harness.world.faults.lay("*", fault, times=1)
        with pytest.raises(SourceUnavailable):
            await GithubDatabase(PACKAGES, harness.api, clock=harness.clock, reader=harness.reader).poll({})


async def test_without_packages_nothing_is_asked() -> None:
    async with open_harness() as harness:
        none = Project(id=ProjectId("ferry"), name="", repository="harbour/ferry")
        assert (await osv(harness, none).poll({})).observed == ()
        assert (await GithubDatabase(none, harness.api, clock=harness.clock, reader=harness.reader).poll({})).unchanged
        assert harness.request_count() == 0
