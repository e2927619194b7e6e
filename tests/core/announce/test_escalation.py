"""What pings people again: only what is worse than all that they were pinged for."""

from dataclasses import replace

import pytest

from chatbot.core.announce.escalation import reasons, worse
from chatbot.core.model.facts import Advisory, Affected, Span
from chatbot.core.model.severity import Severity
from tests.core import make

RELEASES = [make.release(tag) for tag in ("v0.13.0", "v0.14.0", "v0.15.4", "v0.15.5")]
SNAPSHOT = make.snapshot(RELEASES, [make.advisory("GHSA-aaaa-bbbb-cccc")])


def advisory(
    severity: Severity = Severity.HIGH,
    affected: str = "< 0.15",
    *,
    exploited: bool = False,
    spans: tuple[Span, ...] = (),
) -> Advisory:
    entry = Affected(range=affected, spans=spans)
    return replace(make.advisory(severity=severity, known_exploited=exploited), affected=(entry,))


REASONS = reasons(advisory())


def test_what_an_advisory_notifies_for() -> None:
    assert reasons(advisory(exploited=True)) == {"severity:high", "exploited", "range:< 0.15"}
    assert reasons(advisory(affected="", spans=(Span(fixed="0.15"),))) == {"severity:high", "range:< 0.15"}
    assert reasons(advisory(affected="")) == {"severity:high"}


@pytest.mark.parametrize(
    ("now", "notified_for", "sentences"),
    [
        (advisory(), REASONS, ()),
        (advisory(Severity.CRITICAL), REASONS, ("Its severity is now critical; it was high.",)),
        (advisory(Severity.LOW), REASONS, ()),
        (advisory(Severity.UNKNOWN), REASONS, ()),
        (advisory(Severity.MEDIUM), reasons(advisory(Severity.UNKNOWN)), ("Its severity is now medium; it was not stated.",)),
        (advisory(Severity.HIGH), REASONS | reasons(advisory(Severity.LOW)), ()),  # it was high before it was low
        (advisory(exploited=True), REASONS, ("It is now known to be exploited.",)),
        (advisory(), REASONS | {"exploited"}, ()),
        (advisory(affected="< 0.15.5"), REASONS, ("More versions are affected than announced before, 0.15.4 among them.",)),
        (advisory(affected="< 0.14.9"), REASONS, ()),  # narrower in words, and no release lies between
        (advisory(affected="< 0.13"), REASONS, ()),
        (advisory(affected="whatever came before"), REASONS, ()),  # nobody can tell
        (advisory(affected="< 0.15.5"), reasons(advisory(affected="whatever came before")), ()),
        (advisory(affected="< 0.15.5"), reasons(advisory(affected="")), ()),
        (advisory(affected="", spans=(Span(fixed="0.15.5"),)), REASONS, ("More versions are affected than announced before, 0.15.4 among them.",)),
        (advisory(affected="< 0.15.5"), REASONS | {"range:< 0.15.5"}, ()),
        (advisory(), frozenset(), ()),  # posted by a program that stored no reasons
        (
            advisory(Severity.CRITICAL, "< 0.16", exploited=True),
            REASONS,
            (
                "Its severity is now critical; it was high.",
                "It is now known to be exploited.",
                "More versions are affected than announced before, 0.15.5 among them.",
            ),
        ),
    ],
)  # fmt: skip
def test_what_got_worse(now: Advisory, notified_for: frozenset[str], sentences: tuple[str, ...]) -> None:
    assert tuple(point.sentence for point in worse(now, notified_for, SNAPSHOT)) == sentences


def test_what_was_notified_for_once_is_never_worse() -> None:
    for now in (advisory(), advisory(Severity.CRITICAL, "*", exploited=True), advisory(affected="?")):
        assert worse(now, reasons(now), SNAPSHOT) == ()


def test_versions_of_a_package_are_not_the_project_s() -> None:
    notified_for = reasons(advisory())
    theirs = make.snapshot(
        RELEASES,
        [make.known_advisory(advisory(), origins=("OSV",), authoritative=False)],
        packages=("crates.io/parser",),
    )
    assert worse(advisory(affected="< 0.15.5"), notified_for, theirs) == ()
