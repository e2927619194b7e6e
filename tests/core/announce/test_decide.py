"""What is announced in a room, and whether it pings: a table for releases, one for advisories."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatbot.core.announce.decide import (
    LONGEST_HOLD,
    Announce,
    Hold,
    Outcome,
    Skip,
    advisory_for,
    pings,
    release_for,
    removed,
    settling,
)
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make

DAY, SETTLE, START = make.DAY, make.SETTLE, make.START
SECURITY_ONLY = WatchFilter(events=frozenset({"security"}))
RELEASES_ONLY = WatchFilter(events=frozenset({"releases"}))
POLICY_ONLY = WatchFilter(events=frozenset({"policy"}))
FROM_HIGH = replace(SECURITY_ONLY, min_severity=Severity.HIGH)
PLAIN, SECURITY, OUT_OF_BAND = (
    "a new release",
    "a new security release",
    "a new urgent security release",
)
NOT_PUBLISHED = "it is not published any more"
NO_EVIDENCE = "this room watches security releases only, and nothing published says that this is one"

FIX = make.release("v0.15.5")
SOON = make.advisory(at=START + 3 * DAY)  # after the release
LONG_BEFORE = make.advisory(at=START - DAY)
CRITICAL = make.advisory(severity=Severity.CRITICAL, at=START - DAY)
UNKNOWN = make.advisory(severity=Severity.UNKNOWN, at=START - DAY)
LOW = make.advisory(severity=Severity.LOW, at=START - DAY)


@pytest.mark.parametrize(
    ("release", "advisory", "watch_filter", "outcome"),
    [
        (FIX, None, WatchFilter(), Announce(PLAIN, Lane.ROUTINE)),
        (FIX, None, RELEASES_ONLY, Announce(PLAIN, Lane.ROUTINE)),
        (FIX, None, SECURITY_ONLY, Skip(NO_EVIDENCE)),
        (FIX, None, POLICY_ONLY, Skip("this room does not watch releases")),
        (make.release("nightly"), None, WatchFilter(), Skip("its tag is not a version")),
        (make.release("v0.16.0-rc.1"), None, WatchFilter(), Skip("prereleases are off in this room")),
        (make.release("v0.16.0", prerelease=True), None, WatchFilter(), Skip("prereleases are off in this room")),
        (make.release("v0.16.0-rc.1"), None, WatchFilter(prereleases=True), Announce(PLAIN, Lane.ROUTINE)),
        (FIX, LONG_BEFORE, WatchFilter(), Announce(SECURITY, Lane.SECURITY, Severity.HIGH)),
        (FIX, LONG_BEFORE, SECURITY_ONLY, Announce(SECURITY, Lane.SECURITY, Severity.HIGH)),
        (FIX, LONG_BEFORE, POLICY_ONLY, Skip("this room does not watch releases")),
        (FIX, SOON, WatchFilter(), Announce(SECURITY, Lane.SECURITY, None)),  # the advisory itself pings
        (
            FIX,
            SOON,
            RELEASES_ONLY,
            Announce(SECURITY, Lane.SECURITY, Severity.HIGH),
        ),  # where advisories are off, it cannot
        (FIX, CRITICAL, WatchFilter(), Announce(OUT_OF_BAND, Lane.CRITICAL, Severity.CRITICAL)),
        (FIX, UNKNOWN, WatchFilter(), Announce(SECURITY, Lane.SECURITY, Severity.UNKNOWN)),
        (FIX, UNKNOWN, FROM_HIGH, Announce(SECURITY, Lane.SECURITY, Severity.UNKNOWN)),
        (FIX, LOW, FROM_HIGH, Skip("its severity (low) is below this room's threshold (high)")),
        (FIX, LOW, WatchFilter(min_severity=Severity.HIGH), Announce(SECURITY, Lane.SECURITY, Severity.LOW)),
        (FIX, replace(LONG_BEFORE, withdrawn_at=START), SECURITY_ONLY, Skip(NO_EVIDENCE)),
    ],
)
def test_releases(release: Release, advisory: Advisory | None, watch_filter: WatchFilter, outcome: Outcome) -> None:
    snapshot = make.snapshot([release], [advisory] if advisory else [])
    assert release_for(snapshot, release.tag, watch_filter, SETTLE) == outcome


@pytest.mark.parametrize("declared", ["security", "outofband"])
def test_a_maintainer_s_word_makes_a_security_release_that_pings_nobody_for_an_unknown_severity(declared: str) -> None:
    snapshot = make.snapshot([FIX], [], make.declared({"v0.15.5": declared}))
    urgent = declared == "outofband"
    assert release_for(snapshot, "v0.15.5", SECURITY_ONLY, SETTLE) == (
        Announce(OUT_OF_BAND, Lane.CRITICAL, Severity.CRITICAL)
        if urgent
        else Announce(SECURITY, Lane.SECURITY, Severity.UNKNOWN)
    )


READ_AT = START + 10 * DAY


@pytest.mark.parametrize(
    ("readings", "outcome"),
    [
        ({"read_at": READ_AT}, Hold("it is read once more before it is announced", READ_AT + SETTLE)),
        ({"read_at": READ_AT + SETTLE - timedelta(seconds=1)}, Hold("it is read once more before it is announced", READ_AT + SETTLE)),
        ({"read_at": READ_AT + SETTLE}, None),
        ({"read_at": READ_AT + SETTLE, "changed_at": READ_AT + timedelta(seconds=1)}, Hold("it is read once more before it is announced", READ_AT + SETTLE + timedelta(seconds=1))),
        ({"read_at": READ_AT + LONGEST_HOLD * SETTLE, "changed_at": READ_AT + LONGEST_HOLD * SETTLE}, None),
        ({"missing_since": READ_AT}, Skip(NOT_PUBLISHED)),
        ({"removal_confirmed": True}, Skip(NOT_PUBLISHED)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["release", "advisory"])
def test_a_fact_is_announced_once_it_was_read_unchanged(
    kind: str, readings: dict[str, object], outcome: Outcome | None
) -> None:
    if kind == "release":
        snapshot = make.snapshot([make.known_release(FIX, READ_AT, **readings)])
        result = release_for(snapshot, FIX.tag, WatchFilter(), SETTLE)
    else:
        snapshot = make.snapshot([], [make.known_advisory(SOON, READ_AT, **readings)])
        result = advisory_for(snapshot, SOON.id, WatchFilter(), SETTLE)
    if outcome is None:
        assert isinstance(result, Announce)
    elif readings.get("removal_confirmed"):
        assert isinstance(result, Skip)
    else:
        assert result == outcome


@pytest.mark.parametrize(
    ("readings", "until"),
    [
        ({"read_at": READ_AT}, READ_AT + SETTLE),
        ({"read_at": READ_AT + SETTLE}, None),
        (
            {"read_at": READ_AT + DAY, "changed_at": READ_AT + DAY},
            READ_AT + DAY + SETTLE,
        ),  # an edit long after waits too
        ({"read_at": READ_AT, "missing_since": READ_AT}, None),  # nothing more will be read of it
        ({"read_at": READ_AT, "removal_confirmed": True}, None),
    ],
)
def test_until_when_a_fact_is_settling(readings: dict[str, object], until: datetime | None) -> None:
    assert settling(make.known_release(FIX, READ_AT, **readings), SETTLE) == until


@pytest.mark.parametrize(
    ("advisory", "watch_filter", "outcome"),
    [
        (SOON, WatchFilter(), Announce("a new advisory", Lane.SECURITY, Severity.HIGH)),
        (SOON, SECURITY_ONLY, Announce("a new advisory", Lane.SECURITY, Severity.HIGH)),
        (SOON, RELEASES_ONLY, Skip("this room does not watch security advisories")),
        (CRITICAL, WatchFilter(), Announce("a new advisory", Lane.CRITICAL, Severity.CRITICAL)),
        (replace(LOW, known_exploited=True), WatchFilter(), Announce("a new advisory", Lane.CRITICAL, Severity.LOW)),
        (LOW, FROM_HIGH, Skip("its severity (low) is below this room's threshold (high)")),
        (SOON, FROM_HIGH, Announce("a new advisory", Lane.SECURITY, Severity.HIGH)),
        (UNKNOWN, FROM_HIGH, Announce("a new advisory", Lane.SECURITY, Severity.UNKNOWN)),
        (replace(SOON, withdrawn_at=START), WatchFilter(), Skip("it was withdrawn")),
    ],
)
def test_advisories(advisory: Advisory, watch_filter: WatchFilter, outcome: Outcome) -> None:
    assert advisory_for(make.snapshot([], [advisory]), advisory.id, watch_filter, SETTLE) == outcome


def test_an_advisory_waits_for_the_last_of_its_reports() -> None:
    other = replace(SOON, id="OSV-1", aliases=frozenset({SOON.id}))
    late = make.known_advisory(other, READ_AT + DAY, read_at=READ_AT + DAY)
    snapshot = make.snapshot([], [make.known_advisory(SOON, READ_AT), late])
    assert advisory_for(snapshot, SOON.id, WatchFilter(), SETTLE) == Hold(
        "it is read once more before it is announced", READ_AT + DAY + SETTLE
    )


OTHER = replace(SOON, id="CVE-1", aliases=frozenset({SOON.id}))


@pytest.mark.parametrize(
    ("reports", "removed_by_all"),
    [
        ([make.known_advisory(SOON)], False),
        ([make.known_advisory(SOON, missing_since=READ_AT)], False),
        ([make.known_advisory(SOON, removal_confirmed=True)], True),
        ([make.known_advisory(SOON, removal_confirmed=True), make.known_advisory(OTHER)], False),
        ([make.known_advisory(SOON, removal_confirmed=True), make.known_advisory(OTHER, removal_confirmed=True)], True),
        (
            [make.known_advisory(replace(SOON, withdrawn_at=READ_AT), removal_confirmed=True)],
            False,
        ),  # withdrawn, and then taken off the list
    ],
)
def test_it_is_removed_where_every_source_says_so(reports: list[Tracked[Advisory]], removed_by_all: bool) -> None:
    snapshot = make.snapshot([], reports)
    assert removed(snapshot, snapshot.advisories[SOON.id]) is removed_by_all


ROLE = Mention("role", "7")


@pytest.mark.parametrize(
    ("severity", "mention", "mention_min_severity", "expected"),
    [
        (Severity.HIGH, ROLE, Severity.HIGH, True),
        (Severity.CRITICAL, ROLE, Severity.HIGH, True),
        (Severity.MEDIUM, ROLE, Severity.HIGH, False),
        (Severity.LOW, ROLE, Severity.LOW, True),
        (Severity.HIGH, None, Severity.HIGH, False),
        (Severity.UNKNOWN, ROLE, Severity.LOW, False),
        (None, ROLE, Severity.LOW, False),
    ],
)
def test_what_pings(
    severity: Severity | None, mention: Mention | None, mention_min_severity: Severity, expected: bool
) -> None:
    watch_filter = WatchFilter(mention=mention, mention_min_severity=mention_min_severity)
    assert pings(Announce("x", Lane.SECURITY, severity), watch_filter) is expected


def test_ranks_are_in_the_order_of_the_words() -> None:
    assert [severity.rank for severity in Severity] == [4, 3, 2, 1, 0]
