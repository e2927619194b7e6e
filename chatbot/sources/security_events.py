"""Ends of support that come with a release (`until 8.4 is released`, `EOL when 9.0 ships`) -> what the release must be."""

from dataclasses import dataclass

from chatbot.core import patterns
from chatbot.core.policy_rows import EndEvent, Level
from chatbot.sources.security_dates import dates_in
from chatbot.sources.security_decoys import is_foreign
from chatbot.sources.security_ranges import comparison

_MAX_TEXT = 600
_MAX_WORDS = 14  # of an event, after the word that leads to it
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|nine|twelve|eighteen|twenty-four)"
_DELAY = rf"{_COUNT} (?:more )?(?:days?|weeks?|months?|years?) (?:after|from|following|past|beyond)"
_ENDING = (
    r"(?:eol|eos|end[- ]of[- ](?:life|support|maintenance)|(?:support |maintenance )?ends?|ending|expires?|ceases?|stops?"
    r"|(?:will|to|gets?|is going to) (?:be )?(?:dropped|discontinued|retired|unsupported|unmaintained|sunset|removed|end|expire"
    r"|deprecated|no longer (?:be )?(?:supported|maintained)|eol))"
)
_LEAD = patterns.compile(
    rf"\b(?P<until>until|till?|bis|hasta|jusqu['’]à)\b|\b(?P<for>for) {_DELAY}\b"
    rf"|\b(?P<end>{_ENDING}) (?:\w+ ){{0,2}}?(?:when|once|after|upon|with|as soon as|at|by|following|{_DELAY})\b"
)
_PERIOD = patterns.compile(
    rf"^\W*(?:for )?(?:up to |at least )?(?P<count>{_COUNT}) (?:more )?(?P<unit>day|week|month|year)s? (?:after|from|following|past|beyond)\b"
)
_PERIOD_BEFORE = patterns.compile(rf"(?:\b(?P<count>{_COUNT}) (?:more )?(?P<unit>day|week|month|year)s? \w+)\W*$")
_STOP = patterns.compile(r"[|;()\n]|[.,:]\s|[.,:]$|\s[-–—]\s|\b(?:whichever|and then|but|which|where|unless)\b")
_NEGATED = patterns.compile(r"\b(?:not|never|nothing|no|isn['’]t|won['’]t|un\w+ed)\b[^.;|]{0,30}$")
_NUMBER = patterns.compile(r"v?\d+(?:\.\d+)*(?:\.[x*])*\+?")
_HAPPENS = frozenset(
    "release released releases releasing ship ships shipped shipping land lands landed out available availability published"
    " publication launch launches launched arrive arrives arrived arrival here ga comes appears announced reached introduced"
    " tagged final stable".split()
)
_NEXT = frozenset("next following upcoming new newer subsequent another successor".split())
_THINGS = frozenset("version versions release line series branch".split())
_NO_EVENT = frozenset("notice present now today indefinitely forever further".split())
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "twelve": 12, "eighteen": 18,
    "twenty-four": 24,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """An event with the rest of the text; `ending` where the words themselves speak of an end ("EOL when")."""

    event: EndEvent
    rest: str
    ending: bool = False


def event_in(text: str, *, led: bool = False, plain: bool = True) -> Found | None:
    """The first end of support in a text that comes with a release; None where there is none.

    `led`: the text stands below a heading that already says "until". Not `plain`: a version alone is none, there must be a
    word that it comes out.
    """
    lowered = " ".join(text[:_MAX_TEXT].casefold().split())
    if led:
        return _found(lowered, 0, 0, plain=plain) or event_in(text)
    for lead in _LEAD.finditer(lowered):
        if lead["until"] and _NEGATED.search(lowered[: lead.start()]):
            continue
        begins = lead.start() if lead["end"] is None else lead.start("end")
        after = lead.end("until") if lead["until"] else lead.start() if lead["for"] else lead.end()
        if found := _found(lowered, begins, after, plain=plain, ending=lead["end"] is not None):
            return found
    return None


def _found(text: str, begins: int, at: int, *, plain: bool, ending: bool = False) -> Found | None:
    tail = text[at:]
    months, days, taken = _period(text[begins:at], tail)
    stop = _STOP.search(tail[taken:])
    phrase = tail[taken : taken + stop.start()] if stop else tail[taken:]
    words = phrase.split()[:_MAX_WORDS]
    read = _read(words, plain=plain)
    if read is None:
        return None
    version, level = read
    end = at + taken + len(phrase)
    event = EndEvent(text=text[begins:end].strip(), version=version, level=level, months=months, days=days)
    return Found(event, f"{text[:begins]} {text[end:]}".strip(), ending)


def _period(lead: str, tail: str) -> tuple[int, int, int]:
    """How long support goes on after the event, as months and days, and how much of the text says so."""
    found = _PERIOD.search(tail)
    taken = found.end() if found else 0
    found = found or _PERIOD_BEFORE.search(lead)
    if found is None:
        return 0, 0, 0
    count = _NUMBERS.get(found["count"]) or int(found["count"])
    months = {"month": count, "year": 12 * count}.get(found["unit"], 0)
    return months, {"day": count, "week": 7 * count}.get(found["unit"], 0), taken


def _read(words: list[str], *, plain: bool) -> tuple[tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]] | None, Level | str] | None:
    return None
