"""What is too much of one advisory is cut, and nothing is concluded from what was cut."""

from collections.abc import Callable
from typing import Any

import pytest

from chatbot.core.advisories.identity import affected, affects, merge
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId
from chatbot.core.versions.version import read_version
from chatbot.sources.advisories.fields import MAX_CREDITS, MAX_ENTRIES
from chatbot.sources.advisories.formats import read_github_advisory
from chatbot.sources.osv.records import MAX_EVENTS, MAX_VERSIONS, read_osv
from tests.cost import assert_cheap

AT = "2031-03-01T09:00:00Z"


def github(**more: object) -> Advisory:
    item = {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "state": "published", "published_at": AT, "severity": "high", **more}
    return read_github_advisory(item, project=ProjectId("p"))


def osv(name: str = "OSV-1-1", **more: object) -> Advisory:
    return read_osv({"id": name, "modified": AT, "published": AT, **more}, project=ProjectId("p"))


def package(**more: object) -> dict[str, object]:
    return {"package": {"ecosystem": "npm", "name": "p"}, **more}


def events(count: int) -> dict[str, Any]:
    steps = [{"introduced" if number % 2 == 0 else "fixed": f"{number}.0.0"} for number in range(count)]
    return {"type": "SEMVER", "events": steps}


PRODUCT = {"package": {"ecosystem": "npm", "name": "p"}, "vulnerable_version_range": "< 1.0.0"}
CUT = {
    "packages": lambda: github(vulnerabilities=[PRODUCT] * (MAX_ENTRIES + 1)),
    "ids": lambda: github(
        vulnerabilities=[PRODUCT], identifiers=[{"value": f"CVE-2031-{number}"} for number in range(1000, 1200)]
    ),
    "OSV packages": lambda: osv(affected=[package(versions=["0.1.0"])] * (MAX_ENTRIES + 1)),
    "OSV events": lambda: osv(affected=[package(versions=["0.1.0"], ranges=[events(MAX_EVENTS + 2)])]),
    "OSV events of several ranges": lambda: osv(affected=[package(versions=["0.1.0"], ranges=[events(10)] * 600)]),
    "OSV versions": lambda: osv(affected=[package(versions=[f"0.{number}.0" for number in range(MAX_VERSIONS + 1)])]),
    "OSV versions of several packages": lambda: osv(affected=[package(versions=["0.1.0"] * 100)] * 60),
    "OSV aliases": lambda: osv(aliases=[f"CVE-2031-{number}" for number in range(1000, 1200)], affected=[package()]),
}


@pytest.mark.parametrize("make", CUT.values(), ids=CUT)
def test_a_cut_is_never_an_all_clear(make: Callable[[], Advisory]) -> None:
    advisory = make()
    assert advisory.unread
    verdict = affects(advisory, read_version("99999.1.0") or "")
    assert verdict.state == "unreadable"
    assert verdict.range


@pytest.mark.parametrize("name", ["packages", "OSV packages", "OSV versions"])
def test_what_was_read_still_affects(name: str) -> None:
    assert affects(CUT[name](), read_version("0.1.0") or "").state == "yes"


def test_what_is_within_the_limits_carries_no_mark() -> None:
    whole = osv(affected=[package(ranges=[events(MAX_EVENTS)])])
    assert not whole.unread
    assert affects(whole, read_version("99999.1.0") or "").state == "no"


def test_one_report_that_was_cut_keeps_the_doubt_where_another_is_whole() -> None:
    doubtful = github(cve_id="CVE-2031-1", vulnerabilities=[PRODUCT] * (MAX_ENTRIES + 1))
    whole = osv(
        "CVE-2031-1",
        affected=[package(ranges=[{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}])],
    )
    yes, unreadable = affected(read_version("2.0.0") or "", [doubtful, whole])
    assert not yes
    assert [verdict.advisory.id for verdict in unreadable] == [doubtful.id]


def test_thanks_are_cut_without_a_word() -> None:
    thanked = osv(affected=[], credits=[{"name": f"n{number}"} for number in range(MAX_CREDITS * 2)])
    assert len(thanked.credits) == MAX_CREDITS
    assert not thanked.unread


def shared(count: int) -> list[Advisory]:
    return [osv(f"X-{number}", aliases=["CVE-2020-1"], affected=[]) for number in range(count)]


def chained(count: int) -> list[Advisory]:
    return [osv(f"X-{number}", aliases=[f"X-{number + 1}"], affected=[]) for number in range(count)]


@pytest.mark.parametrize("many", [shared, chained])
def test_merging_costs_what_the_number_of_ids_says(many: Callable[[int], list[Advisory]]) -> None:
    advisories = many(4000)
    # it took 7 s by squares, and takes some 0.03 s
    assert len(assert_cheap(lambda: merge(advisories), 2.0, many)) == 1
