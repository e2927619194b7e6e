"""Windows of support that hold for every line ("each minor is supported for 12 months after its release") -> a row of all.

Which day that is, only the dates of the project's releases tell; without them the row decides nothing.
"""

from dataclasses import replace
from typing import Literal

from chatbot.core.support.rows import EndEvent, Latest, Range, Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.durations import window_in
from chatbot.sources.support_policy.rows.bare import row_of
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector
from chatbot.sources.support_policy.words.hedges import NO_WINDOW

_GIVE = r"(?:support|maintain|patch|provide (?:security )?(?:fixes|updates|patches|support) (?:for|to))"
_EVERY = patterns.compile(
    rf"^\W*(?:in general |generally |usually )?,?(?:we (?:will )?{_GIVE} )?(?P<all>(?:each|every|any|all|an?|our) )?"
    r"(?P<words>(?:(?:new|stable|major|minor|feature|published|regular|monthly|quarterly|yearly|annual|of our) )*)"
    r"(?P<noun>versions?|releases?|lines?|series|branch(?:es)?|minors?|majors?)\b"
)
_FROM = patterns.compile(
    r"^\W*(?:from|since|starting (?:with|from|at)|as of) (?:version )?(?P<from>v?\d[\w.]*)(?: on(?:wards?)?)?, "
)
_OWN = patterns.compile(
    r"\bfor (?:a period of |at least |up to |a minimum of |the )?(?P<span>[\w-]+ (?:months?|years?))"
    r"(?: (?:after|from|following|of|since) (?:(?:its|their|the|that|being|date|of|first|initial|original|general|day|been) )*"
    r"(?:release[sd]?|publication|published|launch|availability|ga)(?: date)?| (?:each|in total|only))?\W*(?:$|(?P<more>\w+))"
)
_SPAN = r"(?P<span>(?:[\w-]+ )?(?:months?|years?))"
_RECENT = patterns.compile(
    rf"\b(?P<noun>versions?|releases?|minors?|majors?|lines?)\b[\w, -]{{0,80}}?\b(?:(?:in|within|during|from|of"
    rf"|for) the (?:last|past|previous)"
    rf" {_SPAN}|(?:less|before|fewer|not more|no more|not older|younger|newer|within"
    rf"|up to) (?:than )?{_SPAN.replace('span', 'age')} (?:ago|old|back)"
    rf"|(?:dating|going|reaching|up to) back (?:up to |for )?{_SPAN.replace('span', 'back')}"
    rf"|not older than {_SPAN.replace('span', 'older')})\b"
)
_GOES_ON = patterns.compile(
    r"\b(?:previous|preceding|prior|old(?:er)?|last|one before it)\b.{0,80}?\bfor (?:a period of |at least "
    r"|up to |another |an additional |the )?"
    r"(?P<count>[\w-]+) (?:more |further |additional )?(?P<unit>months?|years?)\b"
)
_WHEN = patterns.compile(
    r"\b(?:when|once|after|following|upon|of) (?:a |an |the |any |each |every |our )?(?:new|next|latest"
    r"|current)?\s?(?P<level>major|minor|feature|release|version)\b"
)
_SEVERAL = patterns.compile(
    r"\b(?:two|three|four|five|[2-9]|second|third) (?:\w+ )?(?:newer|more|later|new|next|major|minor|releases|versions)\b"
)


def window_of(clause: str, line: int) -> Row | None:
    """The row of a clause in plain words about every version; None where it is about some of them or names no window."""
    begins = _FROM.match(clause)
    low = read_selector(begins["from"]).ranges if begins else ()
    clause = clause[begins.end() :] if begins else clause
    subject = _EVERY.match(clause)
    if subject is None or DENIAL.search(clause) or NO_WINDOW.search(clause):
        return None
    words = f"{subject['words'] or ''}{subject['noun']}"
    level: Literal["major", "minor", "release"] = (
        "major" if "major" in words else "minor" if "minor" in words or "feature" in words else "release"
    )
    if not subject["all"] and level == "release":
        return None
    event = _own(clause, level) or _next(clause)
    if event is None or (begins and len(low) != 1):
        return None
    span = Range(low[0].low, None) if low else Range()
    return replace(row_of(clause, line, Selector(ranges=(span,)), "yes"), event=event)


def windows_of(sentence: str, line: int) -> tuple[Row, ...]:
    """The rows of a sentence in plain words about releases of some last months, or about how long a line goes on after the next
    one has come; none of any other."""
    if "month" not in sentence and "year" not in sentence:
        return ()
    if NO_WINDOW.search(sentence) or DENIAL.search(sentence):
        return ()
    if (recent := recent_in(sentence, line)) is not None:
        return (row_of(sentence, line, Selector(latest=Latest()), "yes"), recent)
    follows, when = _GOES_ON.search(sentence), _WHEN.search(sentence)
    months = window_in(f"{follows['count']} {follows['unit']}") if follows else 0
    if follows is None or when is None or not months:
        return ()
    level: Literal["major", "minor", "release"] = (
        "major" if when["level"] == "major" else "minor" if when["level"] in ("minor", "feature") else "release"
    )
    if level == "release":
        return ()
    event = EndEvent(
        text=f"{follows['count']} {follows['unit']} after a new {level}", level=level, months=months, tentative=True
    )
    return (
        row_of(sentence, line, Selector(latest=Latest(level=level)), "yes"),
        replace(row_of(sentence, line, Selector(ranges=(Range(),)), ""), event=event),
    )


def recent_in(words: str, line: int) -> Row | None:
    """The row of "releases of the past 12 months", counted from each release's own day; None of any other words."""
    match = _RECENT.search(words)
    if match is None:
        return None
    span = next(match[name] for name in ("span", "age", "back", "older") if match[name])
    months = window_in(span if " " in span else f"one {span}")
    level: Literal["major", "minor", "release"] = "minor" if match["noun"].startswith(("minor", "line")) else "release"
    event = EndEvent(text=match[0].strip(" .,;"), since=level, months=months, tentative=True)
    return replace(row_of(words, line, Selector(ranges=(Range(),)), ""), event=event) if months else None


def _own(clause: str, level: Literal["major", "minor", "release"]) -> EndEvent | None:
    match = _OWN.search(clause)
    months = window_in(match["span"]) if match and not match["more"] else 0
    return (
        EndEvent(text=match[0].strip(" .,;"), since=level, months=months, tentative=True) if match and months else None
    )


def _next(clause: str) -> EndEvent | None:
    """The end that comes with the next release of a level: "until the next major is out"."""
    match = event_in(clause)
    if match is None or not match.event.level or _SEVERAL.search(match.event.text):
        return None  # "until two newer releases exist" ends with another one than the next
    return replace(match.event, tentative=True)
