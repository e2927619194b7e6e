"""The one gate that every recommended version passes."""

from collections.abc import Sequence

import pytest

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.recommend import first, newest, onward, passes
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.version import Version, line_of, read_version
from tests.core import make

DAY, START = make.DAY, make.START


def tags(*names: str) -> list[Release]:
    return [make.release(f"v{name}", START + number * DAY) for number, name in enumerate(names)]


def advisory(letter: str, affected: str, patched: str = "") -> Advisory:
    return make.advisory(f"GHSA-{letter * 4}-{letter * 4}-{letter * 4}", affected=affected, patched=patched)


def full(snapshot: ProjectSnapshot) -> list[Classified]:
    return [item for item in snapshot.releases.values() if item.version is not None]


@pytest.mark.parametrize(
    ("release", "advisories", "passing"),
    [
        (make.release("v1.2.0"), (), True),
        (make.release("v1.2.0"), (advisory("a", "< 1.2.0", "1.2.0"),), True),
        (make.release("v1.2.0"), (advisory("a", "<= 1.2.0"),), False),
        (make.release("v1.2.0"), (advisory("a", "< 1.2.0", "1.2.0"), advisory("b", "= 1.2.0")), False),
        (make.release("v1.2.0"), (advisory("a", "*"),), False),
        (make.release("v1.2.0-rc.1"), (), False),
        (make.release("v1.2.0", prerelease=True), (), False),
        (make.release("nightly"), (), False),
        (make.known_release(make.release("v1.2.0"), removal_confirmed=True), (), False),
        (make.known_release(make.release("v1.2.0"), missing_since=START), (), False),
        (make.release("v1.2.0"), (make.advisory(affected="*", withdrawn_at=START),), True),
    ],
)
def test_what_passes(release: Release | Tracked[Release], advisories: Sequence[Advisory], *, passing: bool) -> None:
    snapshot = make.snapshot([release], advisories)
    (item,) = snapshot.releases.values()
    assert (passes(snapshot, item) is not None) == passing


@pytest.mark.parametrize(
    ("advisories", "chosen", "doubts"),
    [
        ((), "1.2.2", 0),
        ((advisory("a", "= 1.2.2"),), "1.2.1", 0),
        ((advisory("a", "1.2.1", "1.2.3"),), "1.2.0", 0),  # above the range and below the fix: perhaps affected
        ((advisory("a", "what came before", "1.2.1"),), "1.2.1", 0),  # it cannot be read, but names its fix
        ((advisory("a", "what came before"),), "1.2.2", 1),
        ((advisory("a", "what came before"), advisory("b", "= 1.2.2")), "1.2.1", 1),
        ((advisory("a", "*"),), None, 0),
    ],
)
def test_a_release_without_a_doubt_comes_first(advisories: Sequence[Advisory], chosen: str | None, doubts: int) -> None:
    snapshot = make.snapshot(tags("1.2.0", "1.2.1", "1.2.2"), advisories)
    recommendation = newest(snapshot, full(snapshot))
    assert (
        recommendation.version.text if recommendation else None,
        len(recommendation.doubts) if recommendation else 0,
    ) == (chosen, doubts)


def test_what_nobody_can_read_concerns_all_alike_and_is_not_asked_about_each() -> None:
    snapshot = make.snapshot(tags(*(f"1.2.{number}" for number in range(40))), [advisory("a", "what came before")])
    recommendation = first(snapshot, full(snapshot))
    assert recommendation is not None
    assert recommendation.version.text == "1.2.0"


@pytest.mark.parametrize(
    ("version", "advisories", "ended_lines", "chosen"),
    [
        ("2.0.1", (), (), "2.0.3"),
        ("2.0.1", (), ("2.0",), "2.2.0"),
        ("2.0.1", (), ("2.0", "2.2"), "2.1.2"),
        ("2.0.1", (), ("2.0", "2.1", "2.2"), "2.2.0"),
        ("2.0.1", (advisory("a", "< 2.0.3"),), (), "2.0.3"),
        ("2.0.1", (advisory("a", "< 2.1.0"),), (), "2.1.2"),
        ("2.0.1", (advisory("a", "< 2.1.0"), advisory("b", "= 2.1.2")), (), "2.1.1"),
        ("2.0.1", (advisory("a", "< 2.2.0"),), (), "2.2.0"),
        ("2.0.1", (advisory("a", "< 2.1.0"),), ("2.1",), "2.2.0"),
        ("2.0.1", (advisory("a", "<= 2.2.0", "2.2.1"),), (), None),
        ("2.2.0", (), (), None),
        ("99", (), (), None),
    ],
)
def test_the_one_release_to_take(
    version: str, advisories: Sequence[Advisory], ended_lines: Sequence[str], chosen: str | None
) -> None:
    snapshot = make.snapshot(tags("2.0.1", "2.0.2", "2.0.3", "2.1.0", "2.1.1", "2.1.2", "2.2.0"), advisories)
    version_run = read_version(version)
    assert version_run is not None

    def has_ended(at: Version) -> bool:
        return line_of(at) in ended_lines

    recommendation = onward(snapshot, version_run, full(snapshot), has_ended=has_ended)
    assert (recommendation.version.text if recommendation else None) == chosen


@pytest.mark.parametrize(
    "names", [("2.4.0", "2.4.1-alpine", "2.4.1", "2.4.1-debian"), ("2.4.0", "2.4.1", "2.4.1.jre7")]
)
def test_the_version_itself_stands_before_its_editions(names: Sequence[str]) -> None:
    snapshot = make.snapshot(tags(*names))
    recommendation = newest(snapshot, full(snapshot))
    assert recommendation is not None
    assert recommendation.version.text == "2.4.1"
    assert [item.release.tag for item in snapshot.releases.values() if item.newest] == [
        recommendation.release.release.tag
    ]
