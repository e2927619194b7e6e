"""The branches that a clause names."""

from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.selectors import BRANCHES

_LETTERS = patterns.compile(r"[a-z]+")
_BRANCH = patterns.compile(r"\bbranch(?:es)? ([\w./-]*\w)|\b([\w./-]*\w) branch(?:es)?\b")


_NO_BRANCH = frozenset(
    {
        "latest",
        "each",
        "every",
        "any",
        "all",
        "the",
        "this",
        "that",
        "these",
        "those",
        "our",
        "a",
        "an",
        "current",
        "older",
        "old",
        "previous",
        "release",
        "releases",
        "version",
        "major",
        "minor",
        "one",
        "two",
        "three",
        "following",
        "other",
        "same",
        "new",
        "newer",
        "maintained",
        "supported",
        "and",
        "or",
        "of",
        "is",
        "are",
        "will",
        "on",
        "in",
        "for",
        "to",
        "with",
        "which",
        "but",
        "separate",
        "lts",
        "active",
        "last",
        "only",
        "no",
    }
)


def names_in(clause: str) -> frozenset[str]:
    """The branches that a clause names: `main`, `the 2.0-stable branch`."""
    words = frozenset(_LETTERS.findall(clause)) & BRANCHES - {"next", "development", "head", "edge", "tip"}
    return words | branches_in(clause)


def branches_in(clause: str) -> frozenset[str]:
    """The names beside the word "branch": `the 2.0-stable branch`, `(branch v2.x)`."""
    if "branch" not in clause:
        return frozenset()
    return frozenset(name for pair in _BRANCH.findall(clause) for name in pair if name and name not in _NO_BRANCH)
