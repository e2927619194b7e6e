"""`--help`: it fits the terminal, speaks of no types of Python, and each of its examples runs as it stands."""

import asyncio
import re
import shlex
import shutil
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from chatbot.cli import COMMANDS
from chatbot.cli.examples import EXAMPLES
from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.runtime.ops import pulse
from chatbot.store import outbox
from chatbot.store.database.db import open_store
from tests.cli.process import CHATBOT, Harbour, environment, harbour, now
from tests.cli.shell import Shell
from tests.cli.terminal import in_terminal
from tests.patience import PATIENCE
from tests.standins import forks
from tests.standins.discord import DiscordStandIn

DOCUMENTS = Path(__file__).parents[2] / "docs" / "examples"
SENTENCE = re.compile(r"[A-Z].*[.!?]$", re.DOTALL)


def paths(command: Any, above: str = "") -> Iterator[str]:
    """The program and every command below it, groups and their commands: `db`, `db backup`."""
    yield above
    for name, each in getattr(command, "commands", {}).items():
        yield from paths(each, f"{above} {name}".strip())


def program() -> Any:
    whole = typer.Typer()
    whole.callback()(lambda: None)
    for module, _ in COMMANDS.values():
        import_module(f"chatbot.cli.{module}").register(whole)
    return typer.main.get_command(whole)


PATHS = list(paths(program()))


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("path", PATHS)
def test_help_fits_the_terminal(shell: Shell, path: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = shell(*path.split(), "--help")
    assert (ran.status, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) < min(columns, 121)
    assert not re.search(r"<[a-z\[|]|\{|\[str|[a-z,]\.\.\.\n|env var|None|\(\)", ran.out)


@pytest.mark.parametrize("path", PATHS)
def test_every_command_says_what_it_does_and_shows_examples(shell: Shell, path: str) -> None:
    out = shell(*path.split(), "--help").out
    assert SENTENCE.fullmatch(out.split("\n\n")[1])
    assert "Examples:\n  chatbot" in out
    if path:
        assert all(line.startswith(f"chatbot {path}") for line in EXAMPLES[path])


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("path", PATHS)
def test_an_example_can_be_pasted_at_any_width(
    shell: Shell, path: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = shell(*path.split(), "--help").out.partition("Examples:\n")[2].replace("\\\n", "")
    assert [shlex.split(line) for line in lines.splitlines()] == [shlex.split(line) for line in EXAMPLES[path]]


@pytest.mark.parametrize("path", [path for path in PATHS if " " not in path])
def test_a_family_alone_shows_its_help(shell: Shell, path: str) -> None:
    if not any(each.startswith(f"{path} ") for each in PATHS):
        return
    alone = shell(*path.split())
    assert (alone.status, alone.err) == (0, "")
    assert alone.out == shell(*path.split(), "--help").out


def test_examples_belong_to_commands() -> None:
    assert set(EXAMPLES) == set(PATHS)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Harbour]:
    """A folder with all that the examples name: a configuration, files, a database with messages that wait, a backup."""
    for file in ("SECURITY.md", "releases.json", "advisories.json"):
        shutil.copy(DOCUMENTS / file, folder)
    async with harbour(folder) as there, DiscordStandIn() as discord:
        for tag in ("v2.2.9", "v2.3.5"):
            there.publish(tag, "Repairs.")
        there.configure(
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
            '[[rooms]]\naddress = "console"\nprojects = ["ferry"]\n'
        )
        channel = discord.world.channels.pop(discord.room(name="releases"))
        channel["id"] = "1234567890123456789"
        discord.world.channels[channel["id"]] = channel
        new = there.config.read_text().replace("bot.db", "new.db")
        (folder / "new.toml").write_text(new)
        await there.type("db", "upgrade")
        await there.type("db", "export", str(folder / "export.db"))
        async with open_store(f"sqlite:///{folder}/bot.db") as store, store.writing() as tx:
            for number in range(18):
                message = PlannedMessage(
                    project=ProjectId("ferry"),
                    subject=f"release/ferry/v1.0.{number}",
                    kind="new",
                    message=Message(title=f"Ferry 1.0.{number}", tone=Tone.ROUTINE),
                    lane=Lane.ROUTINE,
                    revisions={RoomAddress("console"): 1},
                )
                await outbox.add(tx, [message], now())
        yield there


def answer_at_a_terminal(there: Harbour, words: list[str]) -> tuple[int | None, str]:
    """`chatbot init`, which asks."""
    keys = [("Repository on GitHub", "acme/mailer\n"), ("What people call", "\n"), ("Where to announce", "console\n")]
    keys += [("Maintainers", "\n"), ("At the first start", "\n"), ("not shown: ", "\n")]
    screen = in_terminal(words, 100, keys, folder=there.folder, own_session=True)
    return screen.status, screen.text


async def run_until_it_runs(there: Harbour, words: list[str]) -> tuple[int | None, str]:
    """`chatbot run`, ended as its help says."""
    process = await asyncio.create_subprocess_exec(
        CHATBOT, *words, cwd=there.folder, env=environment(), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )  # fmt: skip
    assert process.stderr is not None
    err = b""
    async with asyncio.timeout(PATIENCE):
        while b"running" not in err and not process.stderr.at_eof():
            err += await process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, rest = await process.communicate()
    return process.returncode, (out + err + rest).decode()


async def run(there: Harbour, words: list[str]) -> tuple[int | None, str]:
    address = re.search(r'web_url = "([^"]*)"', (there.folder / "new.toml").read_text())
    assert address is not None
    github = dict.fromkeys(
        ("CHATBOT_GITHUB__API_URL", "CHATBOT_GITHUB__WEB_URL"), address[1]
    )  # for what has no configuration
    process = await forks.start(
        forks.CHATBOT, *words, cwd=there.folder, env=environment() | github, stdout=PIPE, stderr=PIPE
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, (out + err).decode()


@pytest.mark.parametrize("line", sorted({line for lines in EXAMPLES.values() for line in lines}))
async def test_an_example_runs(tmp_path: Path, line: str) -> None:
    async with scene(tmp_path) as there:
        if line.startswith("chatbot db restore"):
            await there.type("db", "backup", str(tmp_path / "backup.db"))
        elif line.startswith(("chatbot db backup", "chatbot db export")):
            (tmp_path / shlex.split(line)[3]).unlink(missing_ok=True)
        elif line.startswith("chatbot health"):
            pulse.write(pulse.place_of(there.config, environment()), pulse.Pulse(pid=7, at=time.monotonic()))
        elif line.startswith("chatbot deliveries retry"):
            await there.type("deliveries", "drop", "17", "18")
        elif line.startswith("chatbot init"):
            there.config.unlink()
        words = [word.replace("/etc/chatbot", str(tmp_path)) for word in shlex.split(line)[1:]]
        words = [word.replace("octocat/hello-world", "harbour/ferry") for word in words]
        if words == ["init"]:
            status, output = answer_at_a_terminal(there, words)
        else:
            status, output = await (run_until_it_runs if words[0] == "run" else run)(there, words)
        assert (status, "Traceback" in output) == (0, False), output
