"""What pydantic found, in our words: no value is repeated, and each problem names its fix."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from chatbot.runtime.settings.mistakes import nearest

Problem = tuple[tuple[str | int, ...], str, str]  # where, problem, fix

_WRONG_KIND = {  # the beginning of pydantic's type of error → problem, fix
    "string": ("is not text", 'write it in quotes: "…"'),
    "int": ("is not a whole number", "write a whole number without quotes"),
    "bool": ("is neither true nor false", "write true or false without quotes"),
    "tuple": ("is not a list", 'write a list: ["…"]'),
    "model": ("is not a table", "write it as a [table] with its keys below"),
}


def mistakes(errors: Iterable[Mapping[str, Any]], settings: type[BaseModel]) -> Iterator[Problem]:
    """Turn pydantic's list of errors into ours."""
    entries = [(tuple(error["loc"]), error) for error in errors]
    renamed = {(*where[:-1], new) for where, error in entries if (new := _new_name(error, where, settings))}
    for where, error in entries:
        # a list none of whose items is right is not empty, and what stands under its old name is not missing
        below = any(other[: len(where)] == where and len(other) > len(where) for other, _ in entries)
        if not below and not (error["type"] == "missing" and where in renamed):
            yield (where, *_words(error, where, settings))


def _words(error: Mapping[str, Any], where: tuple[str | int, ...], settings: type[BaseModel]) -> tuple[str, str]:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "setting":
        return context["problem"], context["fix"]
    if kind == "missing":
        return "is missing", f"add {where[-1]} here"
    if new := _new_name(error, where, settings):
        return f"is now `{new}`", "rename it"
    if kind == "extra_forbidden":
        return "unknown setting", _near(where, settings)
    if kind == "literal_error":
        return "is not one of the choices", f"write {context['expected']}".replace("'", '"')
    return _bound(kind, context) or _kind(kind)


def _bound(kind: str, context: Mapping[str, Any]) -> tuple[str, str] | None:
    match kind:
        case "greater_than_equal" | "greater_than":
            return "is too small", f"write a number of at least {context.get('ge', 1)}"
        case "less_than_equal" | "less_than":
            return "is too large", f"write a number of at most {context.get('le', 2**64 - 1)}"
        case "too_short":
            return "is empty", "list at least one"
        case "string_too_short":
            return "is empty", "write a value, or leave the key out"
        case _:
            return None


def _kind(kind: str) -> tuple[str, str]:
    return _WRONG_KIND.get(kind.partition("_")[0], ("is not understood", "see docs/reference/configuration.md"))


def _new_name(error: Mapping[str, Any], where: tuple[str | int, ...], settings: type[BaseModel]) -> str | None:
    """What an unknown key is called today, if it was a setting once."""
    if error["type"] != "extra_forbidden":
        return None
    renamed: Mapping[str, str] = getattr(_table(where, settings), "RENAMED", {})
    return renamed.get(str(where[-1]))


def _table(where: tuple[str | int, ...], settings: type[BaseModel]) -> Any:
    """The model of the table in which a key stands."""
    table: Any = settings
    for part in where[:-1]:
        table = table.model_fields[part].annotation if isinstance(part, str) else get_args(table)[0]
    return table


def _near(where: tuple[str | int, ...], settings: type[BaseModel]) -> str:
    near = nearest(str(where[-1]), _table(where, settings).model_fields)
    return f"did you mean {near}?" if near else "remove it, or see docs/reference/configuration.md"
