"""Texts that once stopped the bot for seconds or for good: each costs what its length costs."""

from collections.abc import Callable

import pytest

from chatbot.chats.discord import escaping
from chatbot.core.versions.tags import grammar
from chatbot.sources.support_policy.rows.sentences import sentence_rows
from chatbot.sources.support_policy.text import UnreadablePage, read_text
from tests.cost import assert_cheap


def _page(text: str) -> str:
    try:
        return read_text(text.encode())
    except UnreadablePage as why:
        return str(why)


_SENTENCE = "only the latest " + "a-" * 280 + " is supported"


@pytest.mark.parametrize(
    ("run", "text"),
    [
        pytest.param(grammar.split_tag, "foo" + "-" * 24 + "bar-1.2.3", id="separators in a tag"),
        pytest.param(grammar.split_tag, "foo" + "-v_" * 24 + "bar-1.2.3", id="marks of version in a tag"),
        pytest.param(_page, "<!-- -->\n" * 24, id="comments at the top of a policy"),
        pytest.param(_page, "<!-- --" * 24 + ">\n" * 24, id="comments that do not end"),
        pytest.param(lambda text: list(sentence_rows(text, 1)), _SENTENCE, id="dashes in a sentence"),
        pytest.param(
            lambda text: list(sentence_rows(text, 1)), _SENTENCE.replace("a-", "a "), id="words in a sentence"
        ),
        pytest.param(escaping.escape, "\n" * 12_000, id="line breaks"),
        pytest.param(escaping.escape, "\n 1" * 6_000, id="numbers at the start of lines"),
        pytest.param(escaping.escape, " " * 12_000, id="blanks"),
    ],
)
def test_it_takes_no_longer_than_its_length_asks(run: Callable[[str], object], text: str) -> None:
    run(text[:8])  # what is set up at the first call is not the text's
    assert_cheap(lambda: run(text), 1.0, text)  # each took seconds, and takes some milliseconds


@pytest.mark.parametrize(
    ("before", "package"),
    [
        ("foo", "foo"),
        ("foo-v", "foo"),
        ("foo-_.v", "foo"),
        ("foo-release-v", "foo"),
        ("foo.bar-tag_", "foo.bar"),
        ("foov-", "foov"),
        ("a-vb-", "a-vb"),
    ],
)
def test_marks_of_version_are_no_part_of_a_package(before: str, package: str) -> None:
    parts = grammar.split_tag(f"{before}{'' if before[-1] in '-_.v' else '-'}1.2.3")
    assert parts is not None
    assert parts.package == package


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<html>", True),
        (" \n<!DOCTYPE  html>", True),
        ("<!-- a --> <!-- b -- c -->\n<HTML lang=x>", True),
        ("<!----><html>", True),
        ("<!-- a --><!-- b <html>", False),
        ("<!-- a --> text <!-- --> <html>", False),  # a comment ends at its first end: this is text
        ("<htmlx>", False),
        ("# Policy\n<html>", False),
    ],
)
def test_a_page_is_html_where_its_first_element_says_so(text: str, html: bool) -> None:
    assert _page(text).startswith("is an HTML page") == html


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# a\n## b\n#### c", "\\# a\n\\## b\n\\#### c"),
        ("- a\n\n  + b\n-c", "\\- a\n\n  \\+ b\n-c"),
        ("> a\n>>> b\n>>c", "\\> a\n\\>>> b\n\\>>c"),
        ("-# small\n-#x", "\\-# small\n\\-#x"),
        ("1. a\n 12) b\n1.2", "1\\. a\n 12\\) b\n1.2"),
        ("-\n#", "\\-\n\\#"),
        ("1.\n2)\n- x", "1\\.\n2\\)\n\\- x"),
        ("a - b # c", "a - b # c"),
    ],
)
def test_marks_at_the_start_of_a_line_are_escaped(text: str, escaped: str) -> None:
    assert escaping.escape(text) == escaped
