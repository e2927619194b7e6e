"""Windows of support that hold for every line ("each minor is supported for 12 months after its release") -> a row of all.

Which day that is, only the dates of the project's releases tell; without them the row decides nothing.
"""

from dataclasses import replace
from typing import Literal

from chatbot.core.support.rows import EndEvent, Range, Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.durations import window_in
from chatbot.sources.support_policy.rows.bare import row_of
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import Selector

_GIVE = r"(?:support|maintain|patch|provide (?:security )?(?:fixes|updates|patches|support) (?:for|to))"
_EVERY = patterns.compile(
    rf"^\W*(?:in general |generally |usually )?,?(?:we (?:will )?{_GIVE} )?(?P<all>(?:each|every|any|all|an?|our) )?"
    r"(?P<words>(?:(?:new|stable|major|minor|feature|published|regular|of our) )*)"
    r"(?P<noun>versions?|releases?|lines?|series|branch(?:es)?|minors?|majors?)\b"
)
_OWN = patterns.compile(
    r"\bfor (?:a period of |at least |up to |a minimum of |the )?(?P<span>[\w-]+ (?:months?|years?))"
    r"(?: (?:after|from|following|of|since) (?:(?:its|their|the|that|being|date|of|first|initial|original|general|day|been) )*"
    r"(?:release[sd]?|publication|published|launch|availability|ga)(?: date)?| (?:each|in total|only))?\W*(?:$|(?P<more>\w+))"
)
_SEVERAL = patterns.compile(
    r"\b(?:two|three|four|five|[2-9]|second|third) (?:\w+ )?(?:newer|more|later|new|next|major|minor|releases|versions)\b"
)
_HEDGED = patterns.compile(r"\b(?:may|might|could|try|hope|aim|best[- ]effort|intend|plan|lts|long[- ]term)\b")


def window_of(clause: str, line: int) -> Row | None:
    """The row of a clause in plain words about every version; None where it is about some of them or names no window."""
    subject = _EVERY.match(clause)
    if subject is None or DENIAL.search(clause) or _HEDGED.search(clause):
        return None
    words = f"{subject['words'] or ''}{subject['noun']}"
    level: Literal["major", "minor", "release"] = (
        "major" if "major" in words else "minor" if "minor" in words or "feature" in words else "release"
    )
    if not subject["all"] and level == "release":
        return None
    event = _own(clause, level) or _next(clause)
    return None if event is None else replace(row_of(clause, line, Selector(ranges=(Range(),)), "yes"), event=event)


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
