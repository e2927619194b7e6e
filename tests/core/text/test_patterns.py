"""The linear engine behind the interface of `re`: what is the same, and what is refused."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.text import patterns

# Characters that both engines know, whatever Unicode version each was built for.
_LETTERS = "aZ09_ -.\t\n\x0b\x1c\x85\xa0é\u0130\u0660\u2028\u3000\u200b\ufeffſK中\U0001f600"


@pytest.mark.parametrize(
    "pattern",
    [r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", r"[\w.]", r"[^\w]", r"[^\s\d]", r"[]\d]", r"[^]\s]", r"[\]\w]", r"\\w"],
)
@given(st.text(alphabet=_LETTERS + "]\\w"))
def test_classes_mean_what_they_mean_in_re(pattern: str, text: str) -> None:
    assert [match.span() for match in patterns.compile(pattern).finditer(text)] == [
        match.span() for match in re.finditer(pattern, text)
    ]


@given(st.text(alphabet=_LETTERS))
def test_case_is_folded_as_in_re(text: str) -> None:
    pattern = "s|k|é|z+"
    assert patterns.compile(pattern, ignore_case=True).findall(text) == re.findall(pattern, text, re.IGNORECASE)


@pytest.mark.parametrize(
    "pattern", [r"(?<=x)y", r"x(?=y)", r"(x)\1", r"x++", r"(?>x)", r"[\W]", r"(?:\pL{1000}){1000}", "(", r"\Z"]
)
def test_what_is_not_linear_or_not_understood_does_not_compile(pattern: str) -> None:
    with pytest.raises(patterns.PatternError):
        patterns.compile(pattern).prepare()


@given(st.text(alphabet=st.sampled_from("ab\ud800\udfffé\U0001f600"), max_size=12))
def test_a_lone_surrogate_never_raises_and_moves_nothing(text: str) -> None:
    pattern = patterns.compile("[ab]+")
    assert [match.span() for match in pattern.finditer(text)] == [match.span() for match in re.finditer("[ab]+", text)]
    assert pattern.sub("<>", text) == re.sub("[ab]+", "<>", text)
    assert pattern.split(text) == re.split("[ab]+", text)
    assert patterns.compile("[^ab]").findall(text) == re.findall("[^ab]", text)
    assert patterns.escape("\ud800") == patterns.escape("\ufffd")


@pytest.mark.parametrize(
    "pattern", ["a*", "", r"\b", "(a)|(b*)", "(?P<x>a)(?P<y>é)?", "^|$", "é|(?P<both>a(?P<inner>b))"]
)
@given(text=st.text(alphabet="ab é\U0001f600", max_size=8))
def test_places_are_characters_in_order_and_apart(pattern: str, text: str) -> None:
    ours, theirs = list(patterns.compile(pattern).finditer(text)), list(re.finditer(pattern, text))
    assert all(before.end() <= after.start() for before, after in pairwise(ours))
    assert len({match.span() for match in ours}) == len(ours)
    if (
        "*" not in pattern and text.isascii()
    ):  # beside what is empty, `re` looks twice at one place; and it knows letters beyond ASCII
        assert [(each.span(), each.groups(), each.groupdict(), each.lastgroup) for each in ours] == [
            (each.span(), each.groups(), each.groupdict(), each.lastgroup) for each in theirs
        ]


def test_groups_are_named_counted_and_absent() -> None:
    pattern = patterns.compile(r"(?P<name>[a-z]+)(?:=(?P<value>\d+))?", multi_line=True)
    first, second = pattern.finditer("é one=1 two")
    assert (first["name"], first["value"], first[1], first.lastgroup) == ("one", "1", "one", "value")
    assert (second.groupdict(), second.groups(""), second.span(1)) == (
        {"name": "two", "value": None},
        ("two", ""),
        (8, 11),
    )
    assert pattern.groups == 2


def test_sub_takes_a_template_or_a_function_and_a_count() -> None:
    pattern = patterns.compile("([a-z])([0-9])")
    assert pattern.sub(r"\2\1", "a1 b2") == "1a 2b"
    assert pattern.sub(lambda match: match[2] * 2, "a1 b2", count=1) == "11 b2"
    assert pattern.split("xa1yb2z") == ["x", "a", "1", "y", "b", "2", "z"]


def test_line_starts_are_found_in_the_middle_and_flags_are_flags() -> None:
    assert patterns.compile("^x.", multi_line=True, dot_all=True).findall("x\nx1") == ["x\n", "x1"]
    assert patterns.compile("^É$", ignore_case=True).search("é") is not None
    assert patterns.compile(r"\w", ascii_only=True).search("é") is None


def test_a_text_that_is_put_into_a_pattern_is_meant_as_it_is() -> None:
    assert patterns.compile(patterns.escape("a.b*[é]\\")).fullmatch("a.b*[é]\\")
