"""Log lines: complete and in order where somebody reads them, without secrets, and never a reason to wait."""

import asyncio
import errno
import fcntl
import io
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from chatbot.runtime.ops.logs import HIDDEN, ROOM, Format, blot_out, configure, flush
from tests.cli.process import CHATBOT, environment, harbour
from tests.patience import PATIENCE

CANARY = "canary-of-the-log"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What `configure` changes for the whole process is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def events(text: str) -> list[str]:
    return [line["event"] for line in lines(text)]


# ---- what is written ------------------------------------------------------------------------------------------------------


def test_our_lines_and_those_of_the_libraries_keep_their_order() -> None:
    out = io.StringIO()
    configure([], out)
    for number in range(300):
        structlog.get_logger("ours").info("looked", number=number)
        logging.getLogger("theirs").warning("line %d", number)
    flush()
    expected = [event for number in range(300) for event in ("looked", f"line {number}")]
    assert events(out.getvalue()) == expected
    assert [line["number"] for line in lines(out.getvalue())[::2]] == list(range(300))
    assert {line["level"] for line in lines(out.getvalue())[::2]} == {"info"}


def test_secrets_are_blotted_out_of_words_values_and_tracebacks() -> None:
    out = io.StringIO()
    configure([CANARY], out)
    log = structlog.get_logger("ours")
    try:
        int(f"wrong token {CANARY}")
    except ValueError:
        log.exception("a poll failed", url=f"https://{CANARY}@host", more=[{"x": CANARY}], odd=Path(CANARY))
        logging.getLogger("theirs").exception("no use with %s", CANARY)
    log.error("token %s", CANARY)
    flush()
    ours, theirs, last = lines(out.getvalue())
    assert CANARY not in out.getvalue()
    assert f"wrong token {HIDDEN}'" in ours["exception"]
    assert f"wrong token {HIDDEN}'" in theirs["exception"]
    assert (ours["url"], theirs["event"], last["event"]) == (
        f"https://{HIDDEN}@host",
        f"no use with {HIDDEN}",
        f"token {HIDDEN}",
    )


def test_a_line_is_as_it_was_when_it_was_logged() -> None:
    out, value = io.StringIO(), ["before"]
    configure([], out)
    structlog.get_logger("ours").info("looked", value=value)
    value.append("after")
    flush()
    assert lines(out.getvalue())[0]["value"] == ["before"]


def test_a_line_that_cannot_be_formatted_is_named_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    configure([CANARY], out)
    logging.getLogger("theirs").warning("%d pieces", CANARY)
    logging.getLogger("theirs").warning("and on")
    flush()
    assert events(out.getvalue()) == ["a line of theirs could not be formatted (TypeError)", "and on"]
    assert capsys.readouterr().err == "", "logging itself would print it, with its arguments"


def test_a_second_configuration_follows_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure([], first)
    for number in range(300):
        logging.getLogger("theirs").warning("line %d", number)
    configure([], second, quiet=True)
    logging.getLogger("theirs").warning("not so important")
    logging.getLogger("theirs").error("the last")
    flush()
    assert events(first.getvalue()) == [f"line {number}" for number in range(300)]
    assert events(second.getvalue()) == ["the last"]


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """What a terminal shows of one line."""
    for name, value in ({"TERM": "xterm", "NO_COLOR": ""} | environment).items():
        monkeypatch.setenv(name, value)  # the process's own environment is what is tested
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen, os.fdopen(theirs, "w") as out:
        configure([CANARY], out)
        structlog.get_logger("ours").info("message delivered", title="Ferry 1.0.2", token=CANARY, nothing="")
        output = b""
        while b"\n" not in output:
            output += screen.read(4096)
    return output.decode()


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    output = on_a_terminal(monkeypatch)
    assert "\x1b[" in output
    assert "message delivered" in output
    assert CANARY not in output


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_plain_terminal_gets_the_event_in_front_and_its_values_behind(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    time, _, rest = on_a_terminal(monkeypatch, **environment).strip().partition(" ")
    assert time.endswith("Z")
    assert rest == f'info    message delivered  title="Ferry 1.0.2" token={HIDDEN}'


def test_a_traceback_stands_below_its_line() -> None:
    out = io.StringIO()
    configure([], out, log_format=Format.TEXT)
    try:
        int("x")
    except ValueError:
        structlog.get_logger("ours").exception("a poll failed", source="feed", rooms=["a", "b"], quote='say "no"')
    flush()
    first, *below = out.getvalue().splitlines()
    assert first.partition(" ")[2] == 'error   a poll failed  source=feed rooms="a, b" quote="say \\"no\\""'
    assert below[0].startswith("Traceback")
    assert below[-1].startswith("ValueError")


def test_json_begins_with_what_happened() -> None:
    out = io.StringIO()
    configure([], out)
    structlog.get_logger("ours").info("running", projects=2)
    flush()
    assert list(lines(out.getvalue())[0])[:3] == ["event", "level", "timestamp"]


# ---- what is lost ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe that holds 4 kB."""
    if not hasattr(fcntl, "F_SETPIPE_SZ"):
        pytest.skip("only Linux makes a pipe small")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read_to(reading: int, *words: str) -> str:
    """What comes out of a pipe, up to the line with these words."""
    output = b""
    while not (output.endswith(b"\n") and all(word.encode() in output for word in words)):
        output += os.read(reading, 65_536)
    return output.decode()


def test_what_nobody_reads_is_lost_and_counted_once_it_flows_again(small_pipe: tuple[int, int]) -> None:
    many, (reading, writing) = ROOM + 500, small_pipe
    with os.fdopen(writing, "w", closefd=False) as out:
        configure([], out)
        log = logging.getLogger("theirs")
        for _round in range(2):
            for number in range(many):
                log.warning("%d %s", number, "x" * 1000)
            *others, last = events(read_to(reading, "were lost"))
            numbers = [int(event.split()[0]) for event in others]
            assert numbers == list(range(len(numbers)))
            assert ROOM <= len(numbers) < many
            assert last == f"{many - len(numbers)} log lines were lost: they were not read in time"
        log.warning("as ever")
        assert events(read_to(reading, "as ever")) == ["as ever"]


@dataclass
class Disk(io.StringIO):
    """A file on a disk that may be full."""

    full: bool = True

    def __post_init__(self) -> None:
        super().__init__()

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_what_a_full_disk_does_not_take_is_counted_too() -> None:
    out = Disk()
    configure([], out)
    for number in range(10):
        logging.getLogger("theirs").warning("line %d", number)
        flush()
    out.full = False
    logging.getLogger("theirs").warning("as ever")
    flush()
    assert events(out.getvalue()) == ["10 log lines were lost: they were not read in time", "as ever"]


def test_a_stream_that_is_closed_holds_nothing_up() -> None:
    out = io.StringIO()
    configure([], out)
    out.close()
    logging.getLogger("theirs").warning("into the void")
    flush()


# ---- whole processes ------------------------------------------------------------------------------------------------------

TALKATIVE = """
import asyncio, logging, sys
from chatbot.runtime.ops.logs import configure

async def work():
    for number in range({many}):
        logging.getLogger("theirs").warning("%d %s", number, "x" * {length})
        await asyncio.sleep(0)
    print("done", flush=True)

configure([], verbose=True)
asyncio.run(work())
"""


@asynccontextmanager
async def process(*command: str | Path, folder: Path, err: int) -> AsyncIterator[Process]:
    """A process that is killed if it does not end by itself."""
    running = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment(), stdin=PIPE, stdout=PIPE, stderr=err
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


def talkative(many: int, length: int) -> tuple[str, ...]:
    return (sys.executable, "-c", TALKATIVE.format(many=many, length=length))


async def test_a_process_that_ends_has_written_all_its_lines(tmp_path: Path) -> None:
    async with process(*talkative(1500, 500), folder=tmp_path, err=PIPE) as running, asyncio.timeout(PATIENCE):
        out, err = await running.communicate()
    assert (running.returncode, out) == (0, b"done\n")
    assert [int(event.split()[0]) for event in events(err.decode())] == list(range(1500))


async def test_a_process_whose_log_nobody_reads_does_its_work_and_ends(
    small_pipe: tuple[int, int], tmp_path: Path
) -> None:
    reading, writing = small_pipe
    command = talkative(3 * ROOM, 100)
    async with process(*command, folder=tmp_path, err=writing) as running, asyncio.timeout(PATIENCE):
        out, _ = await running.communicate()
    assert (running.returncode, out) == (0, b"done\n")
    assert os.read(reading, 100).startswith(b'{"event": "0 xxx')


async def test_a_process_whose_log_reader_went_away_does_its_work_and_ends(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        async with process(*talkative(100, 100), folder=tmp_path, err=writing) as running, asyncio.timeout(PATIENCE):
            out, _ = await running.communicate()
    finally:
        os.close(writing)
    assert (running.returncode, out) == (0, b"done\n")


async def test_a_bot_whose_log_nobody_reads_announces_and_ends_on_a_signal(
    small_pipe: tuple[int, int], tmp_path: Path
) -> None:
    async with harbour(tmp_path) as there:
        command = (CHATBOT, "run", "--verbose", "--config", there.config)
        async with process(*command, folder=tmp_path, err=small_pipe[1]) as running, asyncio.timeout(PATIENCE):
            output = ""
            while "1.0.1" not in output:  # the baseline is read while the bot already answers
                output = await answer(running, "/latest")
            there.publish("v1.0.2", "What it repairs.")
            while "What it repairs." not in output:
                output += await line(running)
            running.send_signal(signal.SIGTERM)
            assert await running.wait() == 0


async def answer(running: Process, question: str) -> str:
    """Type a question and read the answer's first line."""
    assert running.stdin is not None
    running.stdin.write(f"{question}\n".encode())
    await running.stdin.drain()
    text = ""
    while "Ferry" not in text:
        text = await line(running)
    return text


async def line(running: Process) -> str:
    assert running.stdout is not None
    text = (await running.stdout.readline()).decode()
    assert text, "the output ended"
    return text


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        (CANARY, f"a {CANARY}b", f"a {HIDDEN}b"),
        ("h7k", "postgresql://bot:h7k@host/name", f"postgresql://bot:{HIDDEN}@host/name"),
        ("pass", "the password of pass, bypass", f"the password of {HIDDEN}, bypass"),
        ("x", "x x_x max", f"{HIDDEN} {HIDDEN}_{HIDDEN} max"),
        ("-!-", "a-!-b", f"a{HIDDEN}b"),
    ],
)
def test_a_secret_of_any_length_is_hidden(secret: str, text: str, masked: str) -> None:
    line = blot_out([secret])(None, "", {"event": text, "held": {secret: [text]}, "number": 7})
    assert line == {"event": masked, "held": {HIDDEN: [masked]}, "number": 7}


def test_a_secret_that_is_a_number_is_hidden_as_one() -> None:
    assert blot_out(["123456"])(None, "", {"code": 123456, "other": 12}) == {"code": HIDDEN, "other": 12}


def test_what_happened_stands_before_its_values() -> None:
    out = io.StringIO()
    configure((), out)
    structlog.get_logger("x").info("running", projects=2, chats=["console"])
    flush()
    assert list(json.loads(out.getvalue())) == ["event", "level", "timestamp", "projects", "chats"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "colored"), [({"TERM": "xterm"}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colors_are_left_out_where_they_are_not_wanted(
    variables: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "TERM"):  # the process's own environment is what is tested
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    out = _Terminal()
    configure((), out)
    structlog.get_logger("x").info("running")
    flush()
    assert ("\x1b[" in out.getvalue()) is colored
