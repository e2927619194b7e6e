"""A page's own words on the signs in its tables: `🟡 security fixes only`."""

from collections.abc import Iterable

from chatbot.core.support.rows import Mark
from chatbot.core.text import patterns
from chatbot.sources.markdown.short_names import signs_of
from chatbot.sources.support_policy.rows.marks import read_mark, signs_in

_MAX_TEXT = 400
_LEAD = patterns.compile(r"^\W*(?:legend|key|symbols?|signs?|colou?rs?|meanings?|icons?)\s*[:=–-]\s*", ignore_case=True)
_EQUALS = patterns.compile(r"\x{FE0F}?\s*=\s*\pL")
_MAX_MEANING = 60  # characters of what a sign stands for


def legend_of(texts: Iterable[str]) -> tuple[tuple[str, Mark], ...]:
    """What each sign means by the paragraphs and items that begin with one; the first meaning of a sign counts."""
    legend: dict[str, Mark] = {}
    for text in texts:
        words = text.lstrip(" -*")
        if words.isascii() and (":" not in words or signs_of(words).isascii()):
            continue
        explicit = says_what_signs_mean(words[:_MAX_TEXT])
        words = _LEAD.sub("", signs_of(words[:_MAX_TEXT]))
        if words[:1] not in signs_in(words[:1]):
            continue
        for sign in dict.fromkeys(signs_in(words)):
            meaning = words.partition(sign)[2].lstrip("\ufe0f :=-–—")
            for other in signs_in(meaning):
                meaning = meaning.partition(other)[0]
            mark = read_mark(meaning[:_MAX_MEANING].strip(" ,;.|/"))
            if mark and (explicit or not read_mark(sign).startswith(("yes", "no"))):
                legend.setdefault(sign, mark)
    return tuple(legend.items())


def says_what_signs_mean(text: str) -> bool:
    """Whether a text explains signs in so many words: `Legend: ✅ end of life`, `✅ = supported`."""
    return _LEAD.search(text) is not None or _EQUALS.search(text) is not None
