"""`chatbot run` in the terminal, and `chatbot demo`: seen from outside, as processes."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.cli.process import CHATBOT, Harbour, environment, harbour
from tests.patience import PATIENCE


@asynccontextmanager
async def bot(there: Harbour, *words: str) -> AsyncIterator[Process]:
    """A running bot; one that the test did not end is killed."""
    process = await asyncio.create_subprocess_exec(
        CHATBOT, "run", "--config", str(there.config), *words,
        cwd=there.folder, env=environment(), stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def read_until(stream: asyncio.StreamReader | None, *words: str) -> str:
    """The lines up to the one with the last of these words."""
    assert stream is not None
    output = ""
    async with asyncio.timeout(PATIENCE):
        while not all(word in output for word in words):
            line = (await stream.readline()).decode()
            assert line, f"the output ended before {words!r}: {output}"
            output += line
    return output


async def end(process: Process, number: signal.Signals) -> tuple[int | None, str, str]:
    process.send_signal(number)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def ask(process: Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    await process.stdin.drain()


async def test_without_a_chat_it_writes_to_the_terminal_once_and_ends_cleanly(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        async with bot(there) as process:
            await read_until(process.stderr, "running")
            output = ""
            while "1.0.1" not in output:  # the baseline is read while the bot already answers
                await ask(process, "/latest")
                output = await read_until(process.stdout, "Ferry")
            there.publish("v1.0.2", "What it repairs.")
            assert "Ferry 1.0.2" in await read_until(process.stdout, "What it repairs.")
            status, out, err = await end(process, signal.SIGTERM)
            assert (status, "Ferry 1.0.2" in out, "Traceback" in err) == (0, False, False)
        there.publish("v1.0.3", "What the next repairs.")
        async with bot(there) as process:
            output = await read_until(process.stdout, "What the next repairs.")
            status, out, _ = await end(process, signal.SIGINT)
            assert (status, "What it repairs." in output + out) == (0, False)


async def test_a_reload_takes_what_is_right_and_reports_what_is_wrong(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, bot(there) as process:
        await read_until(process.stderr, "running")
        right = there.config.read_text()
        there.config.write_text(right + "tokn = 1\n")
        process.send_signal(signal.SIGHUP)
        output = await read_until(process.stderr, "was not reloaded")
        assert "projects[0].tokn: unknown setting" in output
        there.config.write_text(right)
        process.send_signal(signal.SIGHUP)
        await read_until(process.stderr, '"configuration reloaded"')
        assert (await end(process, signal.SIGTERM))[0] == 0


async def test_no_secret_is_written_however_much_is_logged(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        text = there.config.read_text().replace("[github]\n", '[github]\ntoken = "canary-github"\n')
        there.config.write_text(
            f'{text}[discord]\ntoken = "canary-discord"\napi_url = "http://127.0.0.1:9/api/v10"\n'
            'gateway_url = "ws://127.0.0.1:9/"\n'
            '[matrix]\nhomeserver = "http://127.0.0.1:9"\nuser_id = "@bot:example.org"\npassword = "canary-password"\n'
            f'pickle_key = "canary-pickle"\nstore_path = "{tmp_path}/matrix"\n'
        )
        async with bot(there, "--verbose") as process:
            output = await read_until(process.stderr, "running")
            output += await read_until(process.stderr, "Discord cannot be reached", "atrix", "github-releases")
            status, out, err = await end(process, signal.SIGTERM)
        assert status == 0
        assert "canary" not in output + out + err


async def test_a_wrong_configuration_does_not_start(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        there.configure("nonsense = 1\n")
        ran = await there.type("run")
        assert (ran.status, ran.out) == (2, "")
        assert "projects[0].nonsense: unknown setting" in ran.err
    assert not (tmp_path / "bot.db").exists()


async def test_a_store_that_cannot_be_opened_is_a_failure_outside(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        (tmp_path / "bot.db").mkdir()
        ran = await there.type("run")
        assert (ran.status, ran.out) == (3, "")
        assert "database" in ran.err.splitlines()[-1], ran.err
        assert "Traceback" not in ran.err


async def test_it_ends_on_a_signal_while_it_waits_for_a_database_that_is_silent(tmp_path: Path) -> None:
    called = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()  # until the bot hangs up
        writer.close()

    async with harbour(tmp_path) as there, await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        text = there.config.read_text().replace(f"sqlite:///{tmp_path}/bot.db", f"postgresql://u:p@127.0.0.1:{port}/x")
        there.config.write_text(text)
        async with bot(there) as process:
            async with asyncio.timeout(PATIENCE):
                await called.wait()
            status, _, err = await end(process, signal.SIGTERM)
        assert status == 0
        assert all("a secret is at risk" in line for line in err.splitlines()), err


async def test_the_demo_plays_to_its_end_without_a_terminal(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        CHATBOT, "demo", "--no-input", cwd=tmp_path, env=environment(), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert "That was the story." in " ".join(out.decode().split())
    assert files(tmp_path) == []
