"""A newcomer's first hour: an empty folder, the wheel, and the commands of the README until the first announcement."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from contextlib import suppress
from pathlib import Path

from tests.cli.process import now
from tests.packaging.installation import ROOT, Installation
from tests.patience import PATIENCE, until
from tests.quillpost import CHANNEL, quillpost
from tests.standins.discord import DiscordStandIn
from tests.standins.github.server import FaultyGitHub, serve


def commands() -> list[str]:
    """What the README's section says to type, without its comments."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Set it up\n")[2].partition("\n## ")[0]
    return [line.partition("  #")[0].strip() for line in re.findall(r"^    (.*)$", section, re.MULTILINE)]


async def start(command: str, folder: Path, environment: dict[str, str]) -> Process:
    return await asyncio.create_subprocess_exec(
        "sh", "-c", command,
        cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=STDOUT, start_new_session=True,
    )  # fmt: skip


async def test_the_readmes_commands_lead_to_a_first_announcement(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(installation.bin.parent)
    async with (
        DiscordStandIn() as discord,
        serve(FaultyGitHub(repositories=[quillpost()], quota_anonymous=10**6), now) as github,
    ):
        channel = discord.world.channels.pop(discord.room(name="releases"))
        discord.world.channels[CHANNEL] = channel | {"id": CHANNEL}
        environment = installation.environment(
            {
                "CHATBOT_GITHUB__API_URL": github,
                "CHATBOT_GITHUB__WEB_URL": github,
                "CHATBOT_GITHUB__POLL_SECONDS": "1",
                "CHATBOT_GITHUB__SETTLE_SECONDS": "0",
                "CHATBOT_DISCORD__API_URL": discord.api_url,
                "CHATBOT_DISCORD__GATEWAY_URL": discord.gateway_url,
            }
        )
        environment["PATH"] = os.defpath  # the program is not on it, as in a fresh clone
        *before, last = commands()
        assert last == ".venv/bin/chatbot run"
        for command in before:
            process = await start(command, tmp_path, environment)
            async with asyncio.timeout(PATIENCE):
                output, _ = await process.communicate(f"{discord.token}\n".encode())
            assert process.returncode == 0, f"{command}\n{output.decode()}"
            if " init " in command:  # it says the same as the README
                advice = [line.strip().partition(". ")[2] for line in output.decode().splitlines()]
                assert [line for line in (*before[2:], last) if line not in advice] == []
        bot = await start(last, tmp_path, environment)
        try:
            await until(lambda: discord.world.posts(CHANNEL), "the first announcement is there")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(bot.pid, signal.SIGTERM)
            output, _ = await bot.communicate()
        (post,) = discord.world.posts(CHANNEL)
        assert "Quillpost 2.3.5" in post["embeds"][0]["title"], output.decode()
        assert discord.token not in output.decode()
