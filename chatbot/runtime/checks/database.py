"""Whether the bot could start with the configured database: for `chatbot check --online`. Nothing is made or changed."""

import asyncio
import os
from pathlib import Path

from chatbot.core.checks.result import CheckResult
from chatbot.runtime.settings.settings import Settings
from chatbot.store import inventory
from chatbot.store.database.failure import StoreUnavailable
from chatbot.store.database.schema import known_versions
from chatbot.store.inventory import Inventory

_FILE = "sqlite:///"


async def check_database(settings: Settings) -> CheckResult:
    """What a start would find. A file that is not there yet is made at the first start, if its folder lets the bot write."""
    url, name = settings.database.get_secret_value(), settings.database_shown
    file = Path(url.removeprefix(_FILE)) if url.startswith(_FILE) else None
    if file is not None and (unwritable := await asyncio.to_thread(_unwritable, file)):
        return CheckResult(kind="source", subject=name, wrong=(unwritable,))
    if file is not None and not await asyncio.to_thread(file.exists):
        return CheckResult(kind="source", subject=name, notes=("it is made at the first start",))
    try:
        contents = await inventory.take(url)
    except StoreUnavailable as reason:
        if file is None:
            return CheckResult(kind="source", subject=name, away=str(reason))
        return CheckResult(kind="source", subject=name, wrong=(str(reason),))
    wrong = _wrong(contents)
    return CheckResult(kind="source", subject=name, right=(contents.kind,), wrong=(wrong,) if wrong else ())


def _unwritable(file: Path) -> str:
    """Why the bot could not write there; it also makes files beside the database."""
    folder = file.absolute().parent
    if not folder.is_dir():
        return "its folder does not exist: make it, or correct `database` in the configuration"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "its folder cannot be written: let the bot's user write there"
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return "the file cannot be written: let the bot's user read and write it"
    return ""


def _wrong(contents: Inventory) -> str:
    if contents.whole not in ("", "ok"):
        return f"it is damaged ({contents.whole[:100]}): stop the bot, and restore a backup with `chatbot db restore`"
    if contents.schema not in (*known_versions(), "none"):
        return f"it was written by a newer chatbot (schema {contents.schema}): run that version, or restore an older backup"
    return ""
