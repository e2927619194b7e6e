"""Ranges as people publish them: what is understood, what it holds, and what nobody may guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.versions.ranges.text import read_steps
from chatbot.core.versions.ranges.version_range import read_range
from chatbot.core.versions.version import read_tag
from tests.cost import assert_cheap


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("< 0.13.3", "0.13.2 0.1 0.13.3-rc1", "0.13.3 0.14"),
        ("<0.13.3", "0.13.2", "0.13.3"),
        (">= 1.0, < 2", "1.0 1.9.9 2.0-rc1", "0.9 2.0 1.0-rc1"),
        ("< 2, >= 1", "1.5", "0.9 2"),
        (">=1.0 <2", "1.5", "0.9 2"),
        ("<= 0.15.4", "0.15.4 0.1", "0.15.5"),
        ("≤ 0.15.4 (inclusive)", "0.15.4", "0.15.5"),
        ("=< 0.15.4", "0.15.4", "0.15.5"),
        ("> 1.2", "1.2.1", "1.2"),
        ("= 1.2.3", "1.2.3 v1.2.3", "1.2.2 1.2.4"),
        ("1.2.3", "1.2.3", "1.2.4"),
        ("1.0.1, 1.0.2", "1.0.1 1.0.2", "1.0.3"),
        ("1.0.1 and 1.0.2", "1.0.1 1.0.2", "1.0.3"),
        ("1.0 - 1.4", "1.0 1.2 1.4 1.4.3", "0.9 1.5"),
        ("1.0.0 – 1.4.0", "1.2 1.4.0", "1.4.1"),
        ("0.11.0-0.12.3", "0.11.0 0.12.3", "0.12.4 0.10"),
        ("0.12.0..0.13.2", "0.12.5", "0.13.3"),
        ("0.12.0 → 0.13.2", "0.12.5", "0.13.3"),
        ("0.12.0 through 0.13.2", "0.12.0 0.13.2", "0.11 0.13.3"),
        ("from 0.12.0 to 0.13.2", "0.12.0 0.13.2", "0.11 0.13.3"),
        ("between 0.12.0 and 0.13.2", "0.12.0 0.13.2", "0.11 0.13.3"),
        ("Starting in version 0.12.0 and prior to version 0.13.3", "0.12.0 0.13.2", "0.11 0.13.3"),
        ("0.12.0 (inclusive) to 0.13.3 (exclusive)", "0.12.0 0.13.2", "0.13.3"),
        ("up to 1.4 (excluding)", "1.3 0.1", "1.4 1.4.3"),
        ("up to and including 1.4.2", "1.4.2", "1.4.3"),
        ("up to v1.4", "1.4.9", "1.5"),
        ("prior to and including 1.2.3", "1.2.3", "1.2.4"),
        ("less than or equal to 1.2.3", "1.2.3", "1.2.4"),
        ("all versions before 1.2.3", "1.2.2", "1.2.3"),
        ("older than 1.2.3", "1.2.2", "1.2.3"),
        ("1.2.3 and earlier", "1.2.3 1.0", "1.2.4"),
        ("1.2.3 or below", "1.2.3", "1.2.4"),
        ("<= 1.2.3 and all earlier versions", "1.2.3", "1.2.4"),
        ("1.2.3 and later", "1.2.3 2", "1.2.2"),
        ("1.2.3+", "1.2.3 2", "1.2.2"),
        ("since 1.2.3", "1.2.3 2", "1.2.2"),
        (">= 1.2.3 and newer", "1.2.3 2", "1.2.2"),
        ("newer than 1.2.3", "1.2.4", "1.2.3"),
        ("> 1.2.3 (exclusive)", "1.2.4", "1.2.3"),
        ("5.1.x", "5.1.0 5.1.9 5.1.0-rc1", "5.2 5.0.9"),
        ("5.x.x", "5.1.0", "6.0"),
        ("3.x, 4.x", "3.1 4.9", "5.0 2.9"),
        ("<= 9.0.*", "9.0.7 8", "9.1"),
        ("< 7.2.x", "7.1.9", "7.2.0"),
        (">= 1.2.x < 1.4.x", "1.2.0 1.3.9", "1.4.0 1.1"),
        ("> 1.2.x", "1.3", "1.2.9"),
        ("before 1.2.3 and 2.x before 2.0.5", "1.2.2 2.0.4 2.0.0", "1.2.3 1.9 2.0.5"),
        ("< 1.2.3, >= 2.0, < 2.0.5", "1.2.2 2.0.4", "1.2.3 2.0.5"),
        (">=1.0 <1.5 || >=2.0 <2.3", "1.4 2.2", "1.5 2.3"),
        ("<= 1.0; 2.0", "1.0 2.0", "1.5"),
        ("<= 1.0\n2.0", "1.0 2.0", "1.5"),
        ("< 1.0 or 2.0", "0.9 2.0", "1.5"),
        ("^1.2.3", "1.2.3 1.9", "1.2.2 2.0"),
        ("^0.2.3", "0.2.9", "0.3.0 0.2.2"),
        ("^0", "0.9", "1.0"),
        ("~1.2.3", "1.2.9", "1.3"),
        ("~> 2.2.3", "2.2.9", "2.3"),
        ("~> v2", "2.9", "3.0"),
        ("[1.0, 2.0)", "1.0 1.9", "2.0 0.9"),
        ("(1.0, 2.0]", "1.1 2.0", "1.0 2.1"),
        ("(,1.0],[1.2,)", "1.0 1.2 9", "1.1"),
        ("[1.0]", "1.0", "1.1"),
        ("(,)", "1.0", ""),
        ("*", "0 1 99", ""),
        ("all versions", "0 1 99", ""),
        ("`< 1.0`", "0.9", "1.0"),
        ("< REL_16_2", "16.1", "16.2"),
    ],
)
def test_what_is_understood(text: str, inside: str, outside: str) -> None:
    version_range = read_range(text)
    assert version_range, text
    assert [version for version in inside.split() if not version_range.contains(version)] == []
    assert [version for version in outside.split() if version_range.contains(version) is not False] == []


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "all versions before the fix", "latest", "master", "n/a", "none", "unknown", "!= 1.2", "> 1, < 1", ">= 2, < 1",
        "< 1.2, < 2.3", ">= 1 >= 2 < 1", "<", "< <1", "< 1.2 -", "- 1.2 <", "stalls < 1.0", "(1.0, 2.0)", "1.2-3.4.5", "and earlier",
        "1.0 and earlier and later", "^latest1", "< 1.0 (inclusive)", "between or 1.0", "all < ", "x", "1.0 to", "< all versions", "<,1",
        "< 1.0" * 400, "1," * 200, "< foo1", "\x00", "^", ">= 1.0 exclusive",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_none(text: str) -> None:
    assert read_range(text) is None


def test_a_version_that_the_scheme_cannot_read_has_no_answer() -> None:
    version_range = read_range("< 2.0", "pypi")
    assert version_range
    assert version_range.contains("what-is-this") is None
    assert version_range.contains("1.0rc1") is True


def test_a_version_is_asked_by_its_text_not_by_its_tag() -> None:
    version_range = read_range("< 2.0", "npm")
    version = read_tag("@scope/pkg@1.5.0")
    assert version_range
    assert version
    assert version_range.contains(version) is True


@pytest.mark.parametrize(
    ("text", "words", "ends"),
    [
        ("< 0.13.3", "before 0.13.3", ("0.13.3",)),
        (">= 1.0, < 2", "1.0 and later, before 2", ("2",)),
        ("<= 9.0.*", "9.0.x and earlier", ()),
        ("> 1, <= 3 || 5.x", "after 1, up to 3; 5.x", ()),
        (">= 1.0, <= 2", "1.0 – 2", ()),
        (">= 1.0, <= 1.0 || >= 2, < 2.4 || > 3", "1.0; 2 and later, before 2.4; after 3", ("2.4",)),
        ("*", "every version", ()),
    ],
)
def test_words_for_people_and_the_first_versions_beyond(text: str, words: str, ends: tuple[str, ...]) -> None:
    version_range = read_range(text)
    assert version_range
    assert (version_range.words(), version_range.ends) == (words, ends)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (">= 2.1.0, < 2.1.2 || >= 2.0.0, < 2.0.10", "2.1.0 – 2.1.1; 2.0.0 and later, before 2.0.10"),
        (">= 2.1.1, < 2.1.2", "2.1.1"),
        ("< 2.1.2", "2.1.1 and earlier"),
        ("> 2.0, < 2.1.2", "after 2.0, up to 2.1.1"),
        ("< 2.1", "before 2.1"),
    ],
)
def test_the_last_version_is_named_where_it_is_known(text: str, words: str) -> None:
    version_range = read_range(text)
    assert version_range
    assert version_range.words({"2.1.2": "2.1.1"}.get) == words  # type: ignore[arg-type]  # none is as good as ""


PIECES = [
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "1.0",
    "1.2.x",
    "v2",
    "3",
    ",",
    "and",
    "or",
    "||",
    "-",
    "to",
    "before",
    "earlier",
    "all",
    "*",
    "(",
    ")",
]
PIECES += [
    "inclusive",
    "between",
    "[",
    "]",
    "^",
    "~>",
    "and later",
    "versions",
    "the",
    "exclusive",
    "+",
    "up to",
    "from",
    "\n",
    ";",
    "…",
]


@given(st.text(max_size=1200) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_text_is_read_or_is_none(text: str) -> None:
    version_range = read_range(text)
    if version_range is not None:
        assert version_range.contains("1.0") in (True, False)
        assert version_range.words()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_case_and_spaces_change_nothing(text: str) -> None:
    plain, loud = read_steps(text), read_steps(f"  {text.upper()}  ".replace(" ", "  "))
    assert [(step.op, step.line) for step in plain or ()] == [(step.op, step.line) for step in loud or ()]


@pytest.mark.parametrize(
    "text",
    ["a" * 1000, "1" * 1000, "1." * 500, "< " * 500, "[" * 1000, "[1," * 300, "a1-" * 333, "and " * 250, "up to and " * 100, " " * 999 + "!",
     "less than or " * 70, "1.0-" * 250, "-" * 1000, "* " * 500, "((((" * 250, "1 " * 500, "@" * 1000, "~" * 999 + "1", "all " * 250],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", "!", " 1.0"])
def test_hostile_text_costs_little(text: str, more: str) -> None:
    texts = ((text + more)[-1000:], text + more)
    assert_cheap(lambda: [read_range(each) for each in texts], 0.5)  # it takes some milliseconds
