"""Log lines for a bug report: what happened, when and how often, with only those values in which nothing foreign can stand."""

import json
from collections.abc import Sequence
from typing import Any

from chatbot.runtime.ops.doctor.redaction import LONGEST, Redact

_HEAD = ("timestamp", "level", "event")
_SENTENCES = frozenset(
    {"reason", "problem", "mistake", "exception", "stack", "chat", "what", "kind", "source", "signal", "state"}
)


def redacted_lines(lines: Sequence[str], redact: Redact) -> list[str]:
    """The lines with their numbers, and with those texts that are sentences of ours or of libraries, redacted. Of any other text
    only its length is shown."""
    return [text for line in lines if (text := _as_text(line, redact))]


def _as_text(line: str, redact: Redact) -> str:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return f"[a line of {len(line)} characters that is not ours]" if line.strip() else ""
    if not isinstance(entry, dict):
        return f"[a line of {len(line)} characters that is not ours]"
    head = " ".join(redact(str(entry.get(key, ""))) for key in _HEAD)
    values = [f"{key}={_value(key, value, redact)}" for key, value in entry.items() if key not in _HEAD]
    return " ".join([head, *values])


def _value(key: str, value: Any, redact: Redact) -> str:
    if isinstance(value, bool | int | float) or value is None:
        return str(value) if abs(value or 0) < 10**9 else "[number]"
    if isinstance(value, str):
        if key in _SENTENCES:
            return redact(value[:LONGEST]).replace("\n", "\n    ")
        return f"[{len(value)} characters]"
    return f"[{len(value)} values]" if isinstance(value, list | dict) else "[value]"
