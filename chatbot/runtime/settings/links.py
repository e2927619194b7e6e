"""What no single setting can tell: rooms that name unknown projects, chats without credentials, ids given twice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.settings import tag_globs
from chatbot.runtime.settings.fields import mention_problem
from chatbot.runtime.settings.mistakes import nearest

Problem = tuple[tuple[str | int, ...], str, str]  # where, problem, fix


def mistakes(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what does not fit together. It reads the raw tree, so that it speaks beside the mistakes of single settings."""
    projects, rooms = _tables(tree, "projects"), _tables(tree, "rooms")
    if not projects and not tree.get("projects"):
        yield ("projects",), "no project is watched", "add a [[projects]] table with an id and a repository"
    yield from _twice("projects", "id", projects)
    yield from _twice("rooms", "address", rooms)
    for number, project in projects:
        yield from _approval(number, project)
        for key, position, problem, fix in tag_globs.mistakes(project):
            yield ("projects", number, key, position), problem, fix
    yield from _rooms(rooms, [_text(project, "id") for _, project in projects])
    yield from _credentials(tree, projects, rooms)
    yield from _matrix(_table(tree, "matrix"))


def _table(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = tree.get(name)
    return value if isinstance(value, Mapping) else {}


def _tables(tree: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = tree.get(name)
    items = value if isinstance(value, list) else []
    return [(number, table) for number, table in enumerate(items) if isinstance(table, Mapping)]


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _texts(table: Mapping[str, Any], key: str) -> list[tuple[int, str]]:
    value = table.get(key)
    items = value if isinstance(value, list) else []
    return [(number, text) for number, text in enumerate(items) if isinstance(text, str)]


def _twice(name: str, key: str, tables: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, table in tables:
        value = _text(table, key).lower()
        if value and first.setdefault(value, number) != number:
            fix = "give each project its own id" if key == "id" else "put both into one table"
            yield (name, number, key), f"is the same as in {name}[{first[value]}]", fix


def _approval(number: int, project: Mapping[str, Any]) -> Iterator[Problem]:
    """Nobody can approve anything where the bot cannot ask, or where nobody may answer."""
    if project.get("announce") != "approve":
        return
    if not _text(project, "maintainers_room"):
        fix = "set maintainers_room to the room where they are asked"
        yield ("projects", number, "announce"), "needs a room where the maintainers approve", fix
    if not project.get("maintainers"):
        fix = 'name those who may approve in maintainers, such as "discord:user:1"'
        yield ("projects", number, "announce"), "needs maintainers who approve", fix


def _rooms(rooms: list[tuple[int, Mapping[str, Any]]], ids: list[str]) -> Iterator[Problem]:
    addresses = [_text(room, "address") for _, room in rooms]
    for number, room in rooms:
        for position, project in _texts(room, "projects"):
            if project not in ids:
                yield (
                    ("rooms", number, "projects", position),
                    "is not a configured project",
                    _among(project, ids, "use an id from [[projects]]"),
                )
        for position, other in _texts(room, "bridged_with"):
            where = ("rooms", number, "bridged_with", position)
            if other == _text(room, "address"):
                yield where, "is the room itself", "name the room on the other side of the bridge"
            elif other not in addresses:
                yield where, "is not a configured room", _among(other, addresses, "use an address from [[rooms]]")
        if problem := mention_problem(_text(room, "mention"), _text(room, "address")):
            yield ("rooms", number, "mention"), *problem


def _among(name: str, names: list[str], fix: str) -> str:
    near = nearest(name, names)
    return f'did you mean "{near}"?' if near else fix


def _credentials(
    tree: Mapping[str, Any],
    projects: list[tuple[int, Mapping[str, Any]]],
    rooms: list[tuple[int, Mapping[str, Any]]],
) -> Iterator[Problem]:
    """A room on a chat that has no account."""
    addresses: list[tuple[tuple[str | int, ...], str]] = [
        (("rooms", number, "address"), RoomAddress(_text(room, "address")).chat) for number, room in rooms
    ]
    addresses += [
        (("projects", number, "maintainers_room"), RoomAddress(_text(project, "maintainers_room")).chat)
        for number, project in projects
    ]
    for where, chat in addresses:
        if chat == "discord" and not _has_discord(tree):
            yield where, "is on Discord, where the bot has no account", "set discord.token or discord.token_file"
        if chat == "matrix" and not _table(tree, "matrix"):
            yield (
                where,
                "is on Matrix, where the bot has no account",
                "set homeserver, user_id and password in [matrix]",
            )


def _has_discord(tree: Mapping[str, Any]) -> bool:
    discord = _table(tree, "discord")
    return bool(discord.get("token") or discord.get("token_file"))


def _matrix(matrix: Mapping[str, Any]) -> Iterator[Problem]:
    """What a Matrix account needs, as soon as anything of it is set."""

    def is_set(key: str) -> bool:
        return bool(matrix.get(key) or matrix.get(f"{key}_file"))

    if not any(is_set(key) for key in ("homeserver", "user_id", "password", "access_token")):
        return
    for key, example in (("homeserver", "https://matrix.example.org"), ("user_id", "@bot:example.org")):
        if not is_set(key):
            yield ("matrix", key), "is missing", f'write {key} = "{example}" in [matrix]'
    if is_set("password") and is_set("access_token"):
        yield ("matrix", "access_token"), "both password and access_token are set", "keep one of them"
    if is_set("access_token") and not is_set("device_id"):
        yield ("matrix", "device_id"), "is missing", "an access_token belongs to one device: write its device_id too"
    if is_set("device_id") and not is_set("access_token"):
        yield (
            ("matrix", "device_id"),
            "has no effect without an access_token",
            "remove it: with a password the bot makes a device of its own",
        )
    if not is_set("password") and not is_set("access_token") and not _was_logged_in(matrix):
        fix = "set matrix.password or matrix.password_file; you can remove it after the first start"
        yield ("matrix", "password"), "is missing", fix


def _was_logged_in(matrix: Mapping[str, Any]) -> bool:
    """Whether an earlier start left its token in the store directory."""
    try:
        return any(Path(_text(matrix, "store_path") or "matrix-store").iterdir())
    except (OSError, ValueError):
        return False
