"""The operators' pages, followed as they stand: their shell blocks are run in a folder with a bot's configuration."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

from chatbot.store.database.db import open_store
from tests.cli.process import environment, harbour
from tests.patience import PATIENCE
from tests.standins import postgres

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "how-to"


def blocks(name: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (PAGES / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


async def follow(block: str, folder: Path) -> str:
    """Run a block in a shell that ends at the first command that fails; return what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        block,
        cwd=folder,
        env={**environment(), "PATH": path},
        stdout=PIPE,
        stderr=STDOUT,
    )
    async with asyncio.timeout(PATIENCE):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_a_backup_is_made_and_restored_in_a_drill(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        assert (await there.type("db", "upgrade")).status == 0
        making, drill = blocks("back-up-and-restore.md")
        assert "Backup written to backups/chatbot-" in await follow(making, tmp_path)
        before = (tmp_path / "bot.db").read_bytes()
        output = await follow(drill, tmp_path)
        for part in (
            "sqlite:///drill/chatbot.db is as it was at",
            "undamaged and up to date",
            "No undelivered messages.",
        ):
            assert part in output
        assert (tmp_path / "bot.db").read_bytes() == before, "a drill changes nothing"
        assert not (tmp_path / "drill").exists()


async def test_a_bot_moves_to_postgresql_as_the_page_says(postgres_server: Any, tmp_path: Path) -> None:
    url: Any = await postgres.new_database(postgres_server)
    async with harbour(tmp_path) as there:
        assert (await there.type("db", "upgrade")).status == 0
        (moving,) = blocks("use-postgresql.md")
        assert "postgresql://chatbot@db.example/chatbot" in moving
        output = await follow(moving.replace("postgresql://chatbot@db.example/chatbot", f"'{url}'"), tmp_path)
        assert "undamaged and up to date" in output
        async with open_store(url, migrate=False) as store:
            assert store.postgres
