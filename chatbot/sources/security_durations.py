"""Durations in words (`24 hours`, `two weeks`, `5 business days`) and the response clocks that a policy promises."""

from collections.abc import Iterable
from datetime import timedelta

from chatbot.core import patterns
from chatbot.core.policy import Clocks
from chatbot.sources.security_scan import cut_at

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORD = rf"{'|'.join(_WORDS[1:])}|an|a"
_DURATION = patterns.compile(
    rf"\b(?:(?P<first>\d{{1,3}})(?:\s*(?:-|–|to|or)\s*(?P<last>\d{{1,3}}))?\s*|(?P<word>{_WORD})(?:\s(?:to|or)\s(?P<next>{_WORD}))?[\s-])"
    r"(?:\(\d{1,3}\)\s*)?-?(?P<business>(?:business|working|calendar|week)[\s-])?(?P<unit>hours?|hrs?|h|days?|d|weeks?|months?)\b"
)
_UNITS = ("hour", "day", "week", "month", "hrs", "daily")
_SHORT_UNITS = patterns.compile(r"\d\s?(?:hr?|d)\b")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30}
_CLAUSES = patterns.compile(r"[.!?;]\s|,\s(?:and|but)\s|(\sand\s)(?:you|we|a more|the|within)\b|\n")
_BACKUP = patterns.compile(r"\bif (?:you|no|there|we|for some)\b.{0,60}\b(?:response|reply|hear|acknowledg|not)")
_UPDATE = patterns.compile(r"\bupdates?\b|\bprogress\b|\binformed\b|\bstatus\b")
_EVERY = patterns.compile(r"\b(?:every|each|per|weekly|daily|regular|at least|once)\b")
_DETAIL = patterns.compile(
    r"\bdetail|\bassess|\btriage|\bnext steps\b|\bevaluat|\bfull response|\binvestigat|\bfollow[- ]up response"
)
_ACKNOWLEDGE = patterns.compile(
    r"\backnowledg|\bconfirm(?:ation)?\b.{0,30}\b(?:receipt|received)|\brespon[ds]|\brepl(?:y|ies)|\banswer|\bget back"
)
_TARGET = patterns.compile(r"\bresol(?:ve|ution)|\bfix|\bpatch|\bremediat|\bmitigat")
_PUBLIC = patterns.compile(r"\bdisclos|\bpublic|\bembargo")
_RECURRING = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1), "monthly": timedelta(days=30)}


def duration_in(text: str) -> timedelta | None:
    """The first duration of a text; of a range (`2-3 days`) its longer end; five business days are a week."""
    for found in _DURATION.finditer(text.casefold()):
        unit = found["unit"][0]
        number = _number(found["last"] or found["first"] or found["next"] or found["word"])
        if unit == "d" and (found["business"] or "").startswith(("business", "working", "week")):
            number += 2 * ((number - 1) // 5 if number % 5 else number // 5)
        return timedelta(hours=number * _HOURS[unit])
    return None


def clocks_of(texts: Iterable[str]) -> Clocks:
    """The clocks that the sentences and items of a page promise; the first promise of a kind counts."""
    found: dict[str, timedelta] = {}
    public: timedelta | None = None
    for text in texts:
        lowered = text.casefold()
        for clause in cut_at(_CLAUSES, lowered) if _timed(lowered) else ():
            kind, length = _clock(clause)
            if kind == "public" and length is not None:
                public = public or length
            elif length is not None:
                found.setdefault(kind, length)
    return Clocks(
        acknowledge=found.get("acknowledge"),
        detail=found.get("detail"),
        update=found.get("update"),
        target=found.get("target") or public,
    )


def _timed(text: str) -> bool:
    return any(unit in text for unit in _UNITS) or _SHORT_UNITS.search(text) is not None


def _clock(clause: str) -> tuple[str, timedelta | None]:
    if not _timed(clause) or _BACKUP.search(clause):
        return "", None
    length = duration_in(clause)
    if _UPDATE.search(clause) and _EVERY.search(clause):
        return "update", length or next((each for word, each in _RECURRING.items() if word in clause), None)
    if length is None:
        return "", None
    for kind, pattern in (("detail", _DETAIL), ("acknowledge", _ACKNOWLEDGE), ("target", _TARGET), ("public", _PUBLIC)):
        if pattern.search(clause):
            return kind, length
    return "", None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 1 if word in ("a", "an") else _WORDS.index(word)
