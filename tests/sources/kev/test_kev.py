"""The catalogue of known exploited vulnerabilities: which CVEs it names, and what it says of an advisory."""

import json
from datetime import date

import pytest

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.kev.catalogue import Catalogue
from chatbot.sources.kev.source import KnownExploited, with_exploitation
from tests.sources.harness import open_harness
from tests.standins.clock import START
from tests.standins.github import faults
from tests.standins.github.faults import Fault


def answering(value: object) -> Fault:
    return faults.body(json.dumps(value).encode())


async def test_the_catalogue_is_read_and_read_again_only_when_it_changed() -> None:
    async with open_harness() as harness:
        harness.world.kev.append("CVE-2031-0001")
        one = KnownExploited(harness.fetcher, f"{harness.url}/kev.json", reader=harness.reader)
        first = await one.read()
        assert first.added == {"CVE-2031-0001": date(2031, 3, 1)}
        assert first.read_at == START
        assert (await one.read()).added == first.added
        assert harness.world.requests[-1].status == 304
        harness.world.kev.append("CVE-2031-0002")
        assert set((await one.read()).added) == {"CVE-2031-0001", "CVE-2031-0002"}


async def test_a_missing_catalogue_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        with pytest.raises(SourceRefused, match=r"correct advisories\.kev_url, or leave it empty"):
            await KnownExploited(harness.fetcher, f"{harness.url}/none/", reader=harness.reader).read()


@pytest.mark.parametrize(
    "fault",
    [
        faults.empty,
        faults.truncated,
        faults.html_instead,
        faults.not_utf8,
        faults.huge(),
        faults.status(503),
        answering(None),
        answering([]),
        answering({}),
        answering({"vulnerabilities": None}),
        answering({"vulnerabilities": {"cveID": "CVE-2031-0001"}}),
        answering({"vulnerabilities": [{"cve": "CVE-2031-0001"}]}),
    ],
)
async def test_a_bad_answer_leaves_the_last_catalogue_true(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.world.kev.append("CVE-2031-0001")
        one = KnownExploited(harness.fetcher, f"{harness.url}/kev.json", reader=harness.reader)
        await one.read()
        harness.world.kev.append("CVE-2031-0002")
        harness.world.faults.lay("*", fault, times=1)
        with pytest.raises(SourceUnavailable) as caught:
            await one.read()
        assert "\n" not in str(caught.value)
        assert len((await one.read()).added) == 2


async def test_a_bad_entry_is_passed_over() -> None:
    entries = [
        None,
        {},
        {"cveID": 17},
        {"cveID": "CVE-1"},
        {"cveID": "x CVE-2031-0009"},
        {"cveID": "cve-2031-0001", "dateAdded": "soon"},
        {"cveID": "CVE-2031-0002", "dateAdded": 5},
        {"cveID": "CVE-2031-0003", "dateAdded": "2031-02-03"},
    ]
    async with open_harness() as harness:
        harness.world.faults.lay("*", answering({"vulnerabilities": entries}))
        catalogue = await KnownExploited(harness.fetcher, f"{harness.url}/kev.json", reader=harness.reader).read()
    assert catalogue.added == {"CVE-2031-0001": None, "CVE-2031-0002": None, "CVE-2031-0003": date(2031, 2, 3)}


async def test_an_empty_catalogue_names_nothing() -> None:
    async with open_harness() as harness:
        assert (
            await KnownExploited(harness.fetcher, f"{harness.url}/kev.json", reader=harness.reader).read()
        ).added == {}


@pytest.mark.parametrize(
    ("id_", "aliases", "before", "after"),
    [
        ("GHSA-1", {"CVE-2031-0001"}, False, True),
        ("GHSA-1", {"cve-2031-0001"}, False, True),
        ("CVE-2031-0001", set[str](), False, True),
        ("GHSA-1", {"CVE-2031-0002"}, False, False),
        ("GHSA-1", set[str](), False, False),
        ("GHSA-1", set[str](), True, True),
    ],
)
def test_an_advisory_is_known_exploited_by_its_cve(id_: str, aliases: set[str], *, before: bool, after: bool) -> None:
    advisory = Advisory(
        project=ProjectId("ferry"),
        id=id_,
        aliases=frozenset(aliases),
        summary="",
        published_at=START,
        updated_at=START,
        known_exploited=before,
    )
    assert with_exploitation(advisory, Catalogue(added={"CVE-2031-0001": None})).known_exploited is after
