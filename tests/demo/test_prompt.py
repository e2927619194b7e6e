"""The demo's prompt: what is typed survives output, and each way of going on and leaving works, in a real terminal too."""

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatbot.demo.prompt import Prompt
from tests.cli.process import environment
from tests.patience import PATIENCE

CHATBOT = Path(sys.executable).with_name("chatbot")


@pytest.mark.parametrize(
    ("keys", "lines", "rest"),
    [
        ("/latest\n", ["/latest"], ""),
        ("\n", [""], ""),
        ("/lat\x7f\x7fest", [], "/lest"),
        ("/supported 2\x17", [], "/supported"),
        ("nonsense\x15/help\r", ["/help"], ""),
        ("\x1b[A", [], ""),
        ("\x04", [None], ""),
        ("a\x04", [], "a"),
    ],
)
def test_what_is_typed_becomes_lines(keys: str, lines: list[str | None], rest: str) -> None:
    line = Prompt(io.StringIO())
    line.take(keys)
    assert [line.lines.get_nowait() for _ in range(line.lines.qsize())] == lines
    assert line.typing == rest


def test_output_does_not_tear_what_is_being_typed() -> None:
    out = io.StringIO()
    line = Prompt(out)
    with line.aside():
        pass
    line.take("/supp")
    before = len(out.getvalue())
    with line.aside():
        out.write("A release.\n")
    shown = out.getvalue()[before:]
    head, _, tail = shown.partition("A release.\n")
    assert head.strip() == ""
    assert head.endswith("\r")
    assert tail.rpartition("\r")[2] == "> /supp"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["\n"] * 8, "That was the story."),
        (["?\n", "exit\n"], "/supported"),
        (["\x04"], "exit (or Ctrl-D) leaves"),
    ],
)
def test_in_a_terminal_enter_goes_on_and_the_ways_out_lead_out(keys: list[str], words: str) -> None:
    ours, theirs = pty.openpty()
    terminal = environment() | {"TERM": "xterm", "COLUMNS": "100", "LINES": "24"}
    process = subprocess.Popen([CHATBOT, "demo"], stdin=theirs, stdout=theirs, stderr=theirs, env=terminal)
    os.close(theirs)
    output, waiting, end = b"", [key.encode() for key in keys], time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            readable, _, _ = select.select([ours], [], [], 0.2)
            if readable:
                try:
                    piece = os.read(ours, 65_536)
                except OSError:  # its end is closed
                    break
                output += piece
                if waiting and output.endswith(b"> "):
                    os.write(ours, waiting.pop(0))
            elif process.poll() is not None:
                break
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        os.close(ours)
    assert words in " ".join(output.decode().split()) + " "
