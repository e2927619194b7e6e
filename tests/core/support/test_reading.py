"""How a page was read, line by line, and when a reading is another one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.support.policy import Policy
from chatbot.core.support.reading import LineReading, read_lines, reading_facts, shortened
from chatbot.sources.support_policy.reader import read_policy

TODAY = date(2031, 6, 1)
HEAD = "# Security\n\n## Supported versions\n\n"
TABLE = HEAD + "| Version | Supported | End of support |\n|---|---|---|\n"


def cells(page: str) -> list[tuple[str, str, str]]:
    return [(each.line, each.state, each.end) for each in read_lines(read_policy(page), TODAY)]


@pytest.mark.parametrize(
    ("row", "line", "state", "end"),
    [
        ("2.1.x | ✅ | 2031-12-31", "2.1.x", "supported", "2031-12-31"),
        ("2.1.x | ✅ | 2031-05-31", "2.1.x", "ended", "2031-05-31"),
        ("7.x | yes | |", "7.x", "supported", ""),
        ("< 2.0 | ❌ | |", "< 2.0", "ended", ""),
        (">= 2.1, < 2.4 | ✅ | |", ">= 2.1, < 2.4", "supported", ""),
        ("2.1.4 | ✅ | |", "2.1.4", "supported", ""),
        ("2.1.0 | ✅ | |", "2.1.0", "supported", ""),
        ("<= 2.1.4 | ❌ | |", "< 2.1.5", "ended", ""),
        ("2.3.x | perhaps | |", "2.3.x", "unknown", ""),
        ("main | ✅ | |", "main", "supported", ""),
        ("Latest minor | ✅ | |", "the latest minor", "supported", ""),
        ("All others | ❌ | |", "all other versions", "ended", ""),
        ("2.6.x | ✅ | until 8.4 is released", "2.6.x", "supported", "until 8.4 is released"),
    ],
)
def test_a_row_is_shown_as_it_was_understood(row: str, line: str, state: str, end: str) -> None:
    assert cells(f"{TABLE}| {row} |\n")[:1] == [(line, state, end)]


def test_sentences_are_shown_with_what_they_deny() -> None:
    page = HEAD + "Only the latest two minor releases receive security fixes.\n"
    (only,) = read_lines(read_policy(page), TODAY)
    assert (only.line, only.state) == ("only the latest two minors", "supported")
    assert only.words == "Only the latest two minor releases receive security fixes."
    assert only.number == 5


def test_a_sentence_that_may_take_back_a_row_is_shown_as_unknown() -> None:
    page = f"{TABLE}| 2.x | yes | |\n\nSecurity work on 2.x is at the mercy of sponsors.\n"
    assert cells(page) == [("2.x", "supported", ""), ("2.x", "unknown", "")]


def test_a_page_that_cannot_be_read_has_no_lines() -> None:
    assert read_lines(Policy(readable=False, problem="The page is empty."), TODAY) == ()


SAME = [
    f"{TABLE}| 2.1.x | ✅ | 2031-12-31 |\n| < 2.1 | ❌ | |\n",
    f"{TABLE}| < 2.1 | :x: | |\n| **2.1.x** | yes | December 31, 2031 |\n",
    HEAD + "| Supported | Branch | End of life |\n|---|---|---|\n| yes | 2.1.x | 2031-12-31 |\n| no | < 2.1 | |\n",
]
OTHER = [
    f"{TABLE}| 2.1.x | ✅ | 2031-12-30 |\n| < 2.1 | ❌ | |\n",
    f"{TABLE}| 2.1.x | ❌ | 2031-12-31 |\n| < 2.1 | ❌ | |\n",
    f"{TABLE}| 2.1.x | ✅ | 2031-12-31 |\n",
    f"{TABLE}| 2.1.x | ✅ | until 2.3 is released |\n| < 2.1 | ❌ | |\n",
    f"{TABLE}| Latest minor | ✅ | 2031-12-31 |\n| < 2.1 | ❌ | |\n",
    "Be kind.\n",
]


@pytest.mark.parametrize("page", SAME)
def test_other_words_for_the_same_are_the_same_reading(page: str) -> None:
    assert reading_facts(read_policy(page)) == reading_facts(read_policy(SAME[0]))


@pytest.mark.parametrize("page", OTHER)
def test_another_meaning_is_another_reading(page: str) -> None:
    assert reading_facts(read_policy(page)) != reading_facts(read_policy(SAME[0]))


def test_why_a_page_cannot_be_read_is_part_of_the_reading() -> None:
    one, other = (Policy(readable=False, problem=problem) for problem in ("The page is empty.", "It is a template."))
    assert reading_facts(one) != reading_facts(other)


@given(st.text(), st.integers(2, 200))
def test_shortened_words_are_one_line_of_that_length(words: str, most: int) -> None:
    short = shortened(words, most)
    assert len(short) <= most
    assert "\n" not in short
    assert " ".join(words.split()).startswith(short.removesuffix("…"))


def test_a_row_of_a_table_has_its_end_by_the_day_or_by_the_release() -> None:
    line = LineReading(line="2.1.x", state="unknown", event="until 2.3 is out", words="2.1.x |\n yes")
    assert line.cells == ("2.1.x", "unknown", "until 2.3 is out", "2.1.x | yes")
