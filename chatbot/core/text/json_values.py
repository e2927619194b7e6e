"""JSON from outside, made harmless: no text that a database or a chat refuses, no depth and no number that stops a reader."""

import json
from collections.abc import Iterator

from chatbot.core.text import patterns

DEEPEST = 100  # levels; what lies deeper is replaced by null
LONGEST_NUMBER = 400  # digits; a longer whole number is replaced by null

# Escapes that may spell a control or half a character: `\\u00…` and `\\ud…`.
_ODD_ESCAPES = (b"\\u00", b"\\ud", b"\\uD")
_TOKEN = patterns.compile(r'"(?:[^"\\]|\\.)*"?|[\[{\]}]', dot_all=True)  # a string, or a bracket outside of strings
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}


def read_json(raw: bytes) -> object:
    """The value that the bytes spell, cleaned where they spell something odd. Raises ValueError and nothing else."""
    try:
        value = json.loads(raw)
    except RecursionError:
        value = _read_slowly(shallow(raw))
    except ValueError:
        value = _read_slowly(raw)
    return clean(value) if any(odd in raw for odd in _ODD_ESCAPES) or is_deep(value) else value


def is_deep(value: object) -> bool:
    """Whether the value has more levels than are kept. What the reader still takes, others that copy or write it may not."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [one for many in inner for one in many if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def shallow(raw: bytes) -> bytes:
    """The same JSON with null in the place of every value below `DEEPEST` levels."""
    return b"".join(_shallow(raw))


def clean(value: object, deepest: int = DEEPEST) -> object:
    """The same value without NUL, controls, and halves of surrogate pairs, which JSON can spell; cut where it is too deep."""
    match value:
        case str():
            return _text(value)
        case list() | dict() if deepest <= 0:
            return None
        case list():
            return [clean(item, deepest - 1) for item in value]
        case dict():
            return {_text(str(name)): clean(item, deepest - 1) for name, item in value.items()}
        case _:
            return value


def _text(text: str) -> str:
    if text.isprintable():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_CONTROLS)


def _read_slowly(raw: bytes) -> object:
    try:
        return json.loads(raw, parse_int=_number)
    except RecursionError as deep:
        raise ValueError("JSON that is nested too deeply") from deep


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _shallow(raw: bytes) -> Iterator[bytes]:
    """The pieces of `shallow`."""
    depth, start = 0, 0
    for token in _TOKEN.finditer(raw.decode("latin-1")):  # a character for each byte
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                yield raw[start : token.start()] + b"null"
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                start = token.end()
            depth -= 1
    yield raw[start:]
