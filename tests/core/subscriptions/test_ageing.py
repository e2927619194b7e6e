"""What an old subscription also covers: it only ever widens, and each step has its sentence."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions import ageing
from chatbot.core.subscriptions.matching import matches
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.core.subscriptions.people import NOW, scope, subscription

TAGS = ("v0.13.2", "v0.14.1", "v0.15.3", "v0.15.5", "v0.16.2")
SNAPSHOT = make.snapshot([make.release(tag, make.START + n * make.DAY) for n, tag in enumerate(TAGS)])
PAGE = read_policy("""\
# Security policy

| Version | Supported | End |
|---|---|---|
| 0.16.x | ✅ | |
| 0.15.x | ✅ | 2030-03-31 |
| < 0.15 | ❌ | |
""")
SHORT_PAGE = read_policy("# Security policy\n\n| Version | Supported |\n|---|---|\n| 0.15.x | ✅ |\n")
PROJECT = Scope("project")
EVERY_HIGH = "you now also get every advisory of Mail Server from high severity on."


@pytest.mark.parametrize(
    ("interest", "after_days", "covered"),
    [
        (subscription("0.15.3"), 0, ["0.15.3"]),
        (subscription("0.15.3"), 182, ["0.15.3", ""]),  # its line has ended meanwhile
        (subscription("0.16.2"), 182, ["0.16.2"]),
        (subscription("0.16.2"), 183, ["0.16.2", "0.16.x"]),
        (subscription("0.16.2", unconfirmed=1), 0, ["0.16.2"]),
        (subscription("0.16.2", unconfirmed=2), 0, ["0.16.2", "0.16.x"]),
        (subscription("0.16.2", confirmed_at=make.START + 100 * make.DAY), 200, ["0.16.2"]),
        (subscription("0.16.x", unconfirmed=9), 900, ["0.16.x"]),  # a line never goes stale
        (subscription("0.14.x"), 0, ["0.14.x", ""]),
        (subscription("0.14.1"), 0, ["0.14.1", ""]),
        (subscription("0.14.1", unconfirmed=2), 0, ["0.14.1", "0.14.x", ""]),
        (subscription("0.17.0"), 0, ["0.17.0"]),  # newer than the page
        (subscription("what we run"), 0, ["what we run"]),
        (subscription("what we run", unconfirmed=2), 0, ["what we run", ""]),
        (subscription(""), 900, [""]),
    ],
)
def test_what_a_subscription_covers(interest: Subscription, after_days: int, covered: list[str]) -> None:
    when = make.START + after_days * make.DAY
    assert ageing.scopes(SNAPSHOT, PAGE, interest, when) == tuple(map(scope, covered))


def test_a_line_below_all_that_the_page_lists_has_ended_and_one_above_has_not() -> None:
    assert ageing.scopes(SNAPSHOT, SHORT_PAGE, subscription("0.14.x"), NOW) == (scope("0.14.x"), PROJECT)
    assert ageing.scopes(SNAPSHOT, SHORT_PAGE, subscription("0.16.x"), NOW) == (scope("0.16.x"),)


def test_without_a_policy_no_line_has_ended() -> None:
    assert ageing.scopes(SNAPSHOT, None, subscription("0.13.2"), NOW) == (scope("0.13.2"),)


@pytest.mark.parametrize(
    ("interest", "sentence"),
    [
        (subscription("0.16.2"), ""),
        (
            subscription("0.16.2", unconfirmed=2),
            "You have not confirmed for 2 alerts that you still run 0.16.2, so you now get alerts for all of line 0.16.",
        ),
        (
            subscription("0.16.2", since=make.START - 200 * make.DAY),
            "You have not confirmed for half a year that you still run 0.16.2, so you now get alerts for all of line 0.16.",
        ),
        (
            subscription("0.14.x"),
            f"Line 0.14 is out of support, so new advisories may not name it: {EVERY_HIGH}",
        ),
        (
            subscription("what we run", unconfirmed=2),
            f"I can't tell any more which version what we run is: {EVERY_HIGH}",
        ),
    ],
)
def test_each_step_has_its_sentence(interest: Subscription, sentence: str) -> None:
    assert ageing.step(SNAPSHOT, PAGE, interest, NOW) == sentence


@pytest.mark.parametrize(("severity", "is_match"), [(Severity.HIGH, True), (Severity.MEDIUM, False)])
def test_what_is_covered_besides_a_line_that_has_ended_counts_from_high_on(severity: Severity, is_match: bool) -> None:
    snapshot = make.snapshot(
        [item.release for item in SNAPSHOT.releases.values()],
        [make.advisory(severity=severity, affected=">= 0.16.0, < 0.16.2", patched="0.16.2")],
    )
    (advisory,) = snapshot.advisories.values()
    match = matches(snapshot, PAGE, advisory, subscription("0.14.x"), NOW)
    assert (match is not None and match.scope == PROJECT) is is_match


ABOUT = st.sampled_from(["0.13.2", "0.15.3", "0.16.2", "0.17.1", "0.14.x", "0.15.x", "0.16.x", "", "what we run"])
DAYS = st.integers(0, 1_000)


@given(ABOUT, DAYS, DAYS, st.integers(0, 4), st.sampled_from([None, PAGE, SHORT_PAGE]))
def test_ageing_only_widens(about: str, one: int, other: int, unconfirmed: int, policy: object) -> None:
    earlier, later = sorted((one, other))
    interest, aged = subscription(about), subscription(about, unconfirmed=unconfirmed)
    first = ageing.scopes(SNAPSHOT, policy, interest, make.START + timedelta(days=earlier))  # type: ignore[arg-type]  # one of three
    last = ageing.scopes(SNAPSHOT, policy, aged, make.START + timedelta(days=later))  # type: ignore[arg-type]  # one of three
    assert first[0] == last[0] == interest.scope
    assert set(first) <= set(last)
