"""The note in a source's cursor that something of an unchanged answer is due for another attempt at parsing."""

from collections.abc import Mapping
from datetime import datetime

from chatbot.sources.github.release_json import read_time

_KEY = "parse_again_at"
_VALIDATORS = ("etag", "digest", "whole_at")


def with_again(cursor: Mapping[str, str], again_at: datetime | None) -> dict[str, str]:
    """The cursor with the note; without `again_at`, without it."""
    rest = {name: value for name, value in cursor.items() if name != _KEY}
    return rest if again_at is None else {**rest, _KEY: again_at.isoformat()}


def keep_again(
    before: Mapping[str, str], cursor: Mapping[str, str], again_at: datetime | None = None
) -> dict[str, str]:
    """The cursor with the note of the one before it, or with `again_at` where that is sooner: for an answer that did not
    show everything."""
    times = [at for at in (read_time(before.get(_KEY)), again_at) if at is not None]
    return with_again(cursor, min(times, default=None))


def read_whole(cursor: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    """The cursor of a list in pages; where something is due, without what would let it be answered by "nothing is new"."""
    if not due_again(cursor, now):
        return cursor
    return {name: value for name, value in cursor.items() if name not in _VALIDATORS}


def due_again(cursor: Mapping[str, str], now: datetime) -> bool:
    """Whether an unchanged answer should be read once more."""
    again_at = read_time(cursor.get(_KEY))
    return again_at is not None and now >= again_at
