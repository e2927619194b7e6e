"""Ends of support that come with a release (`until 8.4 is released`, `EOL when 9.0 ships`) -> what the release must be."""

from dataclasses import dataclass, replace
from typing import Literal

from chatbot.core.support.rows import EndEvent, Level
from chatbot.core.text import patterns
from chatbot.core.versions.version import Key
from chatbot.sources.support_policy.dates import dates_in
from chatbot.sources.support_policy.decoys import is_foreign
from chatbot.sources.support_policy.rows.ranges import comparison
from chatbot.sources.support_policy.words.numbers import NUMBER_WORD, number_of

_MAX_TEXT = 600
_MAX_WORDS = 14  # of an event, after the word that leads to it
_COUNT = rf"(?:\d{{1,3}}|{NUMBER_WORD})"
_DELAY = rf"{_COUNT} (?:more )?(?:days?|weeks?|months?|years?) (?:after|from|following|past|beyond)"
_ENDING = (
    r"(?:eol|eos|end[- ]of[- ](?:life|support|maintenance)|(?:support |maintenance )?ends?|ending|expires?|ceases?|stops?|drops?"
    r"|drop(?:ped|s out)|retire[sd]?|falls? out|goes away|dies"
    r"|(?:will|to|gets?|is going to) (?:be )?(?:dropped|discontinued|retired|unsupported|unmaintained|sunset|removed|end|expire"
    r"|deprecated|(?:no longer|not) (?:be )?(?:supported|maintained)|eol))"
)
_LEAD = patterns.compile(
    rf"\b(?P<until>until|till?|bis|hasta|jusqu['’]à)\b|\b(?P<for>for)(?: at least| up to| about)? {_DELAY}\b"
    r"|\b(?P<upto>up to|through|prior to|before) (?:the )?(?:first )?(?:release|launch|arrival|publication|availability)\b"
    r"|\b(?P<while>(?:as|so) long as|while)\b"
    rf"|\b(?P<end>{_ENDING}) (?:\w+ ){{0,2}}?(?:when|once|after|upon|with|as soon as|at|by|following|{_DELAY})\b"
)
# One of these is in every text that the pattern finds an end in.
_HINTS: tuple[str, ...] = (
    "ti",
    "bis",
    "hasta",
    "jusqu",
    "for ",
    "up to",
    "through",
    "prior to",
    "before",
    "long as",
    "while",
    "eo",
    "end",
)
_HINTS += (
    "expir",
    "cease",
    "stop",
    "drop",
    "retire",
    "fall",
    "goes",
    "dies",
    "supported",
    "maintained",
    "discontinued",
)
_HINTS += ("sunset", "removed", "deprecated")
_PERIOD = patterns.compile(
    rf"^\W*(?:for )?(?:up to |at least )?(?P<count>{_COUNT}) (?:more )?"
    r"(?P<unit>day|week|month|year)s? (?:after|from|following|past|beyond)\b"
)
_PERIOD_BEFORE = patterns.compile(rf"(?:\b(?P<count>{_COUNT}) (?:more )?(?P<unit>day|week|month|year)s? \w+)\W*$")
_STOP = patterns.compile(
    r"[|;()\n]|[.,:]\s|[.,:]$|\s[-–—]\s|\b(?:whichever|and then|but|which|where|unless|until|till|we|it|they|you)\b"
)
_NOT_YET = patterns.compile(r"^[^;|]{1,80}(?:\b(?:not|unreleased|no|yet to)|n['’]t)\b")
_NEGATED = patterns.compile(r"\b(?:not|never|nothing|no|isn['’]t|won['’]t|un\w+ed)\b[^.;|]{0,30}$")
_NUMBER = patterns.compile(r"v?\d+(?:\.\d+)*(?:\.[x*])*\+?")
_BEGINS = patterns.compile(r"v?\d+\.\d")
_HAPPENS = frozenset(
    {"release", "released", "releases", "releasing", "ship", "ships", "shipped", "shipping", "land", "lands"}
)
_HAPPENS |= {"landed", "out", "available", "availability", "published", "publication", "launch", "launches", "launched"}
_HAPPENS |= {"arrive", "arrives", "arrived", "arrival", "here", "ga", "comes", "appears", "tagged"}
_NEXT = frozenset(["next", "following", "upcoming", "new", "newer", "subsequent", "another", "successor"])
_THINGS = frozenset(["one", "version", "versions", "release", "line", "series", "branch"])
_NO_EVENT = frozenset(["notice", "present", "now", "today", "indefinitely", "forever", "further"])
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "q1",
    "q2",
    "q3",
    "q4",
    "spring",
    "summer",
)


@dataclass(frozen=True, slots=True)
class EventMatch:
    """An event with the rest of the text; `ending` where the words themselves speak of an end ("EOL when")."""

    event: EndEvent
    rest: str
    ending: bool = False


def event_in(text: str, *, led: bool = False, plain: bool = True) -> EventMatch | None:
    """The first end of support in a text that comes with a release; None where there is none.

    `led`: the text stands below a heading that already says "until". Not `plain`: a version alone is none, there must be a
    word that it comes out.
    """
    words = " ".join(text[:_MAX_TEXT].split())
    lowered = words.casefold()
    words = words if len(words) == len(lowered) else lowered
    if led:
        return _event_at(words, 0, 0, plain=False) or event_in(text)
    if not any(hint in lowered for hint in _HINTS):
        return None
    candidates = [
        each for each in (_led_by(lead, words, plain=plain) for lead in _LEAD.finditer(lowered)) if each is not None
    ]
    if len(candidates) > 1:  # "8.2 until 8.4 is out and 8.3 until 9.0 is out": which is whose is not certain
        return replace(candidates[0], event=EndEvent(text=candidates[0].event.text))
    return candidates[0] if candidates else None


def _led_by(lead: patterns.Match, text: str, *, plain: bool) -> EventMatch | None:
    begins = lead.start()
    if lead["until"] and _NEGATED.search(text[:begins].casefold()):
        return None
    if lead["while"] and not _NOT_YET.search(text[lead.end() :].casefold()):
        return None  # "as long as 9.0 is in beta" ends with something else than a release
    led = lead["until"] or lead["upto"] or lead["while"] or ""
    after = lead.end() if lead["end"] else begins + len(led)
    return _event_at(text, begins, after, plain=plain, ending=lead["end"] is not None)


def _event_at(text: str, begins: int, at: int, *, plain: bool, ending: bool = False) -> EventMatch | None:
    tail = text[at:].casefold()
    months, days, length = _period(text[begins:at].casefold(), tail)
    stop = _STOP.search(tail[length:])
    phrase = tail[length : length + stop.start()] if stop else tail[length:]
    words = phrase.split()[:_MAX_WORDS]
    dated = any(day_at <= len(phrase) for _, day_at in dates_in(tail[length:]))
    key_and_level = _key_and_level(words, plain=plain or bool(months or days), dated=dated)
    if key_and_level is None:
        return None
    version, level = (None, "") if dated and _also_dated(tail[length:], phrase) else key_and_level
    end = at + length + len(phrase)
    event = EndEvent(text=text[begins:end].strip(), version=version, level=level, months=months, days=days)
    return EventMatch(event, f"{text[:begins]} {text[end:]}".strip(), ending)


def _period(lead: str, tail: str) -> tuple[int, int, int]:
    """How long support goes on after the event, as months and days, and how much of the text says so."""
    match = _PERIOD.search(tail)
    length = match.end() if match else 0
    match = match or _PERIOD_BEFORE.search(lead)
    if match is None:
        return 0, 0, 0
    count = number_of(match["count"])
    months = {"month": count, "year": 12 * count}.get(match["unit"], 0)
    return months, {"day": count, "week": 7 * count}.get(match["unit"], 0), length


def _key_and_level(words: list[str], *, plain: bool, dated: bool) -> tuple[Key | None, Level | Literal[""]] | None:
    """Which release some words mean, as its place in the order or as a level; None where they speak of no release."""
    bare = [word.strip(".,:;!'’\"“”`*").removesuffix("'s").removesuffix("’s") for word in words]
    word_set = set(bare)
    happens = bool(word_set & _HAPPENS)
    if word_set & _NO_EVENT or not (happens or plain or word_set & _NEXT):
        return None
    for at, word in enumerate(bare):
        if _NUMBER.fullmatch(word) and (happens or not (dated or _seasonal(word_set))):
            return _version(bare, at), ""
    if not happens and not word_set & _NEXT:
        return (None, "") if (dated and _either(bare)) or (plain and any(map(_like_version, bare))) else None
    return None, _level(word_set) if word_set & _NEXT else ""


def _like_version(word: str) -> bool:
    """Whether a word is a version that is not read here: `8.4.0-stable`; it ends the support all the same."""
    return _BEGINS.match(word) is not None and not _NUMBER.fullmatch(word) and not any(dates_in(word))


def _either(words: list[str]) -> bool:
    """Whether a version stands beside a day as the other end: `8.4 or 2027-01-01`."""
    beside = [word for at, word in enumerate(words) if "or" in words[max(0, at - 1) : at + 2]]
    return any("." in word and _NUMBER.fullmatch(word) and not any(dates_in(word)) for word in beside)


def _version(words: list[str], at: int) -> Key | None:
    """Where the release begins that a word names; None where it is one of other software (`until Debian 13 is released`)."""
    if is_foreign(" ".join(words[max(0, at - 1) : at + 1])) or is_foreign(" ".join(words[max(0, at - 2) : at + 1])):
        return None
    bound = comparison(words[at].rstrip("+"), "")
    return bound.range.low if bound is not None else None


def _level(words: set[str]) -> Level | Literal[""]:
    """The level of "the next ..."; which release is an LTS, nobody knows here."""
    if "lts" in words or "long-term" in words:
        return ""
    if words & {"major", "majors"}:
        return "major"
    if words & {"minor", "minors", "feature"}:
        return "minor"
    return "line" if words & _THINGS else ""


def _seasonal(words: set[str]) -> bool:
    """Whether the words name a month or a season: a day that is not written as one, and no release."""
    return any(word.startswith(_MONTHS) for word in words)


def _also_dated(text: str, phrase: str) -> bool:
    """Whether an event comes beside a day (`until 2026-01-01 or the release of 8.4`): `2026.1` itself is none."""
    released = " ".join("#" if _NUMBER.fullmatch(word.strip(".,")) else word for word in text.split())
    return any(at <= len(phrase) for _, at in dates_in(released))
