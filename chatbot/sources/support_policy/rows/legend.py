"""A page's own words on the signs in its tables: `🟡 security fixes only`."""

from collections.abc import Iterable

from chatbot.core.support.rows import Mark
from chatbot.sources.markdown.short_names import signs_of
from chatbot.sources.support_policy.rows.marks import signs_in, word_mark

_MAX_TEXT = 400
_MAX_MEANING = 60  # characters of what a sign stands for


def legend_of(texts: Iterable[str]) -> tuple[tuple[str, Mark], ...]:
    """What each sign means by the paragraphs and items that begin with one; the first meaning of a sign counts."""
    legend: dict[str, Mark] = {}
    for text in texts:
        words = text.lstrip(" -*")
        if not words[:1] or (words[0].isascii() and words[0] != ":"):
            continue
        words = signs_of(words[:_MAX_TEXT])
        if words[:1] not in signs_in(words[:1]):
            continue
        for sign in dict.fromkeys(signs_in(words)):
            meaning = words.partition(sign)[2].lstrip("\ufe0f :=-–—")
            for other in signs_in(meaning):
                meaning = meaning.partition(other)[0]
            mark = word_mark(meaning[:_MAX_MEANING])
            if mark:
                legend.setdefault(sign, mark)
    return tuple(legend.items())
