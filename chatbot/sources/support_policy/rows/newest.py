"""What a clause means by "the latest": how many of which level, and within which line."""

from dataclasses import replace

from chatbot.core.support.rows import Latest, Level
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.rows.selectors import Selector, count_in, level_in

_LATEST = patterns.compile(
    r"\b(?:(?P<n1>two|three|four|five|couple|[2-9]) (?:\w+ )?)?"
    r"(?:latest|newest|most recent(?:ly released)?|current|last|recent)\b"
    r"(?P<words>(?:[ -][\w.’'-]+){0,4}?)[ -]"
    r"(?P<noun>versions?|releases?|patch|tags?|builds?|series|lines?|branch(?:es)?|majors?|minors?)\b"
    r"(?: (?P<more>series|lines?|branch(?:es)?|streams?|trains?)\b)?"
)
_BARE_LATEST = patterns.compile(r"\b(?:the|only) (?:latest|newest)(?: one)? (?:is|are|will|gets?|receives?)\b")
_ALSO_BEFORE = patterns.compile(
    r"\b(?:and|plus|as well as) (?:also )?(?:the |its )?(?:(?P<n>one|two|three) )?(?:(?:release|version|one|minor|major) )?"
    r"(?:immediately )?(?:previous|prior|preceding|before|penultimate)\b(?P<many> (?:versions|releases|majors|minors|ones))?"
)
_SECOND = patterns.compile(
    r"\b(?:the|its) (?:immediately )?(?:previous|prior|preceding) (?:stable )?(major|minor|release|version)\b"
)
# "the latest 3.x release", "the latest patch of 3.4": the newest one of a line, not the line
_INSIDE = patterns.compile(
    r"\b(?:latest|newest|most recent|last) (?:[a-z-]+ ){0,2}v?\d[\w.*]* (?:\w+ )?(?:release|version|patch|build)\b"
    r"|\b(?:latest|newest|most recent|last) (?:\w+ ){0,2}(?:of|in|from|on|within) (?:the )?(?:versions? )?v?\d"
)
_LETTERS = patterns.compile(r"[a-z]+")
_EXAMPLES = patterns.compile(r"(?:^|[^\w.-])(\d+(?:\.\d+)*)")
_COUNTS = frozenset({"two", "three", "2", "3", "4", "couple"})


_OF_EACH = patterns.compile(
    r"[\w ]{0,16}\b(?:of|in|from|for|on|within|per) (?:each|every|any|both|a given|(?:minor|major|line|branch)\b)"
)


def singled(latest: Latest | None, selector: Selector, clause: str) -> tuple[Latest | None, Selector]:
    """The newest one of the line that a clause names, where it means that one and not the line."""
    if latest is not None and latest.count == 1 and len(selector.ranges) == 1 and _INSIDE.search(clause):
        return replace(latest, within=selector.ranges[0]), Selector()
    return latest, selector


def latest_in(clause: str, sentence: str) -> Latest | None:
    match = _LATEST.search(clause)
    if match is None:
        second = None if DENIAL.search(clause) else _SECOND.search(clause)
        before = Latest(level=level_in({second[1]}), count=2, skip=1) if second else None
        return Latest() if _BARE_LATEST.search(clause) else before
    words = {*match["words"].replace("-", " ").split(), match["noun"], match["more"] or ""}
    if words & {"each", "every", "any"} or _OF_EACH.match(clause[match.end() :]):
        return None
    numbers = [match["n1"]] if match["n1"] else [word for word in match["words"].split() if word in _COUNTS]
    count = count_in(numbers)
    if also := _ALSO_BEFORE.search(clause[match.start() :]):
        if also["many"] and not also["n"]:
            return None
        count += {"two": 2, "three": 3}.get(also["n"] or "", 1)
    return Latest(level=_level(words, count, clause, sentence), count=count)


def _level(words: set[str], count: int, clause: str, sentence: str) -> Level:
    """What the phrase says; for "the last two releases" also what the sentence or its examples (`e.g. 1.8`) say."""
    level = level_in(words)
    if level != "release" or count == 1:
        return level
    around = level_in(set(_LETTERS.findall(sentence)))
    if around in ("major", "minor"):
        return around
    parts = {example.count(".") for example in _EXAMPLES.findall(clause)}
    return "minor" if parts == {1} else "major" if parts == {0} and "e.g" in clause else "release"


def level_of(selector: Selector) -> Level:
    """What is meant by the latest, where the page names it too: `the latest version v5`, `the latest release (1.8.2)`."""
    high = selector.ranges[0].high
    return {1: "major", 2: "minor"}.get(len(high[0]) if high and not high[1] else 0, "release")  # type: ignore[return-value] # both are levels
