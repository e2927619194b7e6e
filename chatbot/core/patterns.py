r"""Patterns for text from outside: searched in linear time, whatever the text and the pattern are.

The engine is RE2, an automaton: it never goes back, so no text makes it slow. What differs from `re`:

* No lookaround, no backreference, nothing possessive or atomic: such a pattern does not compile. Capture the neighbour in a
  group, or test it in code.
* `\w`, `\d` and `\s` mean what they mean in `re`: Unicode (ASCII with `ascii_only`). `\b` and `\B` know ASCII words only.
* `$` is the end of the text, never the place before a last line break. A code point is written `\x{200B}`.
* There is no position to match at: the text would be encoded once more at each. A tokenizer is a `finditer` over alternatives.
* A call costs some microseconds: nothing for the innermost loop over single characters.
* A lone surrogate is read, and handed back, as U+FFFD.

One call is linear. Many calls on one text are not, nor is a `finditer` or `sub` of which each step looks at the rest of the
text before it takes little of it (`x.*y|x`): `tests/test_patterns.py` pumps every pattern in the way it is used.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import re2

# What one compiled pattern may take, in bytes: a larger program does not compile; states beyond it are computed again.
_MEMORY = 2 << 20
_CLASSES = {"w": r"\pL\pN_", "d": r"\p{Nd}", "s": r"\t-\r\x1c-\x20\x{85}\pZ"}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


class PatternError(ValueError):
    """RE2 has no such pattern: a lookaround, a backreference, something possessive, or one that is too large."""


class Match(Protocol):
    """Where a pattern was found; groups that took no part are None, as in `re`."""

    def __getitem__(self, group: int | str, /) -> str | Any: ...
    def group(self, *groups: int | str) -> str | Any: ...
    def groups(self, default: str | None = None) -> tuple[str | Any, ...]: ...
    def groupdict(self, default: str | None = None) -> dict[str, str | Any]: ...
    def start(self, group: int = 0) -> int: ...
    def end(self, group: int = 0) -> int: ...
    def span(self, group: int = 0) -> tuple[int, int]: ...
    @property
    def lastgroup(self) -> str | None: ...


class Pattern:
    """A compiled pattern, with the methods of `re.Pattern` that are linear."""

    __slots__ = ("_engine", "flags", "pattern")

    def __init__(self, pattern: str, flags: str = "", *, ascii_only: bool = False) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self.pattern = pattern
        self.flags = flags
        translated = pattern if ascii_only else _unicode(pattern)
        try:
            self._engine: Any = re2.compile(f"(?{flags}){translated}" if flags else translated, options)
        except re2.error as error:
            raise PatternError(f"{pattern}: {error}") from error

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r}, {self.flags!r})"

    @property
    def groups(self) -> int:
        return int(self._engine.groups)

    def search(self, text: str) -> Match | None:
        found: Match | None = self._engine.search(_encodable(text))
        return found

    def match(self, text: str) -> Match | None:
        found: Match | None = self._engine.match(_encodable(text))
        return found

    def fullmatch(self, text: str) -> Match | None:
        found: Match | None = self._engine.fullmatch(_encodable(text))
        return found

    def finditer(self, text: str) -> Iterator[Match]:
        return iter(self._engine.finditer(_encodable(text)))

    def findall(self, text: str) -> list[Any]:
        return list(self._engine.findall(_encodable(text)))

    def split(self, text: str, maxsplit: int = 0) -> list[str | Any]:
        return list(self._engine.split(_encodable(text), maxsplit))

    def sub(self, replacement: str | Callable[[Match], str], text: str, count: int = 0) -> str:
        return str(self._engine.sub(replacement, _encodable(text), count))


def compile(  # noqa: A001 - read as `patterns.compile`, like `re.compile`
    pattern: str,
    *,
    ignore_case: bool = False,
    multi_line: bool = False,
    dot_all: bool = False,
    ascii_only: bool = False,
) -> Pattern:
    """A pattern of linear time. Raises PatternError for what RE2 does not have (lookaround, backreference, possessive)."""
    flags = "i" * ignore_case + "m" * multi_line + "s" * dot_all
    return Pattern(pattern, flags, ascii_only=ascii_only)


def escape(text: str) -> str:
    """A pattern that matches just this text."""
    return str(re2.escape(_encodable(text)))


def _encodable(text: str) -> str:
    """The text, of the same length, as one that UTF-8 has: a lone surrogate would raise."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.translate(_SURROGATES)
    return text


def _unicode(pattern: str) -> str:
    r"""The pattern with `\w`, `\d` and `\s` as `re` understands them, where RE2 takes them for ASCII."""
    pieces: list[str] = []
    inside = False
    at = 0
    while at < len(pattern):
        taken = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        if inside and pattern.startswith("[:", at):
            taken = pattern[at : pattern.index(":]", at) + 2]
        at += len(taken)
        if not inside and taken == "[":
            inside = True
            begin = pattern[at : at + 2]
            taken += (
                "^]" if begin == "^]" else begin[:1] if begin[:1] in ("^", "]") else ""
            )  # a bracket that comes first is meant
            at += len(taken) - 1
        elif inside and taken == "]":
            inside = False
        pieces.append(_class(taken, inside=inside) if taken[:1] == "\\" else taken)
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
