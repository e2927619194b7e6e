"""Settings from the environment: `CHATBOT_GITHUB__TOKEN` is `github.token`, `CHATBOT_ROOMS__0__ADDRESS` is `rooms[0].address`."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr

from chatbot.core.text import patterns
from chatbot.runtime.settings.mistakes import Mistake, harmless, nearest
from chatbot.runtime.settings.place import VARIABLE

PREFIX = "CHATBOT_"
A_VARIABLE = "environment variable "  # before its name
DELIMITER = "__"
Path = tuple[str | int, ...]

# Kubernetes sets these by itself in every container beside a service called "chatbot"; they are no settings of ours.
_NOT_OURS = patterns.compile(r"CHATBOT_(SERVICE_.*|PORT|PORT_[0-9].*)", ignore_case=True, dot_all=True)


def read(
    environment: Mapping[str, str], settings: type[BaseModel]
) -> tuple[list[tuple[Path, Any, str]], list[Mistake]]:
    """Return (path, value, variable) for each setting, whole tables before their keys; and the variables that are none."""
    values: list[tuple[Path, Any, str]] = []
    mistakes: list[Mistake] = []
    for variable in sorted(environment, key=lambda name: (name.count(DELIMITER), name)):
        if not variable.upper().startswith(PREFIX) or variable == VARIABLE or _NOT_OURS.fullmatch(variable):
            continue
        try:
            path, annotation = _target(variable, settings)
            values.append((path, _value(environment[variable], annotation), variable))
        except _NotASetting as reason:
            mistakes.append(Mistake(place(variable), *reason.args))
    return values, mistakes


def place(variable: str) -> str:
    """Where a mistake is that came from this variable."""
    return f"{A_VARIABLE}{harmless(variable)}"


class _NotASetting(Exception):
    """Carries the problem and the fix."""


def _target(variable: str, settings: type[BaseModel]) -> tuple[Path, Any]:
    """The path that a variable names, and the type of what stands there."""
    path: Path = ()
    annotation: Any = settings
    for part in variable[len(PREFIX) :].lower().split(DELIMITER):
        item = _item(annotation)
        if item is not None and part.isascii() and part.isdigit() and len(part) < 4:
            path, annotation = (*path, int(part)), item
            continue
        fields = annotation.model_fields if _is_table(annotation) else {}
        if new := getattr(annotation, "RENAMED", {}).get(part):
            raise _NotASetting(f"is now `{new}`", f"rename it to {variable[: -len(part)]}{new.upper()}")
        if part not in fields:
            raise _NotASetting("unknown setting", _hint(path, part, settings, fields))
        path, annotation = (*path, part), fields[part].annotation
    return path, annotation


def _hint(path: Path, part: str, settings: type[BaseModel], fields: Mapping[str, Any]) -> str:
    above = "".join(f"{step}{DELIMITER}" for step in path)
    # CHATBOT_GITHUB_TOKEN: the commonest slip is one underscore where two belong
    whole = [DELIMITER.join(str(step) for step in path_of_key) for path_of_key in _paths(settings)]
    near = ("" if path else nearest(part, whole)) or nearest(part, fields)
    return (
        f"did you mean {PREFIX}{(above + near).upper()}?"
        if near
        else "unset it, or see docs/reference/configuration.md"
    )


def _paths(table: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    for name, field in table.model_fields.items():
        if _is_table(field.annotation):
            yield from _paths(field.annotation, (*above, name))  # type: ignore[arg-type]  # _is_table has just said so
        else:
            yield (*above, name)


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _item(annotation: Any) -> Any:
    """What a tuple of any length holds, or None."""
    inner = get_args(annotation)
    return inner[0] if len(inner) == 2 and inner[1] is Ellipsis else None


def _value(text: str, annotation: Any) -> Any:
    """The text itself, or what its JSON says where a list or a table belongs."""
    if annotation is SecretStr or not (_is_table(annotation) or _item(annotation) is not None):
        return text
    kind, example = (dict, '{"key": "value"}') if _is_table(annotation) else (list, _list_like(_item(annotation)))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise _NotASetting("is not written as JSON", f"write it like {example}")
    return value


def _list_like(item: Any) -> str:
    """An example of a list whose items are like this."""
    if get_origin(item) is Literal:
        return json.dumps(get_args(item)[:2])
    plain = get_args(item)[0] if get_args(item) else item
    return "[1234567890, 2345678901]" if plain is int else '["one", "two"]'


def win(tree: dict[str, Any], variables: Iterable[Path], secrets: Iterable[tuple[str, str]]) -> None:
    """A secret that the environment gives wins over the secret file that the configuration names, and the other way round."""
    paths = set(variables)
    for table, key in secrets:
        above = (table,) if table else ()
        level = tree.get(table) if table else tree
        if not isinstance(level, dict):
            continue
        for ours, other in ((key, f"{key}_file"), (f"{key}_file", key)):
            if (*above, ours) in paths and (*above, other) not in paths:
                level.pop(other, None)


def merged(tree: Mapping[str, Any], values: Sequence[tuple[Path, Any, str]]) -> tuple[dict[str, Any], list[Mistake]]:
    """The file's tree with the environment's values laid over it; a list's number may name one more than it has."""
    whole = _copy(tree)
    mistakes: list[Mistake] = []
    for path, value, variable in values:
        if not _put(whole, path, value):
            fix = "number them from 0 without a gap, as in the configuration file"
            mistakes.append(Mistake(place(variable), "skips a number", fix))
    return whole, mistakes


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _put(level: Any, path: Path, value: Any) -> bool:
    """Set what stands at `path` below `level`; False where there is no such place."""
    step, *rest = path
    if isinstance(step, int):
        if not isinstance(level, list) or step > len(level):
            return False
        if step == len(level):
            level.append({} if rest else value)
    elif not isinstance(level, dict):
        return False
    elif rest and step not in level:
        if isinstance(rest[0], int) and rest[0] > 0:
            return False
        level[step] = [] if isinstance(rest[0], int) else {}
    if rest:
        return _put(level[step], tuple(rest), value)
    level[step] = value
    return True
