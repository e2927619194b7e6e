"""Text cut and searched where what stands around a match matters, in linear time: sentences, clauses, numbers among words."""

from collections.abc import Iterator
from functools import lru_cache

from chatbot.core.text import patterns

_URL = patterns.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+", ignore_case=True)
_STOP = patterns.compile(r"[.!?]\s+|[。！？]\s*")
_STOPS = frozenset(".!?。！？")
_DIGITS = frozenset("0123456789")
_ABBREVIATED = ("e.g.", "i.e.", "etc.", " vs.", " no.")


@lru_cache(maxsize=1024)  # several readers of one page cut the same paragraphs
def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text, cut at the blanks after a full stop, an exclamation or a question mark."""
    if _STOPS.isdisjoint(text[:-1]):
        return (text,)
    sentences: list[str] = []
    at = 0
    for stop in _STOP.finditer(text):
        if not text[max(0, stop.start() - 4) : stop.start() + 1].casefold().endswith(_ABBREVIATED):
            sentences.append(text[at : stop.start() + 1])
            at = stop.end()
    return (*sentences, text[at:])


def cut_at(pattern: patterns.Pattern, text: str) -> list[str]:
    """The pieces between the matches; where a group took part, the piece after it begins at the group's end already."""
    pieces: list[str] = []
    at = 0
    for cut in pattern.finditer(text):
        pieces.append(text[at : cut.start()])
        at = next((cut.end(group) for group in range(1, pattern.groups + 1) if cut[group] is not None), cut.end())
    return [*pieces, text[at:]]


def cores(pattern: patterns.Pattern, text: str) -> Iterator[tuple[int, int, patterns.Match]]:
    """The matches of a pattern that takes the neighbours along: where the first group that took part begins and ends.

    The next one may begin with the neighbour that this one ended with. The text must be short: it is looked at once a match.
    """
    at = 0
    while at < len(text) and (match := pattern.search(text[at:])):
        group = next((group for group in range(1, pattern.groups + 1) if match[group]), 0)
        yield at + match.start(group), at + match.end(group), match
        at += max(match.end(group), match.start() + 1)


def has_digit(text: str) -> bool:
    """Whether a text has a digit from 0 to 9."""
    return not _DIGITS.isdisjoint(text)


def addresses_in(text: str) -> list[str]:
    """The web addresses that stand in a text, without the full stop or bracket after them."""
    return [url.rstrip(".,;:!?)") for url in _URL.findall(text)] if "://" in text else []
