"""An answer's bytes -> JSON of the expected shape, or one clear sentence."""

import json
from typing import Protocol

from chatbot.core.text import json_values
from chatbot.ports import SourceUnavailable

_ODD_ESCAPES = (b"\\u0000", b"\\ud", b"\\uD")  # NUL, and the block that halves of pairs are in


class HasBody(Protocol):
    """What a server answered, and its host and path."""

    @property
    def body(self) -> bytes: ...
    @property
    def place(self) -> str: ...


class NoJson(ValueError):
    """The bytes are no JSON, or of another shape; the text ends a sentence that begins with who sent them."""


def decode(body: bytes) -> object:
    """The JSON value of some bytes. Raises NoJson."""
    if not body:
        raise NoJson("sent an empty answer")
    try:
        value = _loaded(body)
        value = json_values.clean(value) if json_values.is_deep(value) else value
        return _clean(value) if any(odd in body for odd in _ODD_ESCAPES) else value
    except RecursionError as deep:
        raise NoJson("sent JSON that is nested too deeply") from deep
    except ValueError as wrong:  # UnicodeDecodeError and JSONDecodeError among them
        raise NoJson("sent something that is not JSON") from wrong


def _loaded(body: bytes) -> object:
    """The value; what is nested too deeply for the reader is cut, not what stands beside it."""
    text = body.decode("utf-8-sig")
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        value = json.loads(json_values.shallow(body).decode("utf-8-sig"), parse_constant=_refuse_constant)
    return value


def decode_list(body: bytes) -> list[object]:
    """The JSON array of some bytes. Raises NoJson."""
    value = decode(body)
    if not isinstance(value, list):
        raise NoJson("sent no list")
    return value


def decode_object(body: bytes) -> dict[str, object]:
    """The JSON object of some bytes. Raises NoJson."""
    value = decode(body)
    if not isinstance(value, dict):
        raise NoJson("sent no object")
    return value


def read_json(fetched: HasBody) -> object:
    """The JSON of an answer; SourceUnavailable, in one sentence, where it is none."""
    try:
        return decode(fetched.body)
    except NoJson as wrong:
        raise SourceUnavailable(f"{fetched.place} {wrong}") from wrong


def read_list(fetched: HasBody) -> list[object]:
    """The JSON array of an answer."""
    value = read_json(fetched)
    if not isinstance(value, list):
        raise SourceUnavailable(f"{fetched.place} sent no list")
    return value


def read_object(fetched: HasBody) -> dict[str, object]:
    """The JSON object of an answer."""
    value = read_json(fetched)
    if not isinstance(value, dict):
        raise SourceUnavailable(f"{fetched.place} sent no object")
    return value


def _clean(value: object) -> object:
    """Replace what no database and no chat takes: NUL and halves of surrogate pairs, which JSON can spell."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_clean(each) for each in value]
        case dict():
            return {str(_clean(name)): _clean(each) for name, each in value.items()}
        case _:
            return value


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
