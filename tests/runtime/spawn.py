"""`chatbot run` as a process of its own, for tests that start several."""

import asyncio
import sys
from asyncio.subprocess import Process
from pathlib import Path


async def spawn(config: Path, log: Path) -> Process:
    """Start a bot whose words go to the log."""
    with log.open("ab") as words:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from chatbot.cli import main; sys.exit(main())",
            "run",
            "--config",
            str(config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
