"""Slash commands: made from the one table of commands, compared with what Discord has, and read back from an interaction."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatbot.core.model.severity import Severity
from chatbot.core.queries.commands import Command, Kind, Parameter, Right

JSON = dict[str, Any]

# https://discord.com/developers/docs/interactions/application-commands
MAX_ABOUT = 100
MAX_CHOICES = 25
SLASH, ON_MESSAGE = 1, 3
SUBCOMMAND, TEXT, MENTIONABLE = 1, 3, 9
IN_GUILD, IN_BOT_DM, IN_PRIVATE = 0, 1, 2
FOR_GUILD, FOR_USER = 0, 1

_COMPLETED = {Kind.VERSION, Kind.LINE, Kind.SCOPE, Kind.ADVISORY, Kind.SECTION, Kind.SUBJECT, Kind.PROJECT}
# https://discord.com/developers/docs/topics/permissions; what a server shows by default, its admins may change it, so the
# right itself is proved at the moment of the call.
_SHOWN_TO = {Right.ROOM_ADMIN: 1 << 4, Right.MODERATOR: 1 << 13}

# Commands that are used on a message, from its menu, by the name in that menu.
ON_MESSAGES = {"redirect": "Redirect to private report"}


def payload(table: Sequence[Command]) -> list[JSON]:
    """All commands as Discord takes them. A name of two words becomes a subcommand: `case open`."""
    commands: dict[str, JSON] = {}
    for command in (each for each in table if not each.hidden):
        first, _, second = command.name.partition(" ")
        if first in ON_MESSAGES:
            commands[first] = _placed({"type": ON_MESSAGE, "name": ON_MESSAGES[first], "description": ""}, [command])
        elif not second:
            commands[first] = _placed({"type": SLASH} | _described(command), [command])
        elif first not in commands:
            family = [each for each in table if each.name.partition(" ")[0] == first]
            options = [{"type": SUBCOMMAND} | _described(each) for each in family]
            description = _cut(" · ".join(each.description for each in family))
            commands[first] = _placed(
                {"type": SLASH, "name": first, "description": description, "options": options}, family
            )
    return list(commands.values())


def _described(command: Command) -> JSON:
    ordered = sorted(command.parameters, key=lambda parameter: not parameter.required)
    return {
        "name": command.name.rpartition(" ")[2],
        "description": _cut(command.description),
        "options": [_option(parameter) for parameter in ordered],
    }


def _option(parameter: Parameter) -> JSON:
    kind = MENTIONABLE if parameter.kind is Kind.MENTION else TEXT
    option: JSON = {"type": kind, "name": parameter.name, "description": _cut(parameter.description)}
    if parameter.required:
        option["required"] = True
    choices = parameter.choices or (tuple(Severity) if parameter.kind is Kind.SEVERITY else ())
    if choices:
        option["choices"] = [{"name": str(choice), "value": str(choice)} for choice in choices[:MAX_CHOICES]]
    elif parameter.kind in _COMPLETED:
        option["autocomplete"] = True
    return option


def _placed(command_json: JSON, family: Iterable[Command]) -> JSON:
    """Questions work everywhere, with the bot in a server or with a person; commands of a room only in a server."""
    rights = {command.right for command in family}
    of_room = rights <= set(_SHOWN_TO)
    command_json["contexts"] = [IN_GUILD] if of_room else [IN_GUILD, IN_BOT_DM, IN_PRIVATE]
    command_json["integration_types"] = [FOR_GUILD] if of_room else [FOR_GUILD, FOR_USER]
    permissions = [_SHOWN_TO[right] for right in rights if right in _SHOWN_TO] if of_room else []
    command_json["default_member_permissions"] = str(min(permissions)) if permissions else None
    return command_json


def _cut(text: str) -> str:
    return text if len(text) <= MAX_ABOUT else text[: MAX_ABOUT - 1] + "…"


def fingerprint(commands: Iterable[Mapping[str, Any]]) -> str:
    """The same for equal commands, whether made here or returned by Discord with ids and defaults filled in."""
    plain = sorted((_plain(command) for command in commands), key=lambda one: (one["type"], one["name"]))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _plain(command: Mapping[str, Any]) -> JSON:
    permissions = command.get("default_member_permissions")
    return {
        "type": command.get("type", SLASH),
        "name": command["name"],
        "description": command.get("description") or "",
        "permissions": None if permissions is None else str(permissions),
        "contexts": sorted(command.get("contexts") or []),
        "integration_types": sorted(command.get("integration_types") or []),
        "options": [_plain_option(option) for option in command.get("options") or []],
    }


def _plain_option(option: Mapping[str, Any]) -> JSON:
    return {
        "type": option["type"],
        "name": option["name"],
        "description": option.get("description") or "",
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [[choice["name"], choice["value"]] for choice in option.get("choices") or []],
        "options": [_plain_option(inner) for inner in option.get("options") or []],
    }


def differences(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a sync would change, a line each."""
    here = {(c.get("type", SLASH), c["name"]): fingerprint([c]) for c in ours}
    there = {(c.get("type", SLASH), c["name"]): fingerprint([c]) for c in theirs}
    lines = [f"add {name}" for kind, name in here if (kind, name) not in there]
    lines += [f"change {key[1]}" for key, mark in here.items() if key in there and there[key] != mark]
    return lines + [f"remove {name}" for kind, name in there if (kind, name) not in here]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked:
    """A slash command or its completion as somebody typed it; `focused` is the option being typed."""

    command: str
    arguments: dict[str, str] = field(default_factory=dict)
    focused: str = ""


def parse(data: Mapping[str, Any]) -> Invoked:
    """Read the data of an interaction; a value that is no text becomes one."""
    name, options = str(data.get("name", "")), list(data.get("options") or [])
    while options and options[0].get("type") in (SUBCOMMAND, SUBCOMMAND + 1):
        name = f"{name} {options[0]['name']}"
        options = list(options[0].get("options") or [])
    focused = next((str(option["name"]) for option in options if option.get("focused")), "")
    arguments = {str(o["name"]): str(o.get("value", "")).strip() for o in options}
    return Invoked(command=name, arguments={k: v for k, v in arguments.items() if v or k == focused}, focused=focused)
