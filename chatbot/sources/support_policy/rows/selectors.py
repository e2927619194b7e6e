"""The words with which a policy page names versions (`< 4.0`, `5.1.x`, `3.6 - 3.9`, `latest`, `all others`) -> ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chatbot.core.support.rows import Latest, Level, Range, Rest
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.ranges import Bound, comparison, end_of_run, merged

_MAX_DASHES = 20  # in one word
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
_LATEST = frozenset({"latest", "newest", "current", "recent", "last"})
_REST = frozenset({"other", "others", "else", "rest", "remaining", "everything", "anything", "all", "any"})
_SECOND = frozenset({"previous", "prior", "preceding", "penultimate"})
_MANY = frozenset({"versions", "releases", "lines", "majors", "minors", "all", "any"})
_THINGS = frozenset({"version", "versions", "release", "releases"})
_ELSEWHERE = frozenset(
    {"branch", "branches", "tag", "tags", "image", "images", "fork", "forks", "platforms", "products"}
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2}
_OPERATORS = {"=<": "<=", "=>": ">=", "==": "=", "~>": "~>", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">="}
_LATEST_TAIL = (".latest", ".newest")
_TO = frozenset({"-", "to", "through", "thru", "till", "until", "..", "..."})

_TOKEN = patterns.compile(
    r"(?P<op><=|>=|==|=<|=>|~>|!=|[<>=^~≤≥⩽⩾])"
    r"|(?P<ver>v?\.?(?:\d|x\.|\*)[\w.*]*(?:[-+~][\w.]+)*\+?)"
    r"|(?P<word>[a-z@][\w'’./@-]*)"
    r"|(?P<sep>\.\.\.?|…|[,;/&|+-])",
    ascii_only=True,
)
_DASHES = patterns.compile("\\s*[\u2010-\u2015\u2212]\\s*")
_NEXT_VERSION = patterns.compile(r"[-~]\d+\.|\+(\d+\.)")  # what looks like a tail (`1.2-3.4`), and is another version
_WHOLE_NUMBER = patterns.compile(r"v?\d+(?:\W|$)")
_CALENDAR = patterns.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?[a-z]?")
_INTERVAL = patterns.compile(r"([\[(])\s?(v?\d[\d.]*)?\s?,\s?(v?\d[\d.]*)?\s?([\])])", ascii_only=True)
_SIMPLE = patterns.compile(r"\s*([<>]=?)?\s*(v?\d+(?:\.\d+)*(?:\.[x*])*)\s*", ignore_case=True, ascii_only=True)
_NOTES = patterns.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_OPEN_NOTE = patterns.compile(
    r"[(\[]\s*((?:and|or|&) (?:all )?(?:below|older|earlier|lower|prior|previous|above|newer|later|higher|up|upwards?"
    r"|onwards?)(?: versions| releases)?)\s*[)\]]"
)
_LETTER_O = patterns.compile(r"(?:^|[^\w.])v?(o)\.[\dx*]")  # `O.x`: a letter where a zero is meant
_JOINTS = frozenset("-./")
_BRANCHED = patterns.compile(r"([a-z]+[-./])v?\d", ascii_only=True)


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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@lru_cache(maxsize=4096)
def read_selector(text: str) -> Selector:
    """Read a cell such as `>= 3.10.8, < 4.0.0`, `Latest release in 7.x` or `v2.x (LTS)`; empty where it names nothing."""
    if len(text) > MAX_SELECTOR:
        return Selector()
    if (simple := _SIMPLE.fullmatch(text)) and (bound := comparison(simple[2].casefold(), simple[1] or "")):
        return Selector(ranges=(bound.range,))  # what most cells are, without looking for words
    plain = _spread(_INTERVAL.sub(_as_comparisons, text))
    plain = _LETTER_O.sub(_with_zero, _OPEN_NOTE.sub(r" \1 ", plain))
    main = _NOTES.sub(" ", plain)
    notes = " ".join(_NOTES.findall(plain))
    selector = _parse(_tokens(main))
    if not selector.ranges and notes and selector.rest == "":
        inner = _parse(_tokens(notes))
        if inner.ranges and (selector.latest is None or not selector.latest.older):
            return replace(inner, names=inner.names | selector.names, latest=None, rest="")
    names = {token.text for token in _tokens(notes) if token.text in BRANCHES}
    return replace(selector, names=selector.names | names)


def _with_zero(match: patterns.Match) -> str:
    return match[0].replace("o", "0")


def _as_comparisons(match: patterns.Match) -> str:
    """Interval notation: `[2.0, 3.0)` is `>=2.0 <3.0`."""
    low = f"{'>=' if match[1] == '[' else '>'}{match[2]} " if match[2] else ""
    return low + (f"{'<=' if match[4] == ']' else '<'}{match[3]}" if match[3] else "")


def _spread(text: str) -> str:
    """Lower case, plain dashes, and ranges without blanks (`3.6-3.9`) set apart; calendar versions keep their dashes."""
    text = _DASHES.sub(" - ", text.casefold().replace("\\", "").replace("_", "."))
    if "-" not in text:
        return text
    spread = " ".join(word if _CALENDAR.fullmatch(word.strip("v,;")) else _apart(word) for word in text.split())
    return spread.replace("…", "...")


def _apart(word: str) -> str:
    """A word with its inner dashes set apart where they join two versions of one shape (`3.6-3.9`, `3-5`), and left where they
    begin a tail (`1.2.3-1`)."""
    pieces = word.split("-")
    if len(pieces) > _MAX_DASHES:
        return word
    parts_found = pieces[0]
    for at, piece in enumerate(pieces[1:], 1):
        head, right = "-".join(pieces[:at]), "-".join(pieces[at:])
        joins = head[-1:].isdigit() or head[-1:] in ("x", "*")
        alike = head.count(".") <= right.count(".") or "x" in head
        parts_found += (" - " if joins and _WHOLE_NUMBER.match(right) and alike else "-") + piece
    return parts_found


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match[0]
        if kind == "word" and not _JOINTS.isdisjoint(word) and (cut := _BRANCHED.match(word)):
            kind, word = "ver", word[cut.end(1) :]
        if kind == "ver" and (tail := _NEXT_VERSION.search(word)):
            at = tail.start(1) if tail[1] else tail.start()
            tokens += [_Token(kind, word[:at]), *_tokens(word[at:])]
            continue
        tokens.append(_Token(kind, word.rstrip(".'’-/") if kind == "word" else word))
    return tokens


def _parse(tokens: list[_Token]) -> Selector:
    words = {token.text for token in tokens if token.kind == "word"}
    names = frozenset(words & BRANCHES)
    newest = next((token.text for token in tokens if token.kind == "ver" and token.text.endswith(_LATEST_TAIL)), "")
    if newest and (bound := comparison(newest.rpartition(".")[0], "")):
        return Selector(latest=Latest(within=bound.range), names=names)  # `2.latest`
    ranges, extra = _ranges(tokens)
    latest = _latest(tokens, words, ranges)
    if latest is not None:
        return Selector(latest=latest, names=names, extra=extra)
    if ranges:
        return Selector(ranges=tuple(ranges), names=names, extra=extra)
    if names and tokens[0].text in ("not", "non"):
        return Selector(rest="all")  # "not `edge`"
    return Selector(rest=_rest(words), names=names, extra=extra)


def _rest(words: set[str]) -> Rest:
    if any(part in _ELSEWHERE for word in words for part in word.split("-")):
        return ""
    if words & _SECOND and not words & _MANY:
        return ""
    if words & _BELOW and len(words - _BELOW - _REST - _THINGS - {"major", "minor"}) <= 1:
        return "older"
    return (
        "all" if words & _REST and len(words - _REST - _THINGS - {"of", "the", "not", "listed", "above"}) <= 1 else ""
    )


def _latest(tokens: Sequence[_Token], words: set[str], ranges: Sequence[Range]) -> Latest | None:
    """`latest`, `< latest release`, `latest release in 7.x`, `older 3.x`, `last two minor versions`; None for a mere label."""
    older = bool(words & {"older", "previous"}) or any(token.text in ("<", "before") for token in tokens)
    if ranges:
        leads = tokens[0].text in _LATEST or bool(words & {"in", "of", "release", "patch"})
        singled = words & _LATEST and leads and len(ranges) == 1
        first = tokens[0].text in ("older", "previous") and "than" not in words
        inside = ranges[0]
        if (singled or first) and inside.low is not None and inside.high is not None and "or" not in words:
            return Latest(within=inside, older=first)
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
        if word in _NUMBERS:
            return _NUMBERS[word]
        if word.isdigit() and len(word) == 1 and word != "0":
            return int(word)
    return 1


def _ranges(tokens: Sequence[_Token]) -> tuple[list[Range], int]:
    items: list[Bound] = []
    operator, joined, extra = "", "", 0
    dash = False
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
        elif token.text in _TO and items and not dash:
            dash = True
        elif items and (end := _open_end(tokens, index)):
            items[-1] = Bound(Range(None, items[-1].range.high) if end == "<" else Range(items[-1].range.low, None))
        elif token.text in ("or", "|", "||"):
            joined = "or"
        else:
            extra += token.kind == "word" and token.text not in _NOISE
    return merged(items), extra


_NOISE = _BELOW | _ABOVE | _FROM | _LATEST | _REST | _THINGS | BRANCHES | frozenset(
    {"v", "and", "the", "than", "with", "in", "of", "between", "at", "least", "most", "branch", "line", "series", "lts", "tag"}
)  # fmt: skip


def _word_before(tokens: Sequence[_Token], index: int) -> str:
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


def _open_end(tokens: Sequence[_Token], index: int) -> str:
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
