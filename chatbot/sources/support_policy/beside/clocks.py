"""The response clocks that a policy promises: who promises what within which time, and nothing where that is not plain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from chatbot.core.support.policy import Clocks
from chatbot.core.text import patterns
from chatbot.sources.support_policy.durations import durations_in
from chatbot.sources.support_policy.scan import has_digit, sentences_of

_MAX_SENTENCE = 600
_UNITS = ("hour", "day", "week", "month", "hrs", "daily", "year")
_SHORT_UNITS = patterns.compile(r"\d\s?(?:hr?|d)\b")
_CUTS = patterns.compile(r",\s|;|\s(?:and|but|then|or|while|whereas)\s|\s[-–—]\s|\s\(|\)|\.\s")
_BACKUP = patterns.compile(r"\bif (?:you|no|there|we|for some)\b.{0,60}\b(?:response|reply|hear|acknowledg|not)")
_UPDATE = patterns.compile(r"\bupdates?\b|\bprogress\b|\binformed\b|\bstatus\b")
_EVERY = patterns.compile(r"\b(?:every|each|per|weekly|daily|regular|at least|once)\b")
_KINDS = (
    ("detail", patterns.compile(r"\bdetail|\bnext steps\b|\bfull response|\bfollow[- ]up response")),
    ("assess", patterns.compile(r"\bassess|\btriag|\bevaluat|\binvestigat|\bvalidat|\bverif|\banaly[sz]")),
    (
        "acknowledge",
        patterns.compile(
            r"\backnowledg|\bconfirm(?:ation)?\b.{0,30}\b(?:receipt|received)|\brespon[ds]|\brepl(?:y|ies)|\banswer|\bget back"
        ),
    ),
    ("target", patterns.compile(r"\bresol(?:ve|ution)|\bfix|\bpatch|\bremediat|\bmitigat")),
    ("public", patterns.compile(r"\bdisclos|\bpubli[cs]|\bembargo")),
)
_RECURRING = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1), "monthly": timedelta(days=30)}
# What may stand beside a duration without doing anything within it.
_FILLER = frozenset(
    {"within", "in", "at", "most", "no", "later", "than", "after", "about", "approximately", "roughly", "usually"}
)
_FILLER |= {
    "typically",
    "normally",
    "generally",
    "of",
    "the",
    "your",
    "our",
    "a",
    "an",
    "its",
    "receipt",
    "receiving",
    "report",
}
_FILLER |= {
    "reports",
    "submission",
    "less",
    "under",
    "every",
    "each",
    "maximum",
    "up",
    "to",
    "by",
    "around",
    "least",
    "once",
    "from",
}
_FILLER |= {
    "if",
    "possible",
    "possibly",
    "maybe",
    "time",
    "timeframe",
    "period",
    "max",
    "not",
    "exceed",
    "more",
    "during",
    "for",
}
_FILLER |= {"first", "initial"}
_OTHERWISE = patterns.compile(r"^\W*(?:for|on|during|at|if|when|otherwise|else|outside|over|everything|all)\b")
_WORD = patterns.compile(r"[a-z]+")
_NEGATED = patterns.compile(
    r"\b(?:not|cannot|never|unable|nobody|no (?:guarantees?|promises?|commitments?|sla|obligations?|warrant\w+))\b|n['’]t\b"
)
_NO_NEGATION = patterns.compile(
    r"\b(?:no|not) (?:later|more|longer) than\b|\bnot (?:to )?exceed\w*|\bnot only\b"
    r"|\bnot (?:take|need|be) (?:\w+ )?(?:more|longer) than\b"
)
_NO_PROMISE = patterns.compile(
    r"(?:\b(?:not|cannot|never|unable to|no|without)\b|n['’]t\b).{0,40}\b"
    r"(?:guarant|promis|commit|assur|sla\b|obligat|warrant|bound)"
)
_AIM = patterns.compile(
    r"\b(?:aim|try|tries|trying|striv\w*|hop\w*|goal|target|typical\w*|usual\w*|general\w*|normal\w*|expect(?:s|ed)? to"
    r"|endeavou?r\w*|effort|possible|possibly|attempt\w*|intend\w*|plan\w*|should|may|might|often|common\w*|most|approximate\w*|about|around"
    r"|ideal\w*|likely|estimat\w*|average|almost|roughly|want to|seek|would like|objective)\b"
)
# What is asked of the reporter, or holds for some reports only, is no promise to everybody.
_WISH = patterns.compile(
    r"\b(?:please|give us|giving us|allow|wait|refrain|ask (?:that )?you|researchers?|reporters?|request(?:s|ed)?"
    r"|you (?:must|may not|should not|agree|are asked)|do not (?:disclose|publish)"
    r"|criticals?|severe|severit(?:y|ies)|serious|urgent|exploited|zero-days?"
    r"|highs?|lows?|mediums?"
    r"|moderate|minor|paying|customers?|enterprise|sponsors?|subscri\w+"
    r"|you (?:can|may|are free)|mondays?|weekdays?|weekends?|holidays?|(?:working|business|office) hours"
    r"|was|were|had|have been|so far|in the past|last (?:year|month|time)|in 20\d\d)\b"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a sentence between two cuts, with the durations in it."""

    text: str
    lengths: tuple[timedelta | None, ...]
    before: str  # the words up to the first duration


def clocks_of(texts: Iterable[str]) -> Clocks:
    """The clocks that the sentences and items of a page promise; the first promise of a kind counts."""
    times: dict[str, tuple[timedelta, str]] = {}
    for text in texts:
        for kind, length, sentence in _of_text(text.casefold()):
            times.setdefault(kind, (length, sentence))
    assesses = "detail" not in times and "assess" in times
    publishes = "target" not in times and "public" in times
    promises = {
        "acknowledge": times.get("acknowledge"),
        "detail": times.get("detail") or times.get("assess"),
        "update": times.get("update"),
        "target": times.get("target") or times.get("public"),
    }
    lengths = {name: each[0] for name, each in promises.items() if each is not None}
    return Clocks(
        acknowledge=lengths.get("acknowledge"),
        detail=lengths.get("detail"),
        update=lengths.get("update"),
        target=lengths.get("target"),
        aims=frozenset(name for name, each in promises.items() if each is not None and _AIM.search(each[1])),
        wishes=frozenset(name for name, each in promises.items() if each is not None and _WISH.search(each[1])),
        assesses=assesses,
        publishes=publishes,
    )


def _of_text(text: str) -> Iterator[tuple[str, timedelta, str]]:
    """The clocks of a text as (kind, length, the words it stands in), in its order."""
    for line in text.split("\n") if _timed(text) else ():
        for sentence in sentences_of(line):
            if len(sentence) <= _MAX_SENTENCE and _timed(sentence) and not _BACKUP.search(sentence):
                yield from _of_sentence(sentence)


def _of_sentence(sentence: str) -> Iterator[tuple[str, timedelta, str]]:
    parts = list(_parts(sentence))
    for at, part in enumerate(parts):
        recurring = _recurring(part.text)
        if len(part.lengths) != 1 and recurring is None:
            continue
        words = None if _several_times(parts, at) else _words_about(parts, at)
        if words is None or _denied(words, sentence):
            continue
        length = part.lengths[0] if part.lengths else recurring
        kind = _kind(words, part)
        if kind and length:
            yield kind, length, sentence


def _several_times(parts: list[_Part], at: int) -> bool:
    """Whether what follows names a longer time for the same thing: `within 24 hours on weekdays, 72 hours on weekends`."""
    following = parts[at + 1] if at + 1 < len(parts) else None
    if following is None or not following.lengths or _promise_name(following.text):
        return False
    own, other = parts[at].lengths[-1:], following.lengths[0]
    longer = not own or own[0] is None or other is None or other > own[0]
    plain = all(word in _FILLER for word in _WORD.findall(following.before))
    return longer and (plain or _OTHERWISE.match(following.text) is not None)


def _parts(sentence: str) -> Iterator[_Part]:
    """The sentence cut wherever another verb may follow, and never within a duration."""
    times = list(durations_in(sentence))
    at = 0
    cuts = [
        each
        for each in _CUTS.finditer(sentence)
        if not any(start < each.end() and each.start() < end for start, end, _ in times)
    ]
    for start, end in [*((each.start(), each.end()) for each in cuts), (len(sentence), len(sentence))]:
        inside = [each for each in times if at <= each[0] < start]
        if sentence[at:start].strip(" .,"):
            before = sentence[at : inside[0][0]] if inside else ""
            yield _Part(sentence[at:start], tuple(length for _, _, length in inside), before)
        at = end


def _words_about(parts: list[_Part], at: int) -> str | None:
    """The words that say what happens within the time of a part: its own, or where it has none of its own those of its
    neighbours without a time; None where that is not plain."""
    part = parts[at]
    if not _bare(part):
        return part.text
    for step in (-1, 1):
        near = at + step
        words = part.text
        while 0 <= near < len(parts) and not parts[near].lengths:
            words = f"{parts[near].text} {words}"
            if _promise_name(parts[near].text):
                return words
            near += step
    return None


def _bare(part: _Part) -> bool:
    """Whether a part names a time and nothing that happens within it: `within 24 hours of receipt`."""
    return bool(part.lengths) and all(word in _FILLER for word in _WORD.findall(_without_times(part.text)))


def _without_times(text: str) -> str:
    at, parts = 0, []
    for start, end, _ in durations_in(text):
        parts.append(text[at:start])
        at = end
    return " ".join([*parts, text[at:]])


def _denied(words: str, sentence: str) -> bool:
    return (
        _NEGATED.search(_NO_NEGATION.sub(" ", words)) is not None
        or _NO_PROMISE.search(_NO_NEGATION.sub(" ", sentence)) is not None
    )


def _recurring(text: str) -> timedelta | None:
    return next((length for word, length in _RECURRING.items() if word in text and _UPDATE.search(text)), None)


def _kind(words: str, part: _Part) -> str:
    """What happens within the time: what is named before it, else what is named after it."""
    if _UPDATE.search(words) and _EVERY.search(words):
        return "update"
    before = part.before if part.lengths and not _bare(part) else ""
    return (_promise_name(before) if before else "") or _promise_name(words)


def _promise_name(words: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), "")


def _timed(text: str) -> bool:
    return any(unit in text for unit in _UNITS) or (has_digit(text) and _SHORT_UNITS.search(text) is not None)
