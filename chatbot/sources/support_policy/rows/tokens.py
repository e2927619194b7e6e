"""The text of a cell in words, versions, comparisons and signs between them."""

from dataclasses import dataclass

from chatbot.core.text import patterns

_MAX_DASHES = 20  # in one word
_TOKEN = patterns.compile(
    r"(?P<op><=|>=|==|=<|=>|~>|!=|[<>=^~≤≥⩽⩾])"
    r"|(?P<ver>v?\.?(?:\d|x\.|\*)[\w.*]*(?:[-+~][\w.]+)*\+?)"
    r"|(?P<word>[a-z@][\w'’./@-]*/\*|[a-z@][\w'’./@-]*)"
    r"|(?P<sep>\.\.\.?|…|[,;/&|+-])",
    ascii_only=True,
)
_DASHES = patterns.compile("\\s*[\u2010-\u2015\u2212]\\s*")
_NEXT_VERSION = patterns.compile(r"[-~]\d+\.|\+(\d+\.)")  # what looks like a tail (`1.2-3.4`), and is another version
_WHOLE_NUMBER = patterns.compile(r"v?\d+(?:\W|$)")
_CALENDAR = patterns.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?[a-z]?")
_INTERVAL = patterns.compile(r"([\[(])\s?(v?\d[\d.]*)?\s?,\s?(v?\d[\d.]*)?\s?([\])])", ascii_only=True)
_LETTER_O = patterns.compile(r"(?:^|[^\w.])v?(o)\.[\dx*]")  # `O.x`: a letter where a zero is meant
_PRE = patterns.compile(r"(?:^|\s)pre[- ](v?\d)")  # `pre-4.2`
_JOINTS = frozenset("-./")
_BRANCHED = patterns.compile(r"([a-z]+[-./])v?\d", ascii_only=True)


@dataclass(frozen=True, slots=True)
class Token:
    """kind: `op` (`<=`), `ver` (`2.1.x`), `word`, or `sep` for what stands between."""

    kind: str
    text: str


def _with_zero(match: patterns.Match) -> str:
    return match[0].replace("o", "0")


def _as_comparisons(match: patterns.Match) -> str:
    """Interval notation: `[2.0, 3.0)` is `>=2.0 <3.0`."""
    low = f"{'>=' if match[1] == '[' else '>'}{match[2]} " if match[2] else ""
    return low + (f"{'<=' if match[4] == ']' else '<'}{match[3]}" if match[3] else "")


def spread(text: str) -> str:
    """Lower case, plain dashes, and ranges without blanks (`3.6-3.9`) set apart; calendar versions keep their dashes."""
    text = _INTERVAL.sub(_as_comparisons, text).casefold().replace("\\", "").replace("_", ".").replace("…", " ... ")
    text = _PRE.sub(r" before \1", text) if "pre" in text else text
    text = _LETTER_O.sub(_with_zero, _DASHES.sub(" - ", text.replace("\N{CYRILLIC SMALL LETTER HA}", "x")))
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


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text that is spread out."""
    tokens = []
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match[0]
        if kind == "word" and not _JOINTS.isdisjoint(word) and (cut := _BRANCHED.match(word)):
            kind, word = "ver", word[cut.end(1) :]
        if kind == "ver" and (tail := _NEXT_VERSION.search(word)):
            at = tail.start(1) if tail[1] else tail.start()
            tokens += [Token(kind, word[:at]), *tokens_of(word[at:])]
            continue
        tokens.append(Token(kind, word.rstrip(".'’-/") if kind == "word" else word))
    return tokens
