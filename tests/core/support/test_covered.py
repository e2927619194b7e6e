"""The words for what a statement covers are read back as the same versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.support.covered import range_words, rule_words, what_it_covers
from chatbot.core.support.rows import Latest, Range, Row, exactly, line_range, start_of
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy

NUMBERS = st.lists(st.integers(0, 40), min_size=1, max_size=3).map(tuple).filter(any)
PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| {} | yes |\n"


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    one, other = sorted((start_of(draw(NUMBERS)), start_of(draw(NUMBERS))))
    plain = [Range(None, one), Range(one, None), *([Range(one, other)] if one < other else [])]
    version = read_version(".".join(map(str, (*draw(NUMBERS), 0, 1)[:3])))
    assert version is not None
    return draw(st.sampled_from([*plain, line_range(draw(NUMBERS)[:2]), exactly(version)]))


@given(ranges())
def test_a_range_is_read_back_from_its_words(span: Range) -> None:
    (row,) = read_policy(PAGE.format(range_words(span))).rows
    assert row.ranges == (span,)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Latest(), "the latest release"),
        (Latest(level="minor", count=2), "the latest two minors"),
        (Latest(level="major", count=12), "the latest 12 majors"),
        (Latest(level="minor", count=2, skip=1), "the previous minor"),
        (Latest(level="line", count=4, skip=2), "two release lines before the latest two"),
        (Latest(within=line_range((7,))), "the latest release of 7.x"),
        (Latest(level="minor", count=5, of_major=True), "the latest five minors of the latest major"),
        (Latest(level="minor", older=True), "everything before the latest minor"),
    ],
)
def test_a_rule_has_words_of_its_own(rule: Latest, words: str) -> None:
    assert rule_words(rule) == words


def test_many_ranges_are_counted() -> None:
    row = Row(text="", label="", ranges=tuple(line_range((number,)) for number in range(1, 12)))
    assert what_it_covers(row).endswith("8.x and 3 more")


def test_what_names_nothing_keeps_its_label() -> None:
    assert what_it_covers(Row(text="", label=" beyond reason ")) == "beyond reason"
    assert what_it_covers(Row(text="", label="")) == "nothing that can be read"
    assert what_it_covers(Row(text="", label="4.x rc", ranges=(line_range((4,)),), stage="pre")) == "4.x prereleases"
