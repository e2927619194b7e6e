"""Secrets at risk: files that others on this machine can read, and secrets that are too short to be hidden well."""

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chatbot.runtime.settings.secret_files import SHORTEST, password_of
from chatbot.runtime.settings.settings import Settings
from chatbot.runtime.settings.tables import SECRETS

_MOST = 20  # files that are named


def exposed(settings: Settings, config: Path) -> list[str]:
    """A sentence for each risk, with what ends it."""
    problems = []
    if any(len(secret) < SHORTEST for secret in settings.secrets()):
        problems.append(f"a secret is shorter than {SHORTEST} characters: choose a longer one, others can guess it")
    if _mode(config) & (stat.S_IROTH | stat.S_IWOTH) and _holds_secrets(config):
        problems.append(f"{config} holds secrets and can be read by others: run chmod 600 {config}")
    problems += [
        f"{file} holds what people asked and can be read by others: run chmod 600 {file}"
        for file in _database_files(settings)
        if _mode(file) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    return problems[:_MOST]


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0


def _holds_secrets(config: Path) -> bool:
    """Whether a secret stands in the file itself. It was read a moment ago; what cannot be read now holds nothing for others."""
    try:
        tree = tomllib.loads(config.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return bool(password_of(str(tree.get("database", "")))) or any(_inline(tree))


def _inline(tree: Mapping[str, Any]) -> Iterator[object]:
    for table, key in SECRETS:
        level = tree.get(table)
        yield level.get(key) if isinstance(level, dict) else None
    health = tree.get("health")
    yield health.get("deadman_url") if isinstance(health, dict) else None


def _database_files(settings: Settings) -> list[Path]:
    """The SQLite file, its companions, and the copies that were kept beside it."""
    url = settings.database.get_secret_value()
    path = Path(url.removeprefix("sqlite:///"))
    if str(path) == url or not path.name:
        return []
    try:
        beside = sorted(file for file in path.parent.iterdir() if file.name.startswith(path.name))
    except OSError:
        return []
    return [file for file in beside if file.is_file() and file.name[len(path.name) :][:1] in ("", "-", ".")]
