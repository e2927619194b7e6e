"""Which advisories concern which subscriptions: by range, by line, by severity, and in doubt."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.advisories.identity import affects
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.matching import affected_members, concern, matches
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.versions.version import line_of
from tests.core import make
from tests.core.advisories.test_exposure import ADVISORIES, NAMED_VERSIONS
from tests.core.releases.test_tag_properties import lists
from tests.core.subscriptions.people import NOW, scope, subscription

TAGS = ("v0.14.0", "v0.14.1", "v0.15.0", "v0.15.3", "v0.15.4", "v0.15.5", "v0.16.0-rc.1", "v0.16.0", "v0.16.2")
RELEASES = [make.release(tag, make.START + number * make.DAY) for number, tag in enumerate(TAGS)]
OTHER = Affected(package="mail-parser", ecosystem="crates.io", scheme="crates.io", range="< 0.15.5")


@pytest.mark.parametrize(
    ("about", "affected", "patched", "state"),
    [
        ("0.15.3", "< 0.15.5", "0.15.5", "yes"),
        ("v0.15.3", ">= 0.15.0, < 0.15.5", "", "yes"),
        ("0.15.5", "< 0.15.5", "0.15.5", "no"),
        ("0.14.1", ">= 0.15.0, < 0.15.5", "", "no"),
        ("0.15.2", "< 0.15.5", "", "yes"),  # never published: a typo, or a build of one's own
        ("0.15.9", ">= 0.15.5", "", "yes"),
        ("0.15.9", "< 0.15.5", "", "no"),
        ("0.15.3-private", "all of them", "", "unreadable"),
        ("what we run", "< 0.15.5", "", "unreadable"),  # it was a version once, as tags were read then
        ("0.15.3", "what came before", "", "unreadable"),
        ("0.15.3", "", "", "unreadable"),
        ("0.15.5", "what came before", "0.15.5", "no"),  # the fix is in no doubt
        ("0.15.3", "what came before", "0.15.5", "unreadable"),
        ("0.15.x", "< 0.15.5", "0.15.5", "yes"),
        ("0.15.x", "= 0.15.4", "", "yes"),
        ("0.15.x", "= 0.15.2", "", "no"),  # nobody runs it: it was not published
        ("0.15.x", "< 0.15", "", "no"),
        ("0.15.x", ">= 0.16.0", "", "no"),
        ("0.15.x", "what came before", "", "unreadable"),
        ("0.16.x", "< 0.16.0", "0.16.0", "yes"),  # its prerelease was published, too
        ("0.17.x", ">= 0.15.0", "", "yes"),  # nothing of it is known here, and the range overlaps it
        ("0.17.x", ">= 0.17.3, < 0.17.5", "", "yes"),
        ("0.17.x", "> 0.17.3", "", "yes"),
        ("0.17.x", "= 0.17.3", "", "yes"),
        ("0.17.x", "< 0.17.0", "", "no"),
        ("0.17.x", "what came before", "", "unreadable"),
        ("main.x", "< 0.15.5", "", "unreadable"),
        ("", "< 0.15.5", "", "yes"),
        ("", "what came before", "", "yes"),
    ],
)
def test_whether_an_advisory_concerns_a_scope(about: str, affected: str, patched: str, state: str) -> None:
    snapshot = make.snapshot(RELEASES, [make.advisory(affected=affected, patched=patched)])
    (advisory,) = snapshot.advisories.values()
    assert concern(snapshot, advisory, scope(about)) == state


def test_what_was_removed_still_runs_and_so_it_counts_for_its_line() -> None:
    removed = make.known_release(make.release("v0.17.0"), removal_confirmed=True)
    snapshot = make.snapshot([*RELEASES, removed], [make.advisory(affected="= 0.17.0", patched="")])
    (advisory,) = snapshot.advisories.values()
    assert concern(snapshot, advisory, scope("0.17.x")) == "yes"


def test_where_the_list_of_releases_has_gaps_a_line_counts_by_its_numbers_too() -> None:
    advisory = make.advisory(affected="= 0.15.2", patched="")
    snapshot = make.snapshot(RELEASES, [advisory])
    gap = make.source_readings({}, {}, {"github-releases:m": "only 1,000 are listed"})
    gapped = replace(snapshot, knowledge=replace(snapshot.knowledge, sources=gap))
    assert concern(snapshot, advisory, scope("0.15.x")) == "no"
    assert concern(gapped, advisory, scope("0.15.x")) == "yes"


def test_a_withdrawn_advisory_concerns_nobody() -> None:
    snapshot = make.snapshot(RELEASES, [make.advisory(withdrawn_at=make.START)])
    (advisory,) = snapshot.advisories.values()
    assert {concern(snapshot, advisory, scope(words)) for words in ("0.15.3", "0.15.x", "")} == {"no"}


def test_an_advisory_about_another_package_concerns_the_project_and_none_of_its_versions() -> None:
    fact = replace(make.advisory(), affected=(OTHER,))
    foreign = make.known_advisory(fact, origins=("OSV",), authoritative=False)
    snapshot = make.snapshot(RELEASES, [foreign], packages=("crates.io/mail-parser",))
    (advisory,) = snapshot.advisories.values()
    states = {words: concern(snapshot, advisory, scope(words)) for words in ("0.15.3", "0.15.x", "")}
    assert states == {"0.15.3": "no", "0.15.x": "no", "": "yes"}


def test_a_line_of_one_package_is_not_that_of_another() -> None:
    releases = [make.release(tag) for tag in ("core-v1.0.0", "core-v1.1.0", "cli-v1.0.5", "cli-v2.0.0")]
    snapshot = make.snapshot(releases, [make.advisory(affected="= 1.0.5", patched="")])
    (advisory,) = snapshot.advisories.values()
    states = {words: concern(snapshot, advisory, scope(words)) for words in ("cli 1.0.x", "core 1.0.x", "1.0.x")}
    assert states == {"cli 1.0.x": "yes", "core 1.0.x": "no", "1.0.x": "yes"}


@pytest.mark.parametrize(
    ("severity", "threshold", "is_match"),
    [
        (Severity.LOW, Severity.LOW, True),
        (Severity.MEDIUM, Severity.HIGH, False),
        (Severity.HIGH, Severity.HIGH, True),
        (Severity.CRITICAL, Severity.HIGH, True),
        (Severity.UNKNOWN, Severity.CRITICAL, True),
    ],
)
@pytest.mark.parametrize("about", ["0.15.3", "0.15.x", ""])
def test_a_severity_below_the_threshold_is_no_match(
    about: str, severity: Severity, threshold: Severity, is_match: bool
) -> None:
    snapshot = make.snapshot(RELEASES, [make.advisory(severity=severity)])
    (advisory,) = snapshot.advisories.values()
    interest = subscription(about, min_severity=threshold, since=NOW)
    assert (matches(snapshot, None, advisory, interest, NOW) is not None) is is_match


def test_the_affected_releases_of_a_line_are_named_the_lowest_first() -> None:
    snapshot = make.snapshot(RELEASES, [make.advisory(affected="< 0.15.5")])
    (advisory,) = snapshot.advisories.values()
    there = affected_members(snapshot, advisory, scope("0.15.x"))
    assert [item.release.tag for item in there] == ["v0.15.0", "v0.15.3", "v0.15.4"]


@given(lists(), ADVISORIES, st.lists(NAMED_VERSIONS, min_size=1, max_size=4))
def test_nobody_outside_the_range_is_alerted_and_nobody_inside_is_missed(
    releases: Sequence[Release], advisories: Sequence[Advisory], names: Sequence[str]
) -> None:
    """Whatever the tags, the order of versions and the ranges are: a version and its advisory meet just where the published
    range says so, and a line where it says so of one of its releases."""
    snapshot = make.snapshot(releases, advisories)
    versions = [item.version for item in snapshot.releases.values() if item.version is not None]
    looked_up = {name: snapshot.look_up(name).version for name in [*names, *(version.tag for version in versions)]}
    for advisory in snapshot.advisories.values():
        for name, version in looked_up.items():
            if version is not None:
                by_range = (
                    "unreadable" if not advisory.affected else affects(advisory, version, lines=snapshot.lines).state
                )
                state = concern(snapshot, advisory, Scope("version", name))
                assert state == by_range or (by_range, state) == ("unreadable", "no")
                assert (by_range == "yes") == (state == "yes")
        for line in {line_of(version, snapshot.lines) for version in versions}:
            inside = [version for version in versions if line_of(version, snapshot.lines) == line]
            if "yes" in {affects(advisory, version, lines=snapshot.lines).state for version in inside}:
                assert concern(snapshot, advisory, scope(f"{line}.x")) == "yes"
