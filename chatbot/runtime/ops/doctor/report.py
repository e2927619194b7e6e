"""The report of `chatbot doctor`: sections of which each is made by itself, so that what is broken hides nothing else."""

import functools
import os
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId
from chatbot.core.text import patterns
from chatbot.core.text.words import age, count
from chatbot.ports import Clock
from chatbot.runtime.ops.doctor.lines import redacted_lines, without_quotes
from chatbot.runtime.ops.doctor.redaction import Redact, leaves, redaction, words_of_ours
from chatbot.runtime.ops.last_lines import place_of, read_last
from chatbot.runtime.settings.environment import A_VARIABLE, PREFIX
from chatbot.runtime.settings.exposure import exposed
from chatbot.runtime.settings.mistakes import Mistake, Mistakes, nearest
from chatbot.runtime.settings.settings import Settings
from chatbot.runtime.settings.tables import ProjectTable, RoomTable, Table
from chatbot.store import inventory, outbox
from chatbot.store.database.db import StoreUnavailable, open_store
from chatbot.store.inventory import Inventory
from chatbot.store.knowledge import source_states
from chatbot.store.outbox import deliveries

MOST_LINES = 200  # of the log
MOST_DELIVERIES = 50
_OPEN = (State.SENDING, State.PENDING, State.WAITING, State.DOUBTFUL, State.REFUSED, State.PARKED)
_TABLES: Mapping[str, type[Table]] = {"projects": ProjectTable, "rooms": RoomTable}
_NO_DEFAULT = object()
_NAME = patterns.compile(r"[A-Za-z0-9._-]+")
_KEY = patterns.compile(r"[^\s.:\[\]]+")

Place = tuple[str | int, ...]
Section = tuple[str, Callable[[], Awaitable[Sequence[str]]]]


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: the configuration file, its settings or the mistakes in it, and the time."""

    config: Path
    settings: Settings | None
    mistakes: Mistakes | None
    clock: Clock


async def report(patient: Patient) -> str:
    """The whole report as text."""
    contents = await _inventory(patient.settings)
    redact = redaction(patient.settings, contents.projects if isinstance(contents, Inventory) else ())
    sections: list[Section] = [
        ("Versions", _versions),
        ("Configuration", lambda: _configuration(patient, redact)),
        ("Database", lambda: _database(patient, contents, redact)),
        ("Sources", lambda: _sources(patient, redact)),
        ("Undelivered messages", lambda: _undelivered(patient, redact)),
        (f"Last log lines (at most {MOST_LINES})", lambda: _log(patient, redact)),
    ]
    parts = [
        f"# chatbot doctor · {patient.clock():%Y-%m-%d %H:%M} UTC",
        "For a bug report. Names, ids, addresses and secrets are taken out; please read it before you share it.",
    ]
    for title, make in sections:
        parts += ["", f"## {title}", "", *(await _guarded(make, redact))]
    return "\n".join(parts) + "\n"


async def _guarded(make: Callable[[], Awaitable[Sequence[str]]], redact: Redact) -> Sequence[str]:
    try:
        return await make()
    except StoreUnavailable as reason:
        return [redact(without_quotes(f"cannot be shown: {reason}"))]
    except Exception as fault:  # noqa: BLE001 - a report is wanted just when something is broken
        return [f"cannot be shown: {type(fault).__name__}"]  # in its words anything may stand


async def _versions() -> Sequence[str]:
    return [
        f"chatbot {version('release-chatbot')}",
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"{platform.system()} {platform.release()} {platform.machine()}, {count(os.cpu_count() or 0, 'processor')}",
        f"runs in a container: {_yes('KUBERNETES_SERVICE_HOST' in os.environ or _is_container())}",
        f"started by systemd: {_yes('INVOCATION_ID' in os.environ)}",
        f"language of the system: {'UTF-8' if sys.getfilesystemencoding().lower() == 'utf-8' else 'not UTF-8'}",
        *_libraries(),
        f"packages installed: {sum(1 for _ in distributions())}",
    ]


def _is_container() -> bool:
    return any(Path(marker).exists() for marker in ("/.dockerenv", "/run/.containerenv"))


def _libraries() -> Iterator[str]:
    """What the program needs, each with its version here."""
    for requirement in requires("release-chatbot") or []:
        parts = _NAME.match(requirement)
        if parts is not None and "extra ==" not in requirement:
            try:
                yield f"{parts[0]} {version(parts[0])}"
            except PackageNotFoundError:
                yield f"{parts[0]} is missing"


def _yes(is_so: object) -> str:
    return "yes" if is_so else "no"


async def _configuration(patient: Patient, redact: Redact) -> Sequence[str]:
    if patient.mistakes is not None:
        return [
            "It has mistakes:",
            *(f"- {shown_mistake(each, patient.config, redact)}" for each in patient.mistakes.mistakes),
        ]
    if patient.settings is None:
        return ["There is none."]
    risks = [f"- {redact(sentence)}" for sentence in exposed(patient.settings, patient.config)]
    return [*shown_settings(patient.settings), *(["", "Secrets at risk:", *risks] if risks else [])]


def shown_mistake(mistake: Mistake, config: Path, redact: Redact) -> str:
    """Where it is and what is wrong. How to fix it may name a project, and a key that is none of ours may be a name too."""
    problem = redact(without_quotes(mistake.problem))
    for begin, words in ((str(config), "the file"), (config.name, "the file"), (A_VARIABLE, A_VARIABLE)):
        if mistake.where.startswith(begin):
            return f"{words}{_KEY.sub(_our_key, mistake.where[len(begin) :])}: {problem}"
    return f"{_KEY.sub(_our_key, mistake.where)}: {problem}"


def _our_key(match: patterns.Match) -> str:
    word = match[0]
    parts = [part for part in word.lower().removeprefix(PREFIX.lower()).split("__") if part]
    return word if word.isdigit() or all(nearest(part, _our_keys()) for part in parts) else "[key]"


@functools.cache
def _our_keys() -> frozenset[str]:
    """The names of all tables and keys."""
    schema = Settings.model_json_schema()
    models = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for model in models for name in model.get("properties", ()))


def shown_settings(settings: Settings) -> list[str]:
    """Every setting that was given: numbers, truths and the words of our own schema as they are; of any other text only that
    there is one."""
    defaults, ours = dict(leaves(Settings().model_dump())), words_of_ours()
    lines = []
    for place, value in leaves(settings.model_dump()):
        if _plain(_default(place, defaults)) == _plain(value):
            continue
        if place and isinstance(place[-1], int) and isinstance(value, str) and value not in ours:
            continue  # counted below
        lines.append(f"{_name(place)} = {_value(value, ours)}")
    return [*lines, *_counted(settings.model_dump())] or ["All settings have their defaults."]


def _default(place: Place, defaults: Mapping[Place, Any]) -> Any:
    """What the setting is where nothing is given."""
    model = _TABLES.get(str(place[0]))
    if model is None:
        return defaults.get(place, _NO_DEFAULT)
    field = model.model_fields.get(str(place[2])) if len(place) == 3 else None
    return _NO_DEFAULT if field is None or field.is_required() else field.get_default(call_default_factory=True)


def _counted(tree: Mapping[str, Any], place: Place = ()) -> Iterator[str]:
    for key, value in tree.items():
        here = (*place, key)
        if isinstance(value, Mapping):
            yield from _counted(value, here)
        elif isinstance(value, list | tuple | set | frozenset):
            for number, each in enumerate(value):
                if isinstance(each, Mapping):
                    yield from _counted(each, (*here, number))
            if value:
                yield f"{_name(here)}: {count(len(value), 'entry')}"


def _name(place: Place) -> str:
    return "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in place).removeprefix(".")


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _value(value: object, ours: frozenset[str]) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower() if abs(value) < 10**9 else "set"
    if isinstance(value, str) and value in ours:
        return f'"{value}"'
    return "set" if _plain(value) else "not set"


async def _inventory(settings: Settings | None) -> Inventory | str:
    """What the database holds, or why nobody can tell."""
    if settings is None:
        return "cannot be looked at while the configuration has mistakes"
    try:
        return await inventory.take(settings.database.get_secret_value())
    except StoreUnavailable as reason:
        return f"cannot be looked at: {reason}"


async def _database(patient: Patient, contents: Inventory | str, redact: Redact) -> Sequence[str]:
    if isinstance(contents, str):
        return [redact(contents)]
    lines = [contents.kind, f"tables of version {contents.schema}"]
    if contents.size is not None:
        free = _free(_settings(patient).database.get_secret_value())
        undamaged = _yes(contents.whole == "ok")
        lines += [f"file: {contents.size} bytes, undamaged: {undamaged}", f"free on its disk: {free} bytes"]
    return [*lines, *(f"{name}: {count(many, 'row')}" for name, many in contents.rows.items())]


def _free(url: str) -> int:
    return shutil.disk_usage(Path(url.removeprefix("sqlite:///")).absolute().parent).free


async def _sources(patient: Patient, redact: Redact) -> Sequence[str]:
    settings = _settings(patient)
    lines, now = list[str](), patient.clock()
    async with open_store(settings.database.get_secret_value(), migrate=False) as store, store.reading() as tx:
        for number, project in enumerate(settings.projects, 1):
            for state in await source_states.of_project(tx, ProjectId(project.id)):
                when = f"read {age(now - state.read_at)}" if state.read_at else "never read"
                trouble = f"; trouble: {redact(without_quotes(state.trouble))}" if state.trouble else ""
                gap = f"; not all: {redact(without_quotes(state.gap))}" if state.gap else ""
                lines.append(
                    f"project {number}: {state.profile.kind} from {state.profile.origin}: {when}{trouble}{gap}"
                )
    return lines or ["none was asked yet"]


async def _undelivered(patient: Patient, redact: Redact) -> Sequence[str]:
    settings, now = _settings(patient), patient.clock()
    async with open_store(settings.database.get_secret_value(), migrate=False) as store, store.reading() as tx:
        waiting = await deliveries.listing(tx, _OPEN, limit=MOST_DELIVERIES)
        counts = await outbox.counts(tx)
    totals = ", ".join(f"{many} {state}" for state, many in sorted(counts.items())) or "none"
    return [f"in all: {totals}", *(_delivery(each, now, redact) for each in waiting)]


def _delivery(each: deliveries.Listed, now: datetime, redact: Redact) -> str:
    reason = f": {redact(without_quotes(each.reason))}" if each.reason else ""
    queued = f"queued {age(now - each.enqueued_at)}, {count(each.attempts, 'attempt')}"
    return f"- {each.id}: {each.kind} on {each.room.chat}, {each.lane.name.lower()}, {each.state}, {queued}{reason}"


async def _log(patient: Patient, redact: Redact) -> Sequence[str]:
    place = place_of(_settings(patient).database.get_secret_value())
    lines = redacted_lines(read_last(place, MOST_LINES), redact) if place is not None else []
    return lines or ["none: `chatbot run` keeps them beside the database"]


def _settings(patient: Patient) -> Settings:
    if patient.settings is None:
        raise StoreUnavailable("the configuration has mistakes, so it is not known where this is")
    return patient.settings
