"""The tutorials, followed word by word: their configuration, commands and outputs, beside stand-ins for GitHub, Discord and Matrix."""

import asyncio
import os
import re
import shlex
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.process import now
from tests.patience import PATIENCE
from tests.quillpost import CHANNEL, quillpost
from tests.standins import forks
from tests.standins.discord import DiscordStandIn
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.synapse import synapse

ROOT = Path(__file__).parents[1]
TUTORIALS = ROOT / "docs" / "tutorials"
CHATBOT = Path(sys.executable).with_name("chatbot")
TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the page with the output that it shows; `…` stands for anything on a line, or for any lines."""

    words: list[str]
    output: str

    def matches(self, output: str, *, whole: bool) -> bool:
        lines = [TIME.sub("(time)", line) for line in self.output.splitlines()]
        pattern = "".join(r"(?:.*\n)*?" if line == "…" else _line(line) for line in lines)
        match = re.compile(pattern + r"\n*").fullmatch if whole else re.compile(pattern).match
        return match(TIME.sub("(time)", output)) is not None


def _line(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…"))) + r"\n"


def steps(page: str) -> Iterator[Step]:
    for block in re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        for line, output in re.findall(r"^\$ chatbot (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            yield Step(shlex.split(line), output)


async def start(words: list[str], folder: Path, env: dict[str, str]) -> str:
    process = await forks.start(forks.CHATBOT, *words, cwd=folder, env=env, stdout=PIPE, stderr=STDOUT)
    async with asyncio.timeout(PATIENCE):
        output, _ = await process.communicate()
    return output.decode()


async def run_until_shown(step: Step, folder: Path, env: dict[str, str]) -> str:
    """Run the bot until its log shows what the page shows, then end it."""
    process = await asyncio.create_subprocess_exec(
        CHATBOT, *step.words, "--log-format", "text", cwd=folder, env=env, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    assert process.stdout is not None
    output = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while not step.matches(output, whole=False):
                line = (await process.stdout.readline()).decode()
                assert line, f"the page shows:\n{step.output}\nit ended with:\n{output}"
                output += line
        process.terminate()
        await process.communicate()
    except TimeoutError:
        pytest.fail(f"the page shows:\n{step.output}\nthe bot says so far:\n{output}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    return output


async def follow(
    name: str, folder: Path, secret: tuple[str, str], env: dict[str, str], before_run: Callable[[], Awaitable[None]]
) -> None:
    """Do what the page says, in its order, with the account's secret in the file that it names."""
    page = (TUTORIALS / name).read_text(encoding="utf-8")
    (config,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (folder / secret[0]).write_text(f"{secret[1]}\n", encoding="utf-8")
    (folder / secret[0]).chmod(0o600)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CHATBOT_")}
    async with serve(FaultyGitHub(repositories=[quillpost()], quota_anonymous=10**6), now) as url:
        at_once = {"CHATBOT_GITHUB__SETTLE_SECONDS": "0", "CHATBOT_GITHUB__POLL_SECONDS": "1"}
        places = {"CHATBOT_GITHUB__API_URL": url, "CHATBOT_GITHUB__WEB_URL": url}
        whole = {**inherited, **env, **at_once, **places}
        for step in steps(page):
            if step.words == ["run"]:
                await before_run()
                await run_until_shown(step, folder, whole)
                continue
            output = (await start(step.words, folder, whole)).replace(url, "https://github.com")
            assert step.matches(output, whole=True), f"chatbot {shlex.join(step.words)} says:\n{output}"
            if step.words[0] == "init":
                assert (folder / "config.toml").read_text(encoding="utf-8") == config


async def test_the_tutorial_for_discord_ends_with_an_announcement(tmp_path: Path) -> None:
    async def nothing() -> None:
        """The bot was invited before."""

    async with DiscordStandIn() as discord:
        channel = discord.world.channels.pop(discord.room(name="releases"))
        channel["id"] = CHANNEL
        discord.world.channels[channel["id"]] = channel
        places = {"CHATBOT_DISCORD__API_URL": discord.api_url, "CHATBOT_DISCORD__GATEWAY_URL": discord.gateway_url}
        await follow("discord.md", tmp_path, ("discord-token", discord.token), places, nothing)
        (post,) = discord.world.posts(channel["id"])
        assert "Quillpost 2.3.5" in post["embeds"][0]["title"]


async def test_the_tutorial_for_matrix_ends_with_an_announcement(tmp_path: Path) -> None:
    password = "correct horse battery staple"
    with synapse(server_name="example.org") as server:
        admin = server.register(admin=True)
        for name in ("alice", "releases"):
            path = f"/_synapse/admin/v2/users/{quote(f'@{name}:example.org')}"
            server.call("PUT", path, {"password": password, "displayname": name}, admin.token)
        who = {"type": "m.id.user", "user": "alice"}
        login = {"type": "m.login.password", "identifier": who, "password": password}
        token = server.call("POST", "/v3/login", login)["access_token"]
        body = {"preset": "private_chat", "room_alias_name": "releases", "name": "Releases"}
        room = server.call("POST", "/v3/createRoom", body, token)["room_id"]

        async def invite() -> None:
            invited = {"user_id": "@releases:example.org"}
            server.call("POST", f"/v3/rooms/{quote(room, safe='')}/invite", invited, token)

        places = {"CHATBOT_MATRIX__HOMESERVER": server.url}
        await follow("matrix.md", tmp_path, ("matrix-password", password), places, invite)
        history = server.call("GET", f"/v3/rooms/{quote(room, safe='')}/messages?dir=b&limit=20", token=token)["chunk"]
        texts = [event["content"]["body"] for event in history if event["type"] == "m.room.message"]
        assert ["Quillpost 2.3.5" in text for text in texts] == [True]


def test_three_dots_stand_for_anything_and_nothing_else_does() -> None:
    step = Step(["check"], "one\n…\nthree … five\n")
    assert step.matches("one\ntwo\n\nthree four five\n", whole=True)
    assert step.matches("one\nthree  five\n", whole=True)
    assert not step.matches("one\nthree four six\n", whole=True)
    assert not step.matches("zero\none\nthree four five\n", whole=True)
    assert not step.matches("one\nthree four five\nsix\n", whole=True)
