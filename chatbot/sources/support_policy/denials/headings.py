"""Headings of columns and sections that deny support to all that stands below them."""

from functools import lru_cache

from chatbot.core.text import patterns

_NO_HEAD = patterns.compile(
    r"breaking|\bchange|upgrade|download|document|\bdocs\b|\btested\b|availab|recommend|default|require",
    ignore_case=True,
)
_ENDED_HEAD = patterns.compile(
    r"unsupported|not (?:\w+ )?supported|no longer|ended|discontinued|archived|abandoned|retired|unmaintained",
    ignore_case=True,
)
_OWN_LIST = patterns.compile(
    r"\W*(?:(?:currently|actively|no longer|not|all) )*(?:un)?supported(?: (?:versions?|releases?|branch(?:es)?|lines))?\W*",
    ignore_case=True,
)
_BAD_HEAD = patterns.compile(r"vulnerable|insecure|deprecated|affected|legacy|outdated|obsolete", ignore_case=True)
_ENDED_HEADING = patterns.compile(
    r"\W*(?:unsupported|end[- ]of[- ](?:life|support)|eol|no longer|not supported|discontinued|archived|retired"
    r"|previously|formerly|unmaintained)\b",
    ignore_case=True,
)


def lists_own(head: str) -> bool:
    """Whether a column's heading says what is listed below it: `Supported versions` beside `Unsupported versions`, where
    `Supported Acme versions` is about another product."""
    return _OWN_LIST.fullmatch(head) is not None


def says_ended(heading: str) -> bool:
    """Whether a heading such as `End-of-life versions` denies support to all that stands below it."""
    return _ENDED_HEADING.match(heading) is not None


@lru_cache(maxsize=256)
def head_kind(head: str) -> str:
    """What a tick below a column's heading says: "ended", "bad" (nothing good), "none" (nothing on support), "" for support."""
    if _ENDED_HEAD.search(head):
        return "ended"
    return "bad" if _BAD_HEAD.search(head) else "none" if _NO_HEAD.search(head) else ""
