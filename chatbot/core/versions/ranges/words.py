"""The words of a published range, taken apart: versions, signs, and the phrases in which people say how they belong together."""

from dataclasses import dataclass
from itertools import product
from typing import Final

from chatbot.core.text import patterns

_LESS: Final = ("earlier", "older", "lower", "below", "prior", "previous", "before", "under", "less")
_MORE: Final = (*("later", "newer", "higher", "above", "up", "upwards", "after", "onward", "onwards", "greater"),)
_THINGS: Final = ("version", "versions", "release", "releases")
_ALL: Final = ("all", "any", "every")
_NOISE: Final = (*_THINGS, "affected", "affects", "are", "is", "the", "of", "in", "only")


def _spelled(*choices: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Every phrase that takes one word, or none for "", of each choice."""
    return {tuple(word for word in words if word) for words in product(*choices)}


def _phrases(*texts: str) -> set[tuple[str, ...]]:
    return {tuple(text.split()) for text in texts}


_EQUAL: Final = (("than",), ("or",), ("equal",), ("to", ""))
_PHRASES: Final = {
    words: kind
    for kind, spelled in (
        ("everything", _spelled(_ALL, (*_THINGS, ""))),
        ("down", _spelled(("and", "or", "&"), ("all", ""), _LESS, (*_THINGS, ""))),
        ("up", _spelled(("and", "or", "&"), ("all", ""), _MORE, (*_THINGS, ""))),
        ("up", _phrases("onward", "onwards")),
        ("at_most", _spelled(("less", "lower", "smaller"), *_EQUAL)),
        ("at_most", _phrases("up to and including", "until and including", "through and including")),
        (
            "at_most",
            _phrases("prior to and including", "before and including", "up to including", "at most", "no later than"),
        ),
        ("at_least", _spelled(("greater", "higher", "newer", "later"), *_EQUAL)),
        ("at_least", _spelled(("starting", "beginning"), ("with", "from", "in", "at"))),
        ("at_least", _phrases("at least", "since", "from", "introduced in")),
        ("below", _spelled(("earlier", "older", "lower", "less", "smaller"), ("than",))),
        ("below", _phrases("prior to", "before", "below", "under")),
        ("above", _spelled(("later", "newer", "higher", "greater"), ("than",))),
        ("above", _phrases("above", "after")),
        ("to", _phrases("up to", "through", "thru", "until", "till", "to")),
        ("between", _phrases("between")),
        ("inclusive", _phrases("inclusive", "included", "including")),
        ("exclusive", _phrases("exclusive", "excluded", "excluding")),
        ("either", _phrases("or")),
        ("both", _phrases("and")),
        ("noise", {(word,) for word in _NOISE}),
    )
    for words in spelled
}
_LONGEST: Final = max(map(len, _PHRASES))
_WORDS: Final = sorted({word for words in _PHRASES for word in words if word.isalpha()}, key=len, reverse=True)
_NAME: Final = "[0-9a-z@/._~-]*"  # a version too, if it ends in one
_PIECES: Final = patterns.compile(
    rf"(?P<blank>\s+)|(?P<dotted>(?:{'|'.join((*_ALL, *_NOISE))})\.{_NAME})|(?P<word>(?:{'|'.join(_WORDS)})\b)"
    r"|(?P<op>===|==|<=|=<|>=|=>|~>|<|>|=|\^|~)|(?P<either>\|\|?)|(?P<both>,|&&)|(?P<sign>[&+*-])"
    rf"|(?P<version>v?\.?\s?[0-9][0-9a-z._~-]*(?:\+[0-9a-z.]+)?\*?)|(?P<name>[a-z@]{_NAME})",
    ignore_case=True,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, a sign or a version; `next` is the character after it, "" at the end."""

    kind: str
    text: str
    next: str


def tokens_of(text: str) -> list[tuple[str, str]] | None:
    """The tokens of a text as (kind, words); None where something is not understood."""
    pieces = _pieces(text)
    if pieces is None:
        return None
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(pieces):
        length, kind = _phrase_at(pieces, at)
        if not kind:
            return None
        tokens.append((kind, pieces[at].text))
        at += length
    return tokens


def _pieces(text: str) -> list[_Piece] | None:
    pieces: list[_Piece] = []
    at = 0
    for match in _PIECES.finditer(text):
        if match.start() != at:
            return None
        at, kind = match.end(), match.lastgroup or ""
        if kind in ("dotted", "name"):
            kind = "version" if _ends_in_a_version(match[0]) else ""
        if kind != "blank":
            pieces.append(_Piece(kind, match[0], text[at : at + 1]))
    return pieces if at == len(text) else None


def _ends_in_a_version(name: str) -> bool:
    """Whether digits stand in the last part of a name (`foo@1.2`, `sdk/v1.2`)."""
    return any(character.isdigit() for character in name.replace("@", "/").rpartition("/")[2])


def _phrase_at(pieces: list[_Piece], at: int) -> tuple[int, str]:
    """How many pieces the longest phrase here takes, and what it says; "" where nobody understands it."""
    first = pieces[at]
    if first.kind not in ("word", "sign"):
        return 1, first.kind
    for length in range(min(_LONGEST, len(pieces) - at), 0, -1):
        kind = _PHRASES.get(tuple(piece.text.casefold() for piece in pieces[at : at + length]), "")
        if kind and _stands(kind, pieces[at : at + length + 1], length):
            return length, kind
    return 1, _sign(first)


def _stands(kind: str, pieces: list[_Piece], length: int) -> bool:
    """Whether a phrase may end where it ends; the piece after it comes along, if there is one."""
    last = pieces[length - 1]
    if kind in ("down", "up"):
        followed = pieces[length].text.casefold() if len(pieces) > length else ""
        return followed not in ("than", "to") and not (pieces[0].text == "&" and not pieces[0].next.isspace())
    return kind not in ("everything", "noise") or last.next != "."


def _sign(piece: _Piece) -> str:
    """What a sign says that is no part of a phrase."""
    match piece.text:
        case "&":
            return "both"
        case "+" if piece.next in ("", ",") or piece.next.isspace():
            return "up"
        case "-" if piece.next.isspace():
            return "to"
        case "*" if not piece.next or not (piece.next.isalnum() or piece.next in "_."):
            return "everything"
        case _:
            return ""
