"""An answer's bytes -> JSON of the expected shape, or one clear sentence."""

import json

from chatbot.ports import SourceUnavailable
from chatbot.sources.http import Fetched

_ODD_ESCAPES = (b"\\u0000", b"\\ud", b"\\uD")  # NUL, and the block that halves of pairs are in


def read_json(fetched: Fetched) -> object:
    """The JSON of an answer; SourceUnavailable, in one sentence, where it is none."""
    if not fetched.body:
        raise SourceUnavailable(f"{fetched.place} sent an empty answer")
    try:
        value = json.loads(fetched.body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        return _clean(value) if any(odd in fetched.body for odd in _ODD_ESCAPES) else value
    except RecursionError as deep:
        raise SourceUnavailable(f"{fetched.place} sent JSON that is nested too deeply") from deep
    except ValueError as wrong:  # UnicodeDecodeError and JSONDecodeError among them
        raise SourceUnavailable(f"{fetched.place} sent something that is no JSON") from wrong


def read_list(fetched: Fetched) -> list[object]:
    """The JSON array of an answer."""
    value = read_json(fetched)
    if not isinstance(value, list):
        raise SourceUnavailable(f"{fetched.place} sent no list")
    return value


def read_object(fetched: Fetched) -> dict[str, object]:
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
