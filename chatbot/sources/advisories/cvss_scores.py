"""CVSS vectors of every version -> base scores, and scores -> the word for them."""

import functools

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from chatbot.core.model.severity import Severity

_MAX_VECTOR = 300  # a CVSS 4 vector with every optional metric has some 200 characters
_MAX_SCORE = 10.0
# https://www.first.org/cvss/v4.0/specification-document#Qualitative-Severity-Rating-Scale, the same since version 3
_SCALE = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))
_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
}


@functools.lru_cache(maxsize=4_096)
def base_score(vector: str) -> float | None:
    """The base score (0.0 to 10.0) of a CVSS 2, 3.0, 3.1 or 4.0 vector; None where it cannot be read."""
    if not 0 < len(vector) <= _MAX_VECTOR or not vector.isascii():
        return None
    make = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
    try:
        return float(make(vector).base_score)
    except (CVSSError, ArithmeticError, LookupError, ValueError):
        return None


def scored(vector: object, published: object = None) -> tuple[str, float] | None:
    """A vector with its score, as published where that is a score, else computed; None where there is neither."""
    if not isinstance(vector, str) or not vector.strip():
        return None
    vector = vector.strip()
    computed = base_score(vector)
    if isinstance(published, (int, float)) and not isinstance(published, bool) and 0 < published <= _MAX_SCORE:
        return (vector, float(published)) if len(vector) <= _MAX_VECTOR else None
    return None if computed is None else (vector, computed)


def severity_word(word: object) -> Severity:
    """GitHub's words and their synonyms; unknown for anything else."""
    return _WORDS.get(word.strip().casefold(), Severity.UNKNOWN) if isinstance(word, str) else Severity.UNKNOWN


def severity_of(scores: tuple[tuple[str, float], ...]) -> Severity:
    """The word for the highest of the scores; unknown where there is none, or it is 0."""
    highest = max((score for _, score in scores), default=0.0)
    return next((word for least, word in _SCALE if highest >= least), Severity.UNKNOWN)
