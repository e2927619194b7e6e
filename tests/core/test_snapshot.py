"""What facts add up to: what fixes what, what was the newest when, and what is taken back."""

from dataclasses import replace

import pytest

from chatbot.core.model.facts import Affected
from chatbot.core.model.severity import Severity
from tests.core import make

DAY, START = make.DAY, make.START
OLD, FIX = make.release("v0.15.4", START), make.release("v0.15.5", START + 2 * DAY)
BACKPORT = make.release("v0.14.9", START + 3 * DAY)
HIGH = make.advisory("GHSA-hhhh-hhhh-hhhh", patched="0.15.5, 0.14.9")
CRITICAL = make.advisory("GHSA-cccc-cccc-cccc", Severity.CRITICAL)
ALIAS = make.advisory("CVE-2030-1", Severity.UNKNOWN, aliases=frozenset({HIGH.id}))


def test_releases_and_advisories_are_bound_both_ways() -> None:
    snapshot = make.snapshot([OLD, FIX, BACKPORT], [HIGH, CRITICAL, ALIAS])
    assert [item.id for item in snapshot.fixed_by("v0.15.5")] == [CRITICAL.id, HIGH.id]
    assert snapshot.fixed_by("v0.15.4") == ()
    assert [item.release.tag for item in snapshot.fixing(snapshot.advisories[HIGH.id])] == ["v0.15.5", "v0.14.9"]
    assert snapshot.severity("v0.15.5") is Severity.CRITICAL
    assert snapshot.severity("v0.15.4") is Severity.UNKNOWN


def test_a_removed_release_fixes_nothing_more_and_is_the_newest_of_nothing() -> None:
    removed = make.known_release(FIX, removal_confirmed=True)
    snapshot = make.snapshot([OLD, removed, BACKPORT], [HIGH])
    assert [item.release.tag for item in snapshot.fixing(snapshot.advisories[HIGH.id])] == ["v0.14.9"]
    assert snapshot.releases["v0.15.4"].newest
    assert not snapshot.releases["v0.15.5"].newest
    assert not snapshot.releases["v0.15.5"].newest_in_line
    assert snapshot.newest_then["v0.14.9"].release == OLD


@pytest.mark.parametrize(
    "tracked",
    [
        make.known_advisory(HIGH, removal_confirmed=True, missing_since=START + 9 * DAY),
        make.known_advisory(HIGH, removal_confirmed=True),
        make.known_advisory(replace(HIGH, withdrawn_at=START + 8 * DAY)),
        make.known_advisory(replace(HIGH, withdrawn_at=START + 8 * DAY), removal_confirmed=True),
    ],
)
def test_a_removed_advisory_counts_as_withdrawn(tracked: make.KnownAdvisory) -> None:
    snapshot = make.snapshot([FIX], [tracked])
    assert snapshot.advisories[HIGH.id].withdrawn_at is not None
    assert not snapshot.releases["v0.15.5"].security
    assert snapshot.fixed_by("v0.15.5") == ()


def test_the_newest_of_its_time() -> None:
    candidate = make.release("v0.16.0-rc.1", START + DAY)
    flagged = make.release("v0.17.0", START + DAY, prerelease=True)
    later = make.release("v0.15.6", START + 9 * DAY)
    unreadable = make.release("nightly", START + DAY)
    other = make.release("tools-v3.0.0", START)
    snapshot = make.snapshot([later, BACKPORT, unreadable, FIX, candidate, flagged, other, OLD])
    newest = {tag: item.release.tag for tag, item in snapshot.newest_then.items()}
    assert newest == {
        "v0.15.4": "v0.15.4",
        "tools-v3.0.0": "tools-v3.0.0",
        "v0.16.0-rc.1": "v0.15.4",
        "v0.17.0": "v0.15.4",
        "v0.15.5": "v0.15.5",
        "v0.14.9": "v0.15.5",
        "v0.15.6": "v0.15.6",
    }
    alone = make.snapshot([candidate])
    assert alone.newest_then["v0.16.0-rc.1"].release == candidate


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("release/mail/v0.15.5", "release/mail/v0.15.5"),
        ("advisory/mail/GHSA-hhhh-hhhh-hhhh", "advisory/mail/GHSA-hhhh-hhhh-hhhh"),
        ("advisory/mail/CVE-2030-1", "advisory/mail/GHSA-hhhh-hhhh-hhhh"),
        ("advisory/mail/CVE-2030-2", "advisory/mail/CVE-2030-2"),
        ("advisory/web/CVE-2030-1", "advisory/web/CVE-2030-1"),
        ("policy/mail", "policy/mail"),
    ],
)
def test_the_one_name_of_a_subject(subject: str, name: str) -> None:
    assert make.snapshot([FIX], [HIGH, ALIAS]).canonical(subject) == name


def test_what_is_touched_with_what() -> None:
    snapshot = make.snapshot([OLD, FIX, BACKPORT], [HIGH])
    bound = {"release/mail/v0.15.5", "advisory/mail/GHSA-hhhh-hhhh-hhhh"}
    assert snapshot.touched_with(frozenset({"release/mail/v0.15.5"})) == bound
    assert snapshot.touched_with(frozenset({f"advisory/mail/{HIGH.id}"})) == bound | {"release/mail/v0.14.9"}
    assert snapshot.touched_with(frozenset({"release/mail/v0.15.4"})) == {"release/mail/v0.15.4"}


def test_lines_are_as_the_project_or_its_page_says() -> None:
    assert make.snapshot([FIX]).releases["v0.15.5"].line == "0.15"
    assert make.snapshot([FIX], lines="major").releases["v0.15.5"].line == "0"


@pytest.mark.parametrize(
    ("origin", "package", "packages", "own"),
    [
        ("GitHub", "", ("crates.io/parser",), True),
        ("GitHub", "parser", ("crates.io/parser",), True),
        ("OSV", "parser", (), True),  # nothing else is watched
        ("OSV", "parser", ("crates.io/parser",), False),
        ("GitHub Advisory Database", "Mail", ("crates.io/parser",), True),  # the package bears the project's name
        ("OSV", "example/mail", ("crates.io/parser",), True),
    ],
)
def test_whose_versions_an_advisory_counts(origin: str, package: str, packages: tuple[str, ...], own: bool) -> None:
    advisory = replace(HIGH, affected=(Affected(package=package, range="< 0.15.5", patched="0.15.5"),))
    snapshot = make.snapshot(
        [FIX], [make.known_advisory(advisory, origins=(origin,), authoritative=origin == "GitHub")], packages=packages
    )
    assert (HIGH.id in snapshot.own) is own
    assert snapshot.releases["v0.15.5"].security is own
