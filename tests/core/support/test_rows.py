"""Ranges in the order of versions, and what "the latest two minor versions" means on a day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.support.rows import (
    Latest,
    Level,
    Range,
    ReleaseHistory,
    exactly,
    latest_covers,
    line_range,
    narrowest,
)
from chatbot.core.versions.version import Version, read_version
from tests.core import make


def version(text: str) -> Version:
    parsed = read_version(text)
    assert parsed is not None
    return parsed


def history(newest: str, *releases: str, lines: str = "auto") -> ReleaseHistory:
    return ReleaseHistory(
        newest=version(newest) if newest else None,
        releases=tuple(version(each) for each in releases),
        lines="major" if lines == "major" else "auto",
    )


@pytest.mark.parametrize(
    ("level", "count", "text", "newest", "releases", "covered"),
    [
        ("release", 1, "1.2.3", "1.2.3", [], True),
        ("release", 1, "1.2.2", "1.2.3", [], False),
        ("release", 1, "1.2.4", "1.2.3", [], None),
        ("release", 1, "1.2.3", "", [], None),
        ("release", 1, "1.2.3", "", ["1.2.3", "1.2.4-rc1"], True),
        ("release", 1, "1.2", "1.2.3", [], None),
        ("release", 2, "1.2.2", "1.2.3", ["1.2.2", "1.2.1", "1.1.0"], True),
        ("release", 2, "1.2.1", "1.2.3", ["1.2.2", "1.2.1", "1.1.0"], None),
        ("release", 2, "1.0.0", "1.2.3", ["1.2.2", "1.1.0", "1.0.0"], False),
        ("release", 2, "1.0.0", "1.2.3", [], None),
        ("minor", 1, "1.2.0", "1.2.3", [], True),
        ("minor", 3, "1.0.9", "1.2.3", [], True),
        ("minor", 3, "1.0.9", "1.3.3", [], False),
        ("minor", 3, "0.9.1", "1.3.3", [], False),
        ("minor", 3, "0.9.1", "1.0.3", [], None),
        ("minor", 3, "0.9.1", "1.0.3", ["0.9.0", "0.8.0"], True),
        ("minor", 2, "0.8.1", "1.0.3", ["0.9.0", "0.8.0"], False),
        ("minor", 1, "1.2", "1.2.3", [], True),
        ("major", 1, "3.1.0", "3.4.0", [], True),
        ("major", 2, "2.1.0", "3.4.0", [], True),
        ("major", 2, "1.1.0", "3.4.0", [], False),
        ("major", 2, "1.1.0", "4.0.0", ["1.1.0"], True),
        ("major", 1, "0.3.0", "0.4.0", [], None),
        ("major", 1, "0.4.0", "0.4.1", [], True),
        ("line", 1, "3.1.0", "3.4.0", [], False),
        ("line", 2, "3.3.0", "3.4.0", [], True),
    ],
)
def test_what_the_latest_means(
    level: Level, count: int, text: str, newest: str, releases: list[str], covered: bool | None
) -> None:
    assert latest_covers(Latest(level=level, count=count), version(text), history(newest, *releases)) is covered


def test_a_line_is_what_the_settings_say() -> None:
    rule = Latest(level="line")
    assert latest_covers(rule, version("3.1.0"), history("3.4.0", lines="major")) is True
    assert latest_covers(rule, version("3.1.0"), history("3.4.0")) is False


@pytest.mark.parametrize(
    ("text", "covered"), [("1.4.2", False), ("1.4.0", False), ("1.3.9", True), ("1.2.9", False), ("1.5.0", None)]
)
def test_the_one_before_the_latest(text: str, covered: bool | None) -> None:
    previous = Latest(level="minor", count=2, skip=1)
    assert latest_covers(previous, version(text), history("1.4.2")) is covered
    assert latest_covers(previous, version(text), history("1.4.2", "1.3.0", "1.2.0")) is covered


def test_within_and_older() -> None:
    seven = Latest(within=line_range((7,)))
    facts = history("", "8.0.0", "7.2.0", "7.1.0")
    assert [latest_covers(seven, version(each), facts) for each in ("7.2.0", "7.1.0", "8.0.0")] == [True, False, False]
    older = Latest(older=True)
    assert [latest_covers(older, version(each), facts) for each in ("7.2.0", "8.0.0", "9.0")] == [True, False, None]


@pytest.mark.parametrize(
    ("tags", "latest", "covered"),
    [
        (["2020.11.0", "2020.12.3", "3.0.0", "3.1.0"], Latest(level="release"), [False, False, False, True]),
        (["2020.11.0", "2020.12.3", "3.0.0", "3.1.0"], Latest(level="minor", count=2), [False, False, True, True]),
        (["2020.11.0", "2020.12.3", "3.0.0", "3.1.0"], Latest(level="major"), [False, False, True, True]),
        (["1.24.9+rke2r1", "1.24.10+rke2r1", "1.24.10+rke2r2"], Latest(level="release"), [False, False, True]),
        (["1.24.9+rke2r1", "1.24.10+rke2r1", "1.24.10+rke2r2"], Latest(level="release", count=2), [None, True, True]),
        (["34.0.3-ls445", "34.0.3-ls446"], Latest(level="release"), [False, True]),
    ],
)
def test_the_latest_of_a_list_with_builds_or_that_counts_again(
    tags: list[str], latest: Latest, covered: list[bool | None]
) -> None:
    releases = make.snapshot([make.release(tag, make.START + day * make.DAY) for day, tag in enumerate(tags)]).releases
    versions = tuple(item.version for item in releases.values() if item.version)
    facts = ReleaseHistory(newest=next(item.version for item in releases.values() if item.newest), releases=versions)
    assert [latest_covers(latest, each, facts) for each in versions] == covered


def test_releases_after_the_newest_that_is_named_do_not_count() -> None:
    assert history("7.1.0", "8.0.0", "7.0.0").newest_within(None) == version("7.1.0")


NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(tuple)


@given(numbers=NUMBERS, more=st.lists(st.integers(0, 30), max_size=2))
def test_a_line_has_exactly_the_versions_that_begin_with_its_numbers(numbers: tuple[int, ...], more: list[int]) -> None:
    line = line_range(numbers)
    inside = ".".join(map(str, (*numbers, *more)))
    assert line.covers(version(inside))
    assert line.covers(version(inside + "-rc1"))
    assert not line.covers(version(".".join(map(str, (*numbers[:-1], numbers[-1] + 1)))))


@given(numbers=NUMBERS, other=NUMBERS)
def test_a_version_is_itself_and_no_other(numbers: tuple[int, ...], other: tuple[int, ...]) -> None:
    one, two = version(".".join(map(str, numbers))), version(".".join(map(str, other)))
    assert exactly(one).covers(two) == (one == two)
    assert exactly(one).within(Range())
    assert not Range().within(exactly(one))
    assert not exactly(one).covers(version(f"{one.text}-1"))


@given(low=NUMBERS, high=NUMBERS, numbers=NUMBERS)
def test_what_is_within_covers_no_more(low: tuple[int, ...], high: tuple[int, ...], numbers: tuple[int, ...]) -> None:
    inner, outer = Range(line_range(low).low, line_range(high).high), Range(None, line_range(high).high)
    at = version(".".join(map(str, numbers)))
    assert inner.within(outer)
    assert not inner.covers(at) or outer.covers(at)
    assert narrowest([outer, inner]) == narrowest([inner, outer]) == inner
    assert narrowest([]) is None
