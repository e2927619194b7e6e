"""Characters that nobody sees, or that move what others see: what counts as one, and text without them.

The one definition for all chats, for the terminal and the log, and for what sources read. Invisible is what Unicode calls
default-ignorable (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point), every control and format character
(Cc, Cf), and every separator of lines and paragraphs. Joiners and variation selectors stay where they make one emoji of several.
"""

import functools
import unicodedata
from typing import Final

# Ranges of code points, first and last; tests/core/text/test_visible_set.py holds them against Python's own tables.
_REMOVED: Final = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD)),
    *((0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *(
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
    ),
    *((0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
# What parts words is replaced by a blank.
_PARTING: Final = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_JOINERS: Final = "\u200d\ufe0e\ufe0f"
_JOINER, _KEYCAP = "\u200d", "\u20e3"

INVISIBLE: Final = frozenset(chr(code) for first, last in _REMOVED for code in range(first, last + 1)) | set(_PARTING)
_HALVES: Final = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_TABLE: Final = {ord(each): "" for each in INVISIBLE} | {ord(each): " " for each in _PARTING} | _HALVES
_BESIDE_JOINERS: Final = {code: shown for code, shown in _TABLE.items() if chr(code) not in _JOINERS}


def visible(text: str, *, lines: bool = True, tabs: bool = False) -> str:
    """The text without invisible characters; what parts words becomes a blank, and half a character U+FFFD.

    Line ends (of any system, as newlines) and tabs stay where they are wanted.
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _whole(text).translate(_table("\n" * lines + "\t" * tabs))
    return text if text.isascii() else _without_idle_joiners(text)


def printable(text: str, *, lines: bool = False, tabs: bool = False) -> str:
    """The text without invisible characters, and a blank for each that has no look of its own: odd blanks, unassigned ones."""
    cleaned = visible(text, lines=lines, tabs=tabs)
    if cleaned.isprintable():
        return cleaned
    keep = "\n\t" + _JOINERS  # as far as they are left
    return "".join(character if character.isprintable() or character in keep else " " for character in cleaned)


def spell_out(document: str) -> str:
    """A JSON document that says the same, each invisible character in its strings spelled as an escape."""
    if document.isascii() and "\x7f" not in document:
        return document
    return document.translate(_ESCAPES)


def _whole(text: str) -> str:
    """The text with halves of a character put together where they belong together."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@functools.cache
def _table(keep: str) -> dict[int, str]:
    return {code: replacement for code, replacement in _BESIDE_JOINERS.items() if chr(code) not in keep}


def _without_idle_joiners(text: str) -> str:
    """The text without joiners and selectors that join and select nothing."""
    if not any(joiner in text for joiner in _JOINERS):
        return text
    parts: list[str] = []
    for place, character in enumerate(text):
        if character not in _JOINERS or _works(character, parts[-1] if parts else "", text[place + 1 : place + 2]):
            parts.append(character)
    return "".join(parts)


def _works(joiner: str, before: str, after: str) -> bool:
    if joiner == _JOINER:
        return (before == "\ufe0f" or _is_symbol(before)) and _is_symbol(after)
    return _is_symbol(before) or (before in "0123456789#*" and before != "" and after == _KEYCAP)


def _is_symbol(character: str) -> bool:
    """Whether it can be part of an emoji: symbols and signs are, letters and digits are not."""
    return character != "" and (
        character in "\u203c\u2049\u3030" or unicodedata.category(character) in ("So", "Sk", "Sm")
    )


def _escape(code: int) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _units(code))


def _units(code: int) -> tuple[int, ...]:
    """The code point as UTF-16 has it."""
    return (code,) if code < 0x10000 else (0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code & 0x3FF))


_ESCAPES: Final = {code: _escape(code) for code in _TABLE if chr(code) not in "\t\n\r"}
