"""Statements without a verb, which the heading or the words before them complete: "Latest only" below "Supported versions"."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from chatbot.core.support.rows import Mark, Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.named import names_in
from chatbot.sources.support_policy.rows.newest import latest_in
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector

_CURRENTLY = patterns.compile(
    r"(?:currently|right now|at the moment|that is|this is|today)(?: is| that is| that['’]s|,? it is)?:?"
    r" (?P<version>v?\d+(?:\.\d+)*\.x)\W*"
)
_BARE_WORDS = frozenset(
    {
        "latest",
        "current",
        "last",
        "recent",
        "the",
        "always",
        "only",
        "release",
        "releases",
        "version",
        "versions",
        "major",
        "minor",
        "patch",
        "stable",
        "of",
        "and",
        "published",
        "released",
        "official",
        "series",
        "line",
        "lines",
        "branch",
        "one",
        "two",
        "three",
        "previous",
        "minors",
        "majors",
        "four",
        "five",
        "feature",
        "for",
        "now",
        "tag",
        "tagged",
        "semver",
        "main",
        "master",
        "default",
        "before",
        "that",
        "it",
        "to",
        "",
        *"23456",
    }
)


def bare_rows(words: str, line: int, context: Mark) -> Iterator[Row]:
    """The rows of a few words without a verb: "Latest only", "The latest release of each"."""
    bare = [word.strip("().,:;!") for word in words.split()]
    if "lts" in bare and context == "yes" and "no" not in bare:
        yield row_of(words, line, Selector(rest="all"), "open")  # which releases those are, the page does not say
    elif context == "yes" and (match := _CURRENTLY.fullmatch(words)):
        yield row_of(
            words, line, read_selector(match["version"]), "yes"
        )  # "Only the latest minor is supported. Currently: 0.6.x."
    elif all(word in _BARE_WORDS for word in bare) and (latest := latest_in(words.strip(".!"), words)):
        row = row_of(words, line, Selector(latest=latest, names=names_in(words)), context)
        yield replace(row, only="only" in bare and context == "yes")


def row_of(
    text: str,
    line: int,
    selector: Selector,
    mark: Mark,
    until: date | None = None,
    *,
    kind: str = "sentence",
    label: str = "",
) -> Row:
    return Row(
        text=text.strip(),
        label=label or text.strip()[:80],
        line=line,
        kind="list" if kind == "list" else "sentence",
        ranges=selector.ranges,
        latest=selector.latest,
        rest=selector.rest,
        names=selector.names,
        mark=mark,
        until=until,
    )
