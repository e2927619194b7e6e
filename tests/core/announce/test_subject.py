"""Which other announcements change with a touched subject, and the names and words of a subject."""

from dataclasses import replace

import pytest

from chatbot.core.announce.subject import find, indirectly_changed
from tests.core import make

DAY, START = make.DAY, make.START
OLD, FIX, NEXT = (make.release(f"v0.15.{number}", START + number * DAY) for number in (4, 5, 6))
HIGH = make.advisory("GHSA-hhhh-hhhh-hhhh", aliases=frozenset({"CVE-2030-1"}))
DATED = [make.release(f"2030.{month}.1", START + month * DAY) for month in (1, 2)]
SNAPSHOT = make.snapshot([OLD, FIX, NEXT, make.release("nightly", START + 9 * DAY), *DATED], [HIGH])
POSTED = {
    "release/mail/v0.15.4": frozenset({"fixes:CVE-2030-1"}),
    "release/mail/v0.15.5": frozenset({f"fixes:{HIGH.id}"}),
    "release/mail/v0.15.6": frozenset[str](),
    "release/mail/2030.1.1": frozenset[str](),
    "release/mail/nightly": frozenset[str](),
    f"advisory/mail/{HIGH.id}": frozenset({"severity:high"}),
}


@pytest.mark.parametrize(
    ("touched", "changed"),
    [
        (f"advisory/mail/{HIGH.id}", {f"advisory/mail/{HIGH.id}", "release/mail/v0.15.4", "release/mail/v0.15.5"}),
        ("advisory/mail/CVE-2030-1", {f"advisory/mail/{HIGH.id}", "release/mail/v0.15.4", "release/mail/v0.15.5"}),
        # which versions may be recommended depends on every advisory
        ("advisory/mail/CVE-2030-9", {f"advisory/mail/{HIGH.id}", "release/mail/v0.15.5"}),
        ("release/mail/v0.15.6", {f"advisory/mail/{HIGH.id}", "release/mail/v0.15.5", "release/mail/v0.15.6", "release/mail/2030.1.1"}),
        ("release/mail/v0.15.5", {f"advisory/mail/{HIGH.id}", "release/mail/v0.15.5", "release/mail/v0.15.6", "release/mail/2030.1.1"}),
        ("release/mail/v9", set()),
        ("policy/mail", set()),
    ],
)  # fmt: skip
def test_which_announcements_may_have_changed(touched: str, changed: set[str]) -> None:
    assert indirectly_changed(SNAPSHOT, frozenset({touched}), POSTED) == changed


def test_a_subject_is_found_under_every_name() -> None:
    subject = find(SNAPSHOT, "advisory/mail/CVE-2030-1")
    assert subject is not None
    assert subject.names == (f"advisory/mail/{HIGH.id}", "advisory/mail/CVE-2030-1")
    assert subject.id == f"advisory/mail/{HIGH.id}"


def test_words_are_rendered_once() -> None:
    subject = find(SNAPSHOT, "release/mail/v0.15.5")
    assert subject is not None
    assert subject.message is subject.message
    assert subject.notified_for == {f"fixes:{HIGH.id}"}


def test_a_withdrawn_advisory_notifies_for_its_withdrawal_alone() -> None:
    snapshot = make.snapshot([], [replace(HIGH, withdrawn_at=START)])
    subject = find(snapshot, f"advisory/mail/{HIGH.id}")
    assert subject is not None
    assert subject.notified_for == {"withdrawn"}
