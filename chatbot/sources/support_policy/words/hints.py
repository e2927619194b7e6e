"""Words without which a sentence says nothing of support: a cheap look before the patterns are asked."""

from functools import lru_cache

from chatbot.sources.support_policy.rows.selectors import BRANCHES
from chatbot.sources.support_policy.scan import has_digit

# One of these is in every sentence that speaks of support; the last are slips that people make.
_SPEAKING: tuple[str, ...] = (
    "support", "maint", "receiv", "backport", "back-port", "back port", "eligible", "evergreen", "end-of", "end of", "eol",
    "discontinued", "accept", "safety", "security", "updates", "fixes", "patch", "covered", "ported", "vulnerabilit", "problems",
    "retired", "abandoned", "sunset", "dropped", "look after", "care of", "policy covers", "policy applies",
    "suport", "reciev", "securty", "secuirty", "mantain",
)  # fmt: skip
# And one of these, or a number, is in every sentence that says of which versions.
_TOPICS: tuple[str, ...] = (
    "latest", "lastest", "newest", "recent", "current", "last", "old", "previous", "earlier", "prior", "past", "superseded",
    "listed", "other", "else", "lts", "long-term", "long term", "branch", "at a time", "only",
    "each ", "every ", "all ", " n-", "closest",
    "month", "year",
    *sorted(BRANCHES),
)  # fmt: skip


@lru_cache(maxsize=1024)  # a paragraph and its sentences are asked about several times
def may_speak(text: str) -> bool:
    """Whether a text has one of the words without which no sentence of it can speak of support."""
    lowered = text.casefold()
    return any(word in lowered for word in _SPEAKING)


@lru_cache(maxsize=1024)
def names_a_topic(lowered: str) -> bool:
    """Whether a sentence in lower case has a number or a word that may say which versions are meant."""
    return has_digit(lowered) or any(word in lowered for word in _TOPICS)
