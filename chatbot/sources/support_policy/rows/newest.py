"""What a clause means by "the latest": how many of which level, and within which line."""

from dataclasses import replace

from chatbot.core.support.rows import Latest, Level, Stage
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.rows.selectors import Selector, count_in, level_in, read_selector
from chatbot.sources.support_policy.scan import has_digit
from chatbot.sources.support_policy.words.numbers import COUNT_WORD, COUNTS

_COUNT = rf"(?:{COUNT_WORD}(?: of)?|[2-9])"
_NOUN = r"(?:versions?|releases?|patch(?:es)?|tags?|builds?|series|lines?|branch(?:es)?|majors?|minors?)"
_LATEST = patterns.compile(
    rf"\b(?:(?P<n1>{_COUNT}) (?:\w+ )?)?(?P<lead>latest|current|last|recent)\b(?P<words>(?:[ -][\w.'+/-]+){{0,5}}?)[ -]"
    rf"(?P<noun>{_NOUN})\b(?P<more>(?: {_NOUN}\b)?)"
)
_BARE = patterns.compile(r"\blatest\b(?: ones?)?(?:$| (?:is|are|will|gets?|receives?|only|and)\b|[,.;)])")
_ONE_AT_A_TIME = patterns.compile(
    rf"\b(?P<n>one|single"
    rf"|{_COUNT}) (?P<words>(?:[\w.-]+ ){{0,3}}?)(?P<noun>{_NOUN})(?: {_NOUN})? (?:are )?(?:\w+ )?at (?:a|any|one|the same)"
    r"(?: given| one| single)? (?:time|moment|point)"
)
_ON_STABLE = patterns.compile(
    r"\b(?:version|release)\b[\w ]{0,24} (?:on|in|from) the (?:stable|release) (?:branch|channel)\b"
)
_ALSO_BEFORE = patterns.compile(
    rf"\b(?:and|,) (?:also )?(?:the |its )?(?:(?P<n>one|{_COUNT}) )?"
    r"(?:(?:releases?|versions?|one|minors?|majors?|stable|lines?|series) ){0,3}"
    r"(?:previous|prior|before|last|back|behind)\b(?P<many> (?:versions|releases|majors|minors|ones))?"
)
# "two minor versions back from the current one"
_BACK_FROM = patterns.compile(
    rf"\b(?P<n>one|{_COUNT}) (?P<words>(?:[\w-]+ ){{0,3}}?)(?:{_NOUN} )?(?:back|behind|before|prior|down)(?: (?:from|of|to))?"
    r" (?:the |our )?(?:latest|current|last)\b"
)
# "five minor releases of the latest major"
_OF_NEWEST = patterns.compile(
    rf"\b(?P<n>{_COUNT}) (?P<words>(?:[a-z-]+ ){{0,2}}?)(?P<noun>{_NOUN})(?: {_NOUN})? (?:of|in|from|within) (?:the )?"
    r"(?:latest|current|last) major\b"
)
# "the last two minors of 7.x": the newest so many of a line
_OF_LINE = patterns.compile(
    rf"\b(?:(?P<n1>{_COUNT}) )?(?:latest|last|recent|current) (?P<words>(?:[a-z0-9-]+ ){{0,3}}?)(?P<noun>{_NOUN})(?: {_NOUN})?"
    r" (?:of|in|from|for|on|within) (?:the )?(?:(?:versions?|major|release|series"
    r"|line) ){0,2}(?P<line>v?\d+(?:\.\d+)*(?:\.[x*])*)"
    r"(?: (?:line|series|branch|releases?))?"
)
_SECOND = patterns.compile(
    rf"\b(?:the|its) (?:previous|prior) (?:stable )?(?P<noun>major|minor|release|version)\b(?P<more> {_NOUN})?"
)
# "the latest 3.x release", "the latest patch of 3.4": the newest one of a line, not the line
_INSIDE = patterns.compile(
    r"\b(?:latest|last) (?:[a-z-]+ ){0,2}v?\d[\w.*]* (?:\w+ )?(?:release|version|patch|build)\b"
    r"|\b(?:latest|last) (?:\w+ ){0,3}(?:of|in|from|on|within) (?:the )?(?:versions? )?(?:[a-z]+ )?v?\d"
)
_LETTERS = patterns.compile(r"[a-z]+")
_EXAMPLES = patterns.compile(r"(?:^|[^\w.-])(\d+(?:\.\d+)*)")
_COUNTS = frozenset({*COUNTS, *"23456"})
# A word that ends the phrase: what follows it is about something else.
_STOPS = frozenset(
    {
        "is",
        "are",
        "will",
        "be",
        "for",
        "to",
        "of",
        "on",
        "in",
        "from",
        "by",
        "has",
        "have",
        "receives",
        "receive",
        "gets",
        "get",
        "that",
        "which",
    }
)
_STOPS |= {
    "changes",
    "commit",
    "commits",
    "code",
    "news",
    "information",
    "updates",
    "fixes",
    "date",
    "than",
    "before",
    "list",
    "year",
}
_STAGES = frozenset({"alpha", "beta", "rc", "prerelease", "pre-release", "preview", "snapshot", "nightly"})
_EARLY = patterns.compile(
    r"\b(?:alphas|betas|rcs|pre-?releases|previews|snapshots|nightlies|candidates|(?:alpha|beta|rc|pre-?release|preview|candidate"
    r"|snapshot|nightly|development) (?:versions|releases|builds|tags))\b"
)
_TOO = patterns.compile(r"\b(?:and|incl\w*|with|plus|also|even)\b|[&+]")
_COUNT_WORDS = tuple(f"{word} " for word in (*COUNTS, "one", *"23456789"))
_ALL_OF = frozenset({"each", "every", "any", "all"})
_OF_EACH = patterns.compile(
    r"[\w ]{0,16}\b(?:of|in|from|for|on|within|per) (?:all |the )?(?:each|every|any|both|a given|(?:minor|major|line|branch)\b)"
    r"|[\w ]{0,16}\b(?:of|in|from|for|on|within) (?:the |these |those |all )?(?:supported|maintained|active|two|three"
    r"|\w+ two|listed|above)\b"
)
_N_MINUS = patterns.compile(r"\bn ?- ?([1-5])\b")
_OF_MAJOR = patterns.compile(r"\b(?:of|in|within) the (?:latest|current|last) major\b")


def singled(latest: Latest | None, selector: Selector, clause: str) -> tuple[Latest | None, Selector]:
    """The newest one of the line that a clause names, where it means that one and not the line."""
    if latest is not None and latest.count == 1 and len(selector.ranges) == 1 and _INSIDE.search(clause):
        return replace(latest, within=selector.ranges[0]), Selector()
    return latest, selector


def of_lines(clause: str) -> tuple[Latest, ...]:
    """The newest so many of each line that a clause speaks of: "the last two minors of 3.x and the last of 2.x"; none where it
    names another version too."""
    matches = list(_OF_LINE.finditer(clause)) if has_digit(clause) else []
    if not matches or "lts" in clause:
        return ()
    at, rest = 0, ""
    for match in matches:
        rest += clause[at : match.start()]
        at = match.end()
    if has_digit(rest + clause[at:]):
        return ()
    return tuple(latest for match in matches if (latest := _of_line(match)))


def _of_line(match: patterns.Match) -> Latest | None:
    words = {*match["words"].replace("-", " ").split(), match["noun"]}
    numbers = [match["n1"].split()[0]] if match["n1"] else [word for word in words if word in _COUNTS]
    ranges = read_selector(match["line"]).ranges
    level = level_in(words - {"line", "lines", "series", "branch", "branches"})
    if words & _STOPS or len(ranges) != 1 or level == "major":
        return None
    return Latest(level=level, count=count_in(numbers), within=ranges[0])


def _counted_back(clause: str) -> Latest | None:
    """What is meant by "two minor versions back from the current one", "five minor releases of the latest major"."""
    if back := _BACK_FROM.search(clause):
        level = level_in(set(back[0].split()) - {"stable"})
        return Latest(level="line" if level == "release" else level, count=count_in([back["n"].split()[0]]) + 1)
    of_newest = _OF_NEWEST.search(clause)
    if of_newest is None or clause[: of_newest.start()].rstrip().endswith(("latest", "last", "recent", "current")):
        return None
    level = level_in({*of_newest["words"].split(), of_newest["noun"]})
    return Latest(
        level="line" if level == "release" else level, count=count_in([of_newest["n"].split()[0]]), of_major=True
    )


def latest_in(clause: str, sentence: str) -> Latest | None:
    """What a clause in plain words means by "the latest"; None where it means nothing that releases could tell."""
    if (back := _N_MINUS.search(clause)) is not None:
        level = level_in(set(_LETTERS.findall(sentence)))
        within = _OF_MAJOR.search(clause) is not None
        return Latest(level="line" if level == "release" else level, count=1 + int(back[1]), of_major=within)
    if any(map(clause.__contains__, _COUNT_WORDS)) and (counted := _counted_back(clause)):
        return counted
    for match in _LATEST.finditer(clause):
        words = {*match["words"].replace("-", " ").split(), match["noun"], *match["more"].split()}
        if words & _STOPS or "lts" in words or (match["lead"] == "recent" and not match["n1"]):
            continue
        return _of(match, words, clause, sentence)
    return _without_noun(clause)


def _of(match: patterns.Match, words: set[str], clause: str, sentence: str) -> Latest | None:
    tail = clause[match.end() :]
    if words & _ALL_OF:
        return None
    if (each := _OF_EACH.match(tail)) and not _OF_MAJOR.match(tail.lstrip()):
        return _of_each(match, words, tail[each.end() :])
    numbers = [match["n1"].split()[0]] if match["n1"] else [word for word in match["words"].split() if word in _COUNTS]
    count = count_in(numbers)
    if also := _ALSO_BEFORE.search(clause[match.start() :]):
        if also["many"] and not also["n"]:
            return None
        count += count_in([also["n"] or ""])
    level = _level(words, count, clause, sentence)
    return Latest(level=level, count=count, of_major=count > 1 and _OF_MAJOR.search(tail) is not None)


def _of_each(match: patterns.Match, words: set[str], tail: str) -> Latest | None:
    """The newest of every line of a level: "the latest patch of each minor"; None where the level is not plain."""
    around = level_in({word.strip(".,;:()") for word in tail.split()[:4]})
    level, numbers = level_in(words), [match["n1"].split()[0]] if match["n1"] else []
    if around not in ("major", "minor") or level not in ("release", "minor") or level == around:
        return None
    return Latest(level=level, count=count_in(numbers), each=around)


def _without_noun(clause: str) -> Latest | None:
    """What is meant by "the latest", "one minor version at a time", "the version on the stable branch", "the previous major"."""
    if match := _ONE_AT_A_TIME.search(clause):
        words = {*match["words"].split(), match["noun"]}
        level = level_in(words)
        return Latest(level="line" if level == "release" else level, count=count_in([match["n"].split()[0]]))
    if _BARE.search(clause) or _ON_STABLE.search(clause):
        return Latest(level=level_in(set(_LETTERS.findall(clause))) if _ALSO_BEFORE.search(clause) else "release")
    second = None if DENIAL.search(clause) else _SECOND.search(clause)
    return (
        Latest(level=level_in({second["noun"], *(second["more"] or "").split()}), count=2, skip=1) if second else None
    )


def of_stage(clause: str) -> bool:
    """Whether a clause speaks of releases before the release: betas, candidates."""
    return not _STAGES.isdisjoint(clause.replace(",", " ").split())


def stage_of(label: str) -> Stage:
    """Which stages a label in lower case means: "pre" for `4.x prereleases`, "all" for `4.0 beta` and `4.x incl. betas`."""
    early = _EARLY.search(label)
    if early is not None and not _TOO.search(label[: early.start()]):
        return "pre"
    return "all" if early is not None or of_stage(label) else ""


def _level(words: set[str], count: int, clause: str, sentence: str) -> Level:
    """What the phrase says; for "the last two releases" also what the sentence or its examples (`e.g. 1.8`) say."""
    level = level_in(words)
    if level == "line" and "minor" in clause:
        return "minor"
    if level != "release" or count == 1 or words & {"patch", "point", "bugfix"}:
        return level
    around = level_in(set(_LETTERS.findall(sentence)) - {"line", "lines", "series", "branch", "branches"})
    if around in ("major", "minor"):
        return around
    parts = {each.count(".") for each in _EXAMPLES.findall(clause)}
    return "minor" if parts == {1} else "major" if parts == {0} and "example" in clause else "line"


def level_of(selector: Selector) -> Level:
    """What is meant by the latest, where the page names it too: `the latest version v5`, `the latest release (1.8.2)`."""
    high = selector.ranges[0].high
    return {1: "major", 2: "minor"}.get(len(high[0]) if high and not high[1] else 0, "release")  # type: ignore[return-value] # both are levels
