"""A second source of ends of support: which cycle a version belongs to, what follows, and when it may be asked at all."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.lifecycle import Cycle, Lifecycle
from chatbot.core.support.lifecycle.status import cycle_of, differences, lifecycle_status, says_nothing
from chatbot.core.support.policy import Policy, Status
from chatbot.core.support.rows import Row
from chatbot.core.versions.version import Version, read_tag, read_version

TODAY = date(2031, 3, 1)


def lifecycle_of(*cycles: Cycle) -> Lifecycle:
    return Lifecycle(product="windlass", origin="endoflife.date", cycles=cycles)


def version(text: str) -> Version:
    version_meant = read_version(text) or read_tag(text)
    assert version_meant is not None
    return version_meant


CYCLES = lifecycle_of(
    Cycle(name="5", until=date(2033, 1, 1), has_ended=False),
    Cycle(name="4.2", until=date(2031, 3, 1), has_ended=False),
    Cycle(name="4.1", until=date(2031, 2, 28), has_ended=False),  # their word is a day old
    Cycle(name="4", until=date(2030, 1, 1), has_ended=True),
    Cycle(name="3.9", has_ended=True),
    Cycle(name="3.8", has_ended=False),
    Cycle(name="3.7"),
    Cycle(name="3.6", until=date(2040, 1, 1), has_ended=True),  # contradicts itself: never upward
    Cycle(name="noble", has_ended=False),
    Cycle(name="2.0", has_ended=False),
    Cycle(name="v2.0", has_ended=True),
)


@pytest.mark.parametrize(
    ("text", "state", "until"),
    [
        ("5.0.1", "supported", date(2033, 1, 1)),
        ("5", "supported", date(2033, 1, 1)),
        ("4.2.7", "supported", date(2031, 3, 1)),
        ("4.1.9", "ended", date(2031, 2, 28)),
        ("4.0.3", "ended", date(2030, 1, 1)),  # of the cycles that cover it, the longest counts
        ("3.9.1", "ended", None),
        ("3.8.1", "supported", None),
        ("3.7.1", None, None),
        ("3.6.1", "ended", date(2040, 1, 1)),
        ("2.0.1", None, None),  # two cycles of one name
        ("1.0", None, None),
        ("51.0", None, None),
        ("5.1.0-rc.1", None, None),
        ("cli-v5.1.0", None, None),
    ],
)
def test_a_status_by_its_cycle(text: str, state: str | None, until: date | None) -> None:
    status = lifecycle_status(CYCLES, version(text), TODAY)
    assert (status.state if status else None) == state
    if status is not None:
        assert (status.until, status.source) == (until, "endoflife.date")
        assert "endoflife.date" in status.reason


SENTENCE = Row(text="Only the latest.", label="Only the latest.", kind="sentence", mark="yes")


@pytest.mark.parametrize(
    ("policy", "silent"),
    [
        (None, True),
        (Policy(), True),
        (Policy(rows=(SENTENCE,)), False),
        (Policy(readable=False, problem="It is empty."), False),
        (Policy(cut="The page is longer than what I read."), False),
    ],
)
def test_only_a_page_that_says_nothing_leaves_the_word_to_others(policy: Policy | None, *, silent: bool) -> None:
    assert says_nothing(policy) is silent


@pytest.mark.parametrize(
    ("text", "state", "until", "words"),
    [
        ("5.0.1", "supported", date(2033, 1, 1), []),
        ("5.0.1", "supported", None, []),
        ("5.0.1", "unknown", None, []),
        ("5.0.1", "not_listed", None, []),
        ("1.0.1", "supported", None, []),
        (
            "5.0.1",
            "ended",
            None,
            ["endoflife.date says that 5 is supported until 1 January 2033; your policy page says that it is not supported."],
        ),
        (
            "4.2.1",
            "supported",
            date(2031, 6, 30),
            ["endoflife.date says that 4.2 is supported until 1 March 2031; your policy page says that it is supported until 30 June 2031."],
        ),
    ],
)  # fmt: skip
def test_differences(text: str, state: str, until: date | None, words: list[str]) -> None:
    status = Status(version=text, state=state, until=until, reason="x", on=TODAY)  # type: ignore[arg-type]  # a table
    assert [each.sentence for each in differences(CYCLES, [status, status])] == words


DAYS = st.dates(min_value=date(2029, 1, 1), max_value=date(2033, 12, 31))
NAMES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
SOME = st.lists(
    st.builds(Cycle, name=NAMES, until=st.none() | DAYS, has_ended=st.none() | st.booleans()), max_size=8
).map(lambda cycles: lifecycle_of(*cycles))


@given(SOME, NAMES, DAYS, st.integers(0, 900))
def test_what_has_ended_stays_so_and_nothing_is_called_not_listed(
    lifecycle: Lifecycle, text: str, day: date, later: int
) -> None:
    first = lifecycle_status(lifecycle, version(text), day)
    second = lifecycle_status(lifecycle, version(text), day + timedelta(days=later))
    assert (first is None) is (second is None)
    if first is not None and second is not None:
        assert {first.state, second.state} <= {"supported", "ended"}
        assert not (first.state == "ended" and second.state == "supported")


@given(SOME, NAMES)
def test_a_cycle_covers_only_what_begins_with_its_numbers(lifecycle: Lifecycle, text: str) -> None:
    cycle = cycle_of(lifecycle, version(text))
    if cycle is not None:
        assert f"{text}.".startswith(f"{cycle.name}.")
