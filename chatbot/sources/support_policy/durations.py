"""Durations in words (`24 hours`, `two weeks`, `5 business days`, `between 2 and 3 days`) -> how long they are at most."""

from collections.abc import Iterator
from datetime import timedelta

from chatbot.core.text import patterns
from chatbot.sources.support_policy.words.numbers import NUMBER_WORD, number_of

_ASIDE = r"(?:\((?:\d{1,3}|[a-z-]{1,12})\)\s*)?"
_DURATION = patterns.compile(
    rf"\b(?:(?P<first>\d{{1,3}})(?:\s*(?:-|–|—|to|or|and)\s*(?P<last>\d{{1,3}}))?\s*"
    rf"|(?P<word>{NUMBER_WORD})(?:\s(?:to|or|and)\s(?P<next>{NUMBER_WORD}))?[\s-])"
    rf"{_ASIDE}-?(?P<business>(?:full\s)?(?:business|working|calendar|week)[\s-])?"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|months?|years?)\b"
)
_WINDOW = patterns.compile(
    rf"\W*(?:for |up to |at least )*(?P<count>\d{{1,2}}|{NUMBER_WORD})[ -](?P<unit>months?|years?)\W*", ignore_case=True
)
_JOINED = patterns.compile(r"\s*(?:-|–|—|to|or)\s*|\s(?:and)\s")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


def durations_in(text: str) -> Iterator[tuple[int, int, timedelta | None]]:
    """Where each duration of a text in lower case stands, and its length; of a range (`24 hours to 3 days`) its longer end.

    None for the length where it cannot be told: how long eight business hours are depends on a business.
    """
    waiting: tuple[int, int, timedelta | None] | None = None
    for match in _DURATION.finditer(text):
        start, end, length = match.start(), match.end(), _length(match)
        if waiting is not None and _is_range(text, waiting[:2], start):
            both = None if length is None or waiting[2] is None else max(length, waiting[2])
            waiting = (waiting[0], end, both)
            continue
        if waiting is not None:
            yield waiting
        waiting = (start, end, length)
    if waiting is not None:
        yield waiting


def duration_in(text: str) -> timedelta | None:
    """The first duration of a text."""
    return next((length for _, _, length in durations_in(text.casefold()) if length is not None), None)


def window_in(cell: str) -> int:
    """The months of a cell that is a span of time and nothing else (`12 months`, `two years`); 0 for any other."""
    match = _WINDOW.fullmatch(cell) if len(cell) < 40 else None
    if match is None:
        return 0
    return _number(match["count"].casefold()) * (12 if match["unit"][0] in "yY" else 1)


def _is_range(text: str, first: tuple[int, int], second: int) -> bool:
    """Whether two durations are the ends of one: `24 hours to 3 days`, `between a day and a week`."""
    between = text[first[1] : second]
    if "and" in between and not text[: first[0]].rstrip().endswith("between"):
        return False
    return _JOINED.fullmatch(between) is not None


def _length(match: patterns.Match) -> timedelta | None:
    unit, business = match["unit"][0], (match["business"] or "").removeprefix("full ")
    number = _number(match["last"] or match["first"] or match["next"] or match["word"])
    if business.startswith(("business", "working", "week")):
        if unit == "h":
            return None
        if unit == "d":  # five of them are a week
            number += 2 * ((number - 1) // 5 if number % 5 else number // 5)
    return timedelta(hours=number * _HOURS[unit])


def _number(word: str) -> int:
    return number_of(word)
