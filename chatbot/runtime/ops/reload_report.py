"""What a reload changed, and what waits for a restart: only projects and rooms are taken up while the bot runs."""

from collections.abc import Iterable
from typing import Any

from pydantic import SecretStr

from chatbot.runtime.settings.settings import Settings

_AT_ONCE = frozenset({"projects", "rooms"})


def waiting(running: Settings, reloaded: Settings) -> list[str]:
    """The settings (`github.token`, …) that differ from those the bot was started with, and need a restart. No value."""
    before, after = (
        _plain(running.model_dump(exclude=set(_AT_ONCE))),
        _plain(reloaded.model_dump(exclude=set(_AT_ONCE))),
    )
    return sorted(_differing("", before, after))


def changes(before: Settings, after: Settings) -> dict[str, list[str]]:
    """Which rooms and projects came, went, or are configured differently; what did not happen is left out."""
    rooms = _compared(
        {room.address: room for room in before.room_rules()},
        {room.address: room for room in after.room_rules()},
    )
    projects = _compared(
        {project.id: project for project in before.project_rules()},
        {project.id: project for project in after.project_rules()},
    )
    fields = {f"rooms_{word}": names for word, names in rooms.items()}
    fields |= {f"projects_{word}": names for word, names in projects.items()}
    return {word: names for word, names in fields.items() if names}


def _compared(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    both = before.keys() & after.keys()
    return {
        "added": sorted(after.keys() - both),
        "removed": sorted(before.keys() - both),
        "changed": sorted(name for name in both if before[name] != after[name]),
    }


def _differing(place: str, before: Any, after: Any) -> Iterable[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from _differing(f"{place}.{key}" if place else key, before.get(key), after.get(key))
    elif before != after and not place.endswith("_file"):  # what the file holds is compared
        yield place


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
