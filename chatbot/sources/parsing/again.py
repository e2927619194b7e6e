"""The note in a source's cursor that something of an unchanged answer is due for another attempt at parsing."""

from collections.abc import Mapping
from datetime import datetime

from chatbot.sources.release_json import read_time

_KEY = "parse_again_at"


def with_again(cursor: Mapping[str, str], again_at: datetime | None) -> dict[str, str]:
    """The cursor with the note; without `again_at`, without it."""
    kept = {name: value for name, value in cursor.items() if name != _KEY}
    return kept if again_at is None else {**kept, _KEY: again_at.isoformat()}


def keep_again(before: Mapping[str, str], cursor: Mapping[str, str]) -> dict[str, str]:
    """The cursor with the note of the one before it."""
    return {**cursor, _KEY: before[_KEY]} if _KEY in before else dict(cursor)


def due_again(cursor: Mapping[str, str], now: datetime) -> bool:
    """Whether an unchanged answer should be read once more."""
    again_at = read_time(cursor.get(_KEY))
    return again_at is not None and now >= again_at
