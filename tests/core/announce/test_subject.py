"""Which other announcements' words hang on what was touched."""

from dataclasses import replace

import pytest

from chatbot.core.announce.subject import echoes, find
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
    ("touched", "echoed"),
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
def test_whose_words_may_have_changed(touched: str, echoed: set[str]) -> None:
    assert echoes(SNAPSHOT, frozenset({touched}), POSTED) == echoed


def test_a_subject_is_found_under_every_name() -> None:
    about = find(SNAPSHOT, "advisory/mail/CVE-2030-1")
    assert about is not None
    assert about.names == (f"advisory/mail/{HIGH.id}", "advisory/mail/CVE-2030-1")
    assert about.subject == f"advisory/mail/{HIGH.id}"


def test_words_are_rendered_once() -> None:
    about = find(SNAPSHOT, "release/mail/v0.15.5")
    assert about is not None
    assert about.message is about.message
    assert about.notified_for == {f"fixes:{HIGH.id}"}


def test_what_was_taken_back_is_told_to_nobody() -> None:
    snapshot = make.snapshot([], [replace(HIGH, withdrawn_at=START)])
    about = find(snapshot, f"advisory/mail/{HIGH.id}")
    assert about is not None
    assert about.notified_for == frozenset()
