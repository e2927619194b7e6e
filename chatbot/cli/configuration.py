"""The configuration file as a command gets it: its settings, or every mistake in it."""

import os
from pathlib import Path

from chatbot.cli.failure import Failure
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import Settings, load

_MOST_COMMENT = 60  # characters of a comment that names a room


def settings_of(config: Path) -> Settings:
    """The settings, from the file and this process's environment."""
    try:
        return load(config, os.environ)
    except Mistakes as mistakes:
        raise Failure(str(mistakes)) from None


def comments_of(config: Path) -> dict[str, str]:
    """What the operator wrote behind each room's address: `address = "discord:1"  # #releases`."""
    names: dict[str, str] = {}
    for line in config.read_text(encoding="utf-8-sig").splitlines():
        key, _, rest = line.partition("=")
        value, _, comment = rest.strip()[1:].partition(rest.strip()[:1] or '"')
        if key.strip() == "address" and comment.strip().startswith("#"):
            names[value] = comment.strip().removeprefix("#").strip()[:_MOST_COMMENT]
    return names
