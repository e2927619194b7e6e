r"""Patterns for text from outside: searched in linear time, whatever the text and the pattern are.

The engine is RE2, an automaton: it never goes back, so no text makes it slow. What differs from `re`:

* No lookaround, no backreference, nothing possessive or atomic: such a pattern does not compile. Capture the neighbour in a
  group, or test it in code.
* `\w`, `\d` and `\s` mean what they mean in `re`: Unicode (ASCII with `ascii_only`). `\b` and `\B` know ASCII words only.
* `$` is the end of the text, never the place before a last line break. A code point is written `\x{200B}`.
* There is no position to match at: the text would be encoded once more at each. A tokenizer is a `finditer` over alternatives.
* A call costs some microseconds: nothing for the innermost loop over single characters.
* A lone surrogate is matched as U+FFFD, and handed back as it was.

One call is linear. Many calls on one text are not, nor is a `finditer` or `sub` of which each step looks at the rest of the
text before it takes little of it (`x.*y|x`): `tests/test_patterns.py` pumps every pattern in the way it is used.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import re2
from re2 import _re2

# What one compiled pattern may take, in bytes: a larger program does not compile; states beyond it are computed again.
_MEMORY: Final = 2 << 20
_CLASSES: Final = {"w": r"\pL\pN_", "d": r"\p{Nd}", "s": r"\t-\r\x1c-\x20\x{85}\pZ"}
_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
# The layer of Python in the package costs five times what the engine does; its automaton is called directly.
_SEARCH: Final = _re2.RE2.Anchor.UNANCHORED
_MATCH: Final = _re2.RE2.Anchor.ANCHOR_START
_FULLMATCH: Final = _re2.RE2.Anchor.ANCHOR_BOTH
_GROUP_IN_TEMPLATE: Final = re.compile(r"\\(?:([0-9])|g<(\w+)>|(.))", re.DOTALL)  # over templates of ours


class PatternError(ValueError):
    """RE2 has no such pattern: a lookaround, a backreference, something possessive, or one that is too large."""


class Match:
    """Where a pattern was found; groups that took no part are None, as in `re`."""

    __slots__ = ("_names", "_spans", "_text")

    def __init__(self, text: str, spans: Sequence[tuple[int, int]], names: Mapping[str, int]) -> None:
        self._text, self._spans, self._names = text, spans, names

    def __repr__(self) -> str:
        return f"Match({self[0]!r} at {self._spans[0]})"

    def __getitem__(self, group: int | str) -> str | Any:
        begin, end = self._spans[group if isinstance(group, int) else self._names[group]]
        return None if begin < 0 else self._text[begin:end]

    def group(self, group: int | str = 0) -> str | Any:
        return self[group]

    def groups(self, default: str | None = None) -> tuple[str | Any, ...]:
        values = (self[number] for number in range(1, len(self._spans)))
        return tuple(default if words is None else words for words in values)

    def groupdict(self, default: str | None = None) -> dict[str, str | Any]:
        pairs = ((name, self[number]) for name, number in self._names.items())
        return {name: default if words is None else words for name, words in pairs}

    def span(self, group: int | str = 0) -> tuple[int, int]:
        return self._spans[group if isinstance(group, int) else self._names[group]]

    def start(self, group: int | str = 0) -> int:
        return self.span(group)[0]

    def end(self, group: int | str = 0) -> int:
        return self.span(group)[1]

    @property
    def lastgroup(self) -> str | None:
        """The name of the group that took part and ends last, the outermost of those; None where it has none."""
        last, number = 0, 0
        for each, (begin, end) in enumerate(self._spans[1:], 1):
            if begin >= 0 and (not number or end > last):
                last, number = end, each
        return next((name for name, at in self._names.items() if at == number), None)


class Pattern:
    """A pattern with the methods of `re.Pattern` that are linear. It is compiled when it is first used: a process that parses one
    document needs few of some hundreds."""

    __slots__ = ("_ascii_only", "_engine", "_names", "flags", "groups", "pattern")
    _engine: Any
    _names: Mapping[str, int]
    groups: int

    def __init__(self, pattern: str, flags: str = "", *, ascii_only: bool = False) -> None:
        self.pattern, self.flags, self._ascii_only = pattern, flags, ascii_only

    def __getattr__(self, name: str) -> Any:  # only what is not there yet
        if name not in ("_engine", "_names", "groups"):
            raise AttributeError(name)
        self.prepare()
        return getattr(self, name)

    def prepare(self) -> "Pattern":
        """Compile it now. Raises PatternError for what RE2 does not have."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        translated = self.pattern if self._ascii_only else _unicode(self.pattern)
        flags = f"(?{self.flags})" if self.flags else ""
        engine = _re2.RE2(flags.encode() + translated.encode(), options)
        if not engine.ok():
            raise PatternError(f"{self.pattern}: {engine.error().decode()}")
        self._names = {name.decode(): number for name, number in engine.NamedCapturingGroups()}
        self.groups = engine.NumberOfCapturingGroups()
        self._engine = engine
        return self

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r}, {self.flags!r})"

    def search(self, text: str) -> Match | None:
        return self._first(_SEARCH, text)

    def match(self, text: str) -> Match | None:
        return self._first(_MATCH, text)

    def fullmatch(self, text: str) -> Match | None:
        return self._first(_FULLMATCH, text)

    def finditer(self, text: str) -> Iterator[Match]:
        """Each place, none within another. Where nothing was found at a place, the next may begin one character later."""
        return self._matches(_SEARCH, text)

    def findall(self, text: str) -> list[Any]:
        """The places' words; those of the groups where there are any, absent ones empty."""
        if self.groups <= 1:
            return [match[self.groups] or "" for match in self._matches(_SEARCH, text)]
        return [match.groups("") for match in self._matches(_SEARCH, text)]

    def split(self, text: str, maxsplit: int = 0) -> list[str | Any]:
        pieces: list[str | Any] = []
        at = 0
        for match in islice(self._matches(_SEARCH, text), maxsplit or None):
            pieces += (text[at : match.start()], *match.groups())
            at = match.end()
        return [*pieces, text[at:]]

    def sub(self, replacement: str | Callable[[Match], str], text: str, count: int = 0) -> str:
        pieces: list[str] = []
        at = 0
        replace = _expander(replacement) if isinstance(replacement, str) else replacement
        for match in islice(self._matches(_SEARCH, text), count or None):
            pieces += (text[at : match.start()], replace(match))
            at = match.end()
        return "".join((*pieces, text[at:])) if pieces else text

    def _first(self, anchor: object, text: str) -> Match | None:
        """The first match; most searches are for no more, and a generator for each would cost as much as the search."""
        if not text.isascii():
            return next(self._matches_beyond_ascii(anchor, text), None)
        spans = self._engine.Match(anchor, text.encode(), 0, len(text))
        return Match(text, spans, self._names) if spans[0][0] >= 0 else None

    def _matches(self, anchor: object, text: str) -> Iterator[Match]:
        if not text.isascii():
            yield from self._matches_beyond_ascii(anchor, text)
            return
        encoded, size, at = text.encode(), len(text), 0
        while at <= size:
            spans = self._engine.Match(anchor, encoded, at, size)
            begin, end = spans[0]
            if begin < 0:
                return
            yield Match(text, spans, self._names)
            at = end + (begin == end)

    def _matches_beyond_ascii(self, anchor: object, text: str) -> Iterator[Match]:
        """The engine counts bytes: each match's places are counted on from those of the one before."""
        encoded = _encoded(text)
        size, at, counted, place = len(encoded), 0, 0, 0  # `known` bytes of the text are `place` characters
        while at <= size:
            spans = self._engine.Match(anchor, encoded, at, size)
            begin, end = spans[0]
            if begin < 0:
                return
            counted, place = begin, place + len(encoded[counted:begin].decode())
            yield Match(text, [_in_characters(span, encoded, begin, place) for span in spans], self._names)
            at = end if end > begin else end + _width(encoded, end)


def _in_characters(span: tuple[int, int], encoded: bytes, counted: int, place: int) -> tuple[int, int]:
    begin, end = span
    if begin < 0:
        return span
    at = place + len(encoded[counted:begin].decode())
    return at, at + len(encoded[begin:end].decode())


def _width(encoded: bytes, at: int) -> int:
    """How many bytes the character at this place has."""
    first = encoded[at] if at < len(encoded) else 0
    return 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)


@functools.cache
def _expander(template: str) -> Callable[[Match], str]:
    """What puts the groups of a match into a template of ours; a backslash before anything else stands for that."""
    if "\\" not in template:
        return lambda _: template

    def expand(match: Match) -> str:
        return _GROUP_IN_TEMPLATE.sub(lambda each: each[3] or match[_group(each)] or "", template)

    return expand


def _group(each: re.Match[str]) -> int | str:
    return int(each[1]) if each[1] else each[2]


def compile(  # noqa: A001 - read as `patterns.compile`, like `re.compile`
    pattern: str,
    *,
    ignore_case: bool = False,
    multi_line: bool = False,
    dot_all: bool = False,
    ascii_only: bool = False,
) -> Pattern:
    """A pattern of linear time. Its first use raises PatternError for what RE2 does not have (lookaround, backreference,
    possessive): `tests/test_patterns.py` prepares all of the program's."""
    flags = "i" * ignore_case + "m" * multi_line + "s" * dot_all
    return Pattern(pattern, flags, ascii_only=ascii_only)


def escape(text: str) -> str:
    """A pattern that matches just this text."""
    return str(re2.escape(_encoded(text).decode()))


def _encoded(text: str) -> bytes:
    """The text in UTF-8, as many characters as it has: a lone surrogate would raise, so U+FFFD stands for it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.translate(_SURROGATES).encode()


def _unicode(pattern: str) -> str:
    r"""The pattern with `\w`, `\d` and `\s` as `re` understands them, where RE2 takes them for ASCII."""
    pieces: list[str] = []
    inside = False
    at = 0
    while at < len(pattern):
        piece = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        if inside and pattern.startswith("[:", at):
            piece = pattern[at : pattern.index(":]", at) + 2]
        at += len(piece)
        if not inside and piece == "[":
            inside = True
            begin = pattern[at : at + 2]
            piece += (
                "^]" if begin == "^]" else begin[:1] if begin[:1] in ("^", "]") else ""
            )  # a bracket that comes first is meant
            at += len(piece) - 1
        elif inside and piece == "]":
            inside = False
        pieces.append(_class(piece, inside=inside) if piece[:1] == "\\" else piece)
    return "".join(pieces)


def _class(escaped: str, *, inside: bool) -> str:
    letter = escaped[1:]
    if letter in ("W", "D", "S") and not inside:
        return f"[^{_CLASSES[letter.lower()]}]"
    if letter in ("W", "D", "S"):
        raise PatternError(f"{escaped} in a class: turn the class around, or name what is in it")
    if letter not in _CLASSES:
        return escaped
    return _CLASSES[letter] if inside else f"[{_CLASSES[letter]}]"
