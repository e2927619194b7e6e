"""A log line as people read it: the time, the level, what happened in plain words, and then `key=value`."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_COLOURS = {"debug": "\x1b[2m", "info": "\x1b[32m", "warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31m"}
_WHOLE = ("exception", "stack")  # written below the line as they are

Renderer = Callable[[object, str, MutableMapping[str, Any]], str]


def line_for_people(*, colours: bool) -> Renderer:
    """A processor that ends a chain: `2031-03-01T09:00:00Z info    message delivered  title="Ferry 1.0.2" room=console`."""

    def paint(text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if colours and code else text

    def render(_logger: object, _method: str, line: MutableMapping[str, Any]) -> str:
        level, event = str(line.get("level", "")), str(line.get("event", ""))
        head = f"{_time(line)} {paint(f'{level:<7}', _COLOURS.get(level, ''))} {paint(event, _BOLD)}"
        values = " ".join(f"{paint(f'{key}=', _DIM)}{_value(value)}" for key, value in _values(line).items())
        whole = [str(line[key]) for key in _WHOLE if line.get(key)]
        return "\n".join([f"{head}  {values}" if values else head, *whole])

    return render


def _time(line: Mapping[str, Any]) -> str:
    """The second is enough for people."""
    at = str(line.get("timestamp", ""))
    return f"{at[:19]}Z" if len(at) > 19 else at


def _values(line: Mapping[str, Any]) -> dict[str, object]:
    """What stands behind the event, without what is empty."""
    apart = {"event", "level", "timestamp", *_WHOLE}
    return {key: value for key, value in line.items() if key not in apart and value not in (None, "", [], {})}


def _value(value: object) -> str:
    """Quoted where it would not end at the next blank; a list as its items."""
    match value:
        case list():
            text = ", ".join(str(item) for item in value)
        case dict():
            text = ", ".join(f"{key}: {item}" for key, item in value.items())
        case _:
            text = str(value)
    bare = text and not any(character.isspace() or character in "\"'=" for character in text)
    return text if bare else json.dumps(text, ensure_ascii=False)
