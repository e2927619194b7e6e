"""Values as TOML writes them: whatever a text holds, a reader of TOML gets it back, and nothing in it acts on a terminal."""

from collections.abc import Sequence

_SHORT = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def quoted(text: str) -> str:
    """A basic string, https://toml.io/en/v1.0.0#string. What cannot be printed is written by its number. Raises ValueError
    for half a surrogate pair, which no TOML can hold."""
    return '"' + "".join(_character(each) for each in text) + '"'


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:
        raise ValueError("half a surrogate pair is not a character")
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"


def value_of(value: str | bool | Sequence[str]) -> str:
    """A text, a truth or a list of texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"
