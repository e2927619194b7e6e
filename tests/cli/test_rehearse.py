"""A rehearsal from the shell: the terminal shows what rooms would get, and nothing is written anywhere."""

import asyncio
import json
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

import pytest

from tests.cli.process import CHATBOT, environment, harbour
from tests.cli.shell import Shell
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_terminal_shows_what_rooms_would_get(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, DiscordStandIn() as discord:
        room = discord.room(name="releases")
        there.config.write_text('first_run = "newest"\n' + there.config.read_text())
        there.configure(
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
            f'[[rooms]]\naddress = "discord:{room}"\nprojects = ["ferry"]\nmention = "role:7"\n'
        )
        before = files(tmp_path)
        process = await asyncio.create_subprocess_exec(
            CHATBOT, "run", "--rehearse", "console", "--config", str(there.config),
            cwd=tmp_path, env=environment(), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        output = ""
        async with asyncio.timeout(PATIENCE):
            while "would go to" not in output and not process.stdout.at_eof():
                output += (await process.stdout.readline()).decode()
            process.send_signal(signal.SIGTERM)
            rest, _ = await process.communicate()
        output += rest.decode()
        assert process.returncode == 0
        assert "this is a rehearsal: all messages go to one room" in output
        lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        assert {line["rehearsal"] for line in lines if line["event"] in ("running", "message delivered")} == {True}
        assert "Ferry 1.0.1\nRehearsal: would go to " in output
        assert f"discord:{room}" in output
        assert files(tmp_path) == before, "no database, no health file"
        assert not [request for request in discord.requests if request.method != "GET"]


@pytest.mark.parametrize(
    ("room", "words"),
    [
        ("discord:5", "discord:5 cannot be reached: its chat is not configured"),
        ("discord:user:5", "is not the address"),
    ],
)
def test_a_room_that_cannot_be_used_is_named(shell: Shell, tmp_path: Path, room: str, words: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[[projects]]\nid = "ferry"\nrepository = "harbour/ferry"\n')
    ran = shell("run", "--rehearse", room, "--config", config)
    assert (ran.status, ran.out, words in ran.err) == (2, "", True)
