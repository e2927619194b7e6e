"""HTML becomes words and tables in one pass, whatever is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.sources.markdown.html_words import html_tables, html_words


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a <b>b</b></p>", "a b"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("a<!-- b -->c<!-- d", "ac"),
        ("a<script>b</script>c<style>d", "ac"),
        ("a<SCRIPT>b</ScRiPt>c", "ac"),
        ("a < b &amp; c &lt;d", "a < b & c <d"),
        ("a<!doctype html>b<?xml ?>c<!bad", "abc"),
        ('a<img src="x" onerror="y">b<img', "ab"),
        ("<1>", "<1>"),
        ("\u0130<script>b</script>c", "\u0130"),
    ],
)
def test_words(html: str, words: str) -> None:
    assert html_words(html) == words


def test_tables_have_rows_with_their_lines() -> None:
    html = "<table>\n<tr><th>a<br>b</th><td>c &lt; d</td></tr>\n\n<tr><td>e<td>f\n</table> x <table><tr><td>g</td></tr>"
    assert list(html_tables(html, 5)) == [[(6, ("a b", "c < d")), (8, ("e", "f"))], [(9, ("g",))]]


def test_cells_outside_of_rows_are_nobodys() -> None:
    assert list(html_tables("<td>a</td><tr></tr>", 1)) == [[]]


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "<table>", "<tr>", "<td>", "</td>", "</table>", "<!--", "-->", "a", "&lt;", "\n", "<br>"]
        )
    ).map("".join)
)
def test_any_html_is_read(html: str) -> None:
    assert isinstance(html_words(html), str)
    assert all(line >= 1 for rows in html_tables(html, 1) for line, _ in rows)
