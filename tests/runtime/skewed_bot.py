"""`chatbot run` as a process whose time of day a test sets: by how many seconds it is wrong stands in a file."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.cli.failure import Status
from chatbot.cli.run import until_told
from chatbot.runtime.ops.logs import configure
from chatbot.runtime.settings.settings import load
from chatbot.store.database.db import StoreUnavailable
from tests.standins import forks


async def spawn(config: Path, log: Path, skew: Path) -> forks.Process:
    """Start a bot whose words go to the log, and whose clock is wrong by what stands in `skew`."""
    with log.open("ab") as words:
        return await forks.start("tests.runtime.skewed_bot:main", str(config), str(skew), stdout=words, stderr=words)


def main() -> None:
    config, skew = Path(sys.argv[1]), Path(sys.argv[2])

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(skew.read_text() or 0))

    settings = load(config, os.environ)
    configure(settings.secrets())
    try:
        asyncio.run(until_told(settings, config, clock))
    except StoreUnavailable as away:
        print(away, file=sys.stderr)  # noqa: T201 - as `chatbot run` says it
        sys.exit(Status.OUTSIDE)
