"""The words with which a policy page names versions (`< 4.0`, `5.1.x`, `3.6 - 3.9`, `latest`, `all others`) -> ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chatbot.core.support.rows import Latest, Level, Range, Rest
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.ranges import Bound, comparison, end_of_run, merged
from chatbot.sources.support_policy.rows.tokens import Token, spread, tokens_of
from chatbot.sources.support_policy.words.numbers import COUNTS

MAX_SELECTOR = 200  # characters; a longer cell names nothing
BRANCHES = frozenset({"main", "master", "develop", "development", "devel", "dev", "trunk", "head", "tip", "next"})
BRANCHES |= {"nightly", "edge", "canary", "unstable", "snapshot"}

_BELOW = frozenset(
    {"below", "older", "earlier", "lower", "prior", "before", "previous", "under", "less", "preceding", "down"}
)
_ABOVE = frozenset(
    {"above", "newer", "later", "higher", "up", "upward", "upwards", "onward", "onwards", "greater", "after"}
)
_FROM = frozenset({"since", "from", "starting", "minimum"})
_LATEST = frozenset({"latest", "newest", "current", "recent", "last", "lastest", "latests"})
_REST = frozenset({"other", "others", "else", "rest", "remaining", "everything", "anything", "all", "any", "etc"})
_OLD = frozenset({"old", "historic", "historical", "past", "outdated", "obsolete", "superseded", "former", "legacy"})
_SECOND = frozenset({"previous", "prior", "preceding", "penultimate"})
_STATES = frozenset({"commit", "commits", "code", "revision", "state", "snapshot", "head", "checkout"})
_MANY = frozenset({"versions", "releases", "lines", "majors", "minors", "all", "any"})
_THINGS = frozenset({"version", "versions", "release", "releases"})
_ELSEWHERE = frozenset(
    {"branch", "branches", "tag", "tags", "image", "images", "fork", "forks", "platforms", "products"}
)
_OPERATORS = {"=<": "<=", "=>": ">=", "==": "=", "~>": "~>", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">="}
_LATEST_TAIL = (".latest", ".newest")
_PLURALS = frozenset({"versions", "releases", "minors", "majors", "lines", "branches", "series", "patches", "tags"})
_TO = frozenset({"-", "to", "through", "thru", "till", "until", "..", "..."})

_SIMPLE = patterns.compile(r"\s*([<>]=?)?\s*(v?\d+(?:\.\d+)*(?:\.[x*])*)\s*", ignore_case=True, ascii_only=True)
_NOTES = patterns.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
# "the latest release (e.g. v1.x)": an example names nothing
_EXAMPLE = patterns.compile(
    r"\W*(?:e\.? ?g\b|i\.? ?e\b|ex\.|(?:for )?example\b|such as\b|like\b|say\b|z\. ?b\.|p\. ?ex\b|例如|例:)"
)
# "1.x - 1": the line before the newest of 1.x
_BEFORE_NEWEST_OF = patterns.compile(r"\W*(v?(\d+)\.[x*]) ?- ?([1-5])\W*")
# "latest - 1", "n-2": so many before the newest
_BEFORE_NEWEST = patterns.compile(
    r"\W*(?:the )?(?:latest|current|newest|n)(?: (?:major|minor|release|version|line))?\W*? ?- ?([1-5])\W*"
)
# "vN-1", "X-1": a count from the newest, which is no version
_FROM_NEWEST = patterns.compile(r"(?:^|[^\w.])v?[nx](?:\.[yx])? ?- ?[1-9]\b")
_SHAPE_BEFORE = patterns.compile(r"\bv(n ?- ?[1-9])\b")
_OPEN_NOTE = patterns.compile(
    r"[(\[]\s*((?:and|or|&) (?:all )?(?:below|older|earlier|lower|prior|previous|above|newer|later|higher|up|upwards?"
    r"|onwards?)(?: versions| releases)?)\s*[)\]]"
)


@dataclass(frozen=True, slots=True)
class Selector:
    """What a cell names: ranges, something latest, branches by name, or the rest; all empty where it names nothing."""

    ranges: tuple[Range, ...] = ()
    latest: Latest | None = None
    rest: Rest = ""
    names: frozenset[str] = frozenset()
    extra: int = 0  # words that are no part of any of it

    @property
    def empty(self) -> bool:
        return not (self.ranges or self.latest or self.rest or self.names)


@lru_cache(maxsize=4096)
def read_selector(text: str) -> Selector:
    """Read a cell such as `>= 3.10.8, < 4.0.0`, `Latest release in 7.x` or `v2.x (LTS)`; empty where it names nothing."""
    if len(text) > MAX_SELECTOR:
        return Selector()
    if (simple := _SIMPLE.fullmatch(text)) and (bound := comparison(simple[2].casefold(), simple[1] or "")):
        return Selector(ranges=(bound.range,))  # what most cells are, without looking for words
    plain = _OPEN_NOTE.sub(r" \1 ", spread(text))
    counted = "-" in plain and _FROM_NEWEST.search(plain) is not None
    plain = _SHAPE_BEFORE.sub(r"\1", plain) if counted else plain
    main = _NOTES.sub(" ", plain)
    notes = " ".join(note for note in _NOTES.findall(plain) if not _EXAMPLE.match(note))
    if (of_line := _BEFORE_NEWEST_OF.fullmatch(plain)) and int(of_line[3]) <= int(of_line[2]):
        back, line = int(of_line[3]), comparison(of_line[1], "")
        return Selector(latest=Latest(level="minor", count=back + 1, skip=back, within=line.range if line else None))
    if before := _BEFORE_NEWEST.fullmatch(plain.replace("`", "")):
        back, level = int(before[1]), level_in(set(main.split()))
        return Selector(latest=Latest(level="line" if level == "release" else level, count=back + 1, skip=back))
    if counted:
        notes = _FROM_NEWEST.sub(" ", notes) if _FROM_NEWEST.search(main) is None else ""
        main = _FROM_NEWEST.sub(" ", main)
    selector = _parse(tokens_of(main))
    if not selector.ranges and notes and selector.rest == "":
        inner = _parse(tokens_of(notes))
        if inner.ranges and (selector.latest is None or not selector.latest.older):
            return replace(inner, names=inner.names | selector.names, latest=None, rest="")
    names = {token.text for token in tokens_of(notes) if token.text in BRANCHES}
    return replace(selector, names=selector.names | names)


def _parse(tokens: list[Token]) -> Selector:
    tokens = _counted(tokens)
    words = {token.text for token in tokens if token.kind == "word"}
    names = frozenset(words & BRANCHES)
    newest = next((token.text for token in tokens if token.kind == "ver" and token.text.endswith(_LATEST_TAIL)), "")
    if newest and (bound := comparison(newest.rpartition(".")[0], "")):
        return Selector(latest=Latest(within=bound.range), names=names)  # `2.latest`
    ranges, extra = _ranges(tokens)
    if words & _LATEST and ranges == [Range()]:
        ranges = []  # "latest `v*.*.*` tag": the shape of every version names none
    latest = _latest(tokens, words, ranges)
    if latest is not None:
        return Selector(latest=latest, names=names, extra=extra)
    if ranges:
        return Selector(ranges=tuple(ranges), names=names, extra=extra)
    if names and tokens[0].text in ("not", "non"):
        return Selector(rest="all")  # "not `edge`"
    return Selector(rest=_rest(words), names=names, extra=extra)


def _counted(tokens: list[Token]) -> list[Token]:
    """The tokens with the number in "latest 2 minors of 7.x" as a word: it counts, and is no version."""
    counted = list(tokens)
    for at, token in enumerate(tokens):
        after = [each.text for each in tokens[at + 1 : at + 4]]
        beside = {each.text for each in tokens[max(0, at - 2) : at + 2]}
        if token.kind == "ver" and len(token.text) == 1 and token.text.isdigit() and beside & _LATEST:
            counted[at] = Token("word", token.text) if _PLURALS & set(after) else token
    return counted


def _rest(words: set[str]) -> Rest:
    if any(part in _ELSEWHERE for word in words for part in word.split("-")):
        return ""
    if words & _SECOND and not words & _MANY:
        return ""
    if words & (_BELOW | _OLD) and len(words - _BELOW - _OLD - _REST - _THINGS - {"major", "minor"}) <= 1:
        return "older"
    return (
        "all" if words & _REST and len(words - _REST - _THINGS - {"of", "the", "not", "listed", "above"}) <= 1 else ""
    )


def _latest(tokens: Sequence[Token], words: set[str], ranges: Sequence[Range]) -> Latest | None:
    """`latest`, `< latest release`, `latest release in 7.x`, `older 3.x`, `last two minor versions`; None for a mere label."""
    older = bool(words & {"older", "previous"}) or any(token.text in ("<", "before") for token in tokens)
    if words & _STATES and words & BRANCHES:
        return None  # "the latest commit on main" is no release
    if ranges:
        if tokens[0].kind == "ver" and len(tokens) > 1 and tokens[1].kind == "sep":
            return None  # "1.x - the current release" is that line
        leads = next((token.text for token in tokens if token.text != "the"), "") in _LATEST or bool(
            words & {"in", "of", "release", "patch"}
        )
        singled = words & _LATEST and leads and len(ranges) == 1
        first = tokens[0].text in ("older", "previous") and "than" not in words
        inside = ranges[0]
        if (singled or first) and inside.low is not None and inside.high is not None and "or" not in words:
            return Latest(within=inside, older=True) if first else _within(inside, tokens, words)
        return None
    if (
        words & _SECOND
        and words & {"major", "minor", "release", "version", "line", "stable"}
        and not words & (_MANY | _LATEST)
    ):
        return Latest(level=level_in(words), count=2, skip=1)
    if not words & (_LATEST | {"stable"}):
        return None
    return Latest(level=level_in(words), count=count_in([token.text for token in tokens]), older=older)


def _within(line: Range, tokens: Sequence[Token], words: set[str]) -> Latest | None:
    """`latest release of 7.x`, `latest 2 minors of 7.x`; None where the line itself is called the latest: `latest major 7.x`."""
    count = count_in([token.text for token in tokens if token.kind == "word"])
    level = level_in(words - {"line", "series", "branch", "stream", "train"})
    size = len(line.high[0]) if line.high is not None and not line.high[1] else 0
    if level == "major" or (level == "minor" and size != 1):
        return None if count == 1 and size == (1 if level == "major" else 2) else Latest(count=count, within=line)
    return Latest(level=level, count=count, within=line)


def level_in(words: set[str]) -> Level:
    """What the latest of is meant: "major", "minor" where a word says so, "release" otherwise; `major.minor` is a minor."""
    words = {part for word in words for part in word.replace("/", ".").split(".")}
    if words & {"major", "majors"} and not words & {"minor", "minors"}:
        return "major"
    if words & {"minor", "minors", "feature", "features"}:
        return "minor"
    return "line" if words & {"line", "lines", "series", "branch", "branches", "stream", "train"} else "release"


def count_in(words: Sequence[str]) -> int:
    """How many: `two`, `3`; 1 where nothing says."""
    for word in words:
        if word in COUNTS:
            return COUNTS[word]
        if word.isdigit() and len(word) == 1 and word != "0":
            return int(word)
    return 1


def _ranges(tokens: Sequence[Token]) -> tuple[list[Range], int]:
    items: list[Bound] = []
    operator, joined, extra = "", "", 0
    dash = False
    between = any(token.text == "between" for token in tokens)
    for index, token in enumerate(tokens):
        if token.kind == "op":
            operator = _OPERATORS.get(token.text, token.text)
        elif token.kind == "ver":
            word = _word_before(tokens, index)
            operator = operator or word
            item = comparison(token.text, operator)
            if item is None:
                extra += 1
            elif dash and items and not operator:
                items[-1].range = Range(items[-1].range.low, end_of_run(token.text, item.range))
            else:
                item.joined = joined
                items.append(item)
            operator, joined, dash = "", "", False
        elif (token.text in _TO or (token.text == "and" and between)) and items and not dash:
            dash = True
        elif items and (end := _open_end(tokens, index)):
            items[-1] = Bound(Range(None, items[-1].range.high) if end == "<" else Range(items[-1].range.low, None))
        elif token.text in ("or", "|", "||"):
            joined = "or"
        else:
            extra += token.kind == "word" and token.text not in _NOISE and not token.text.isdigit()
    return merged(items), extra


_NOISE = _BELOW | _ABOVE | _PLURALS | {"minor", "major", "stable"} | _FROM | _LATEST | _REST | _THINGS | BRANCHES | frozenset(
    {"v", "and", "the", "than", "with", "in", "of", "between", "at", "least", "most", "branch", "line", "series", "lts", "tag"}
)  # fmt: skip


def _word_before(tokens: Sequence[Token], index: int) -> str:
    """The comparison that words before a version make: `older than 3`, `before 3`, `up to 3`, `since 3`."""
    before = [
        token.text for token in tokens[max(0, index - 3) : index] if token.text not in ("version", "v", "release")
    ]
    if not before:
        return ""
    last, pair = before[-1], before[-2:]
    if last == "than" and len(pair) == 2:
        return "<" if pair[0] in _BELOW else ">" if pair[0] in _ABOVE else ""
    if pair in (["up", "to"], ["at", "most"]):
        return "<="
    if pair in (["prior", "to"], ["previous", "to"]) or last in ("before", "below", "under"):
        return "<"
    if last in ("above", "after"):
        return ">"
    return (
        ">="
        if last in _FROM or pair in (["at", "least"], ["starting", "with"], ["starting", "at"], ["starting", "from"])
        else ""
    )


def _open_end(tokens: Sequence[Token], index: int) -> str:
    """Whether the words after a version leave it open: "<" for `and below`, ">" for `or newer`, "" for neither."""
    word = tokens[index].text
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if following in ("than", "to") or (index + 1 < len(tokens) and tokens[index + 1].kind == "ver"):
        return ""
    if word in ("previous", "prior", "preceding", "before", "after") and following not in (
        "",
        "version",
        "versions",
        "releases",
    ):
        return ""  # "3.2 and the previous one"
    if word in _BELOW:
        return "<"
    return ">" if word in _ABOVE or word == "+" else ""
