"""The demo's prompt: what is typed survives output, and each way of going on and leaving works, in a real terminal too."""

import asyncio
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from rich.console import Console

from chatbot.demo.play import Pause, play
from chatbot.demo.prompt import Prompt, prompt
from chatbot.demo.story import STEPS
from tests.cli.terminal import in_terminal, open_terminal, rows_of
from tests.patience import PATIENCE, until

PATIENT = Pause(between=1e6, longest=1e6)  # nothing but a visitor moves the story
HURRIED = Pause(between=0.0, longest=0.0)


@pytest.mark.parametrize(
    ("keys", "lines", "rest"),
    [
        ("/latest\n", ["/latest"], ""),
        ("\n", [""], ""),
        ("/lat\x7f\x7fest", [], "/lest"),
        ("/supported 2\x17", [], "/supported"),
        ("nonsense\x15/help\r", ["/help"], ""),
        ("\x1b[A", [], ""),
        ("/la\x1b[Dt\x1bOAe\x1b[3~st", [], "/latest"),
        ("\x04", [None], ""),
        ("a\x04", [], "a"),
    ],
)
def test_what_is_typed_becomes_lines(keys: str, lines: list[str | None], rest: str) -> None:
    line = Prompt(io.StringIO())
    line.take(keys)
    assert [line.lines.get_nowait() for _ in range(line.lines.qsize())] == lines
    assert line.typing == rest


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ("\n\n\n/latest\n", ["", "/latest"]),
        ("/latest\n\n\n", ["/latest", ""]),
        ("\n\x04", ["", None]),
    ],
)
async def test_impatience_is_counted_once(keys: str, lines: list[str | None]) -> None:
    line = Prompt(io.StringIO())
    line.take(keys)
    assert [await line.entered() for _ in lines] == lines
    assert line.lines.empty()


def test_output_does_not_tear_what_is_being_typed() -> None:
    out = io.StringIO()
    line = Prompt(out)
    with line.aside():
        pass
    line.take("/supp")
    with line.aside():
        out.write("A release.\n")
        line.take("orted")
        out.write("Another.\n")
    assert rows_of(out.getvalue(), 80) == ("A release.", "Another.", "> /supported")


@pytest.mark.parametrize("typed", ["/supported " + "2.2.9 " * 40, "漢字" * 60])
def test_a_long_line_stays_on_its_row(typed: str) -> None:
    out = io.StringIO()
    line = Prompt(out)
    with line.aside():
        pass
    line.take(typed)
    rows = rows_of(out.getvalue(), 80)
    assert len(rows) == 1
    assert rows[0].startswith("> ")
    assert typed.strip().endswith(rows[0][-4:])


@pytest.mark.parametrize(
    ("answers", "due"),
    [([], 106.0), ([1.0], 107.0), ([1.0, 5.0], 111.0), ([50.0], 156.0), ([59.0], 160.0), ([10.0] * 30, 160.0)],
)
def test_typed_lines_never_stall_the_story(answers: list[float], due: float) -> None:
    """Each answer may be read for a while; however many there are, the story goes on within a minute."""
    pause, began, now = Pause(between=6.0, longest=60.0), 100.0, 100.0
    at = pause.begun(began)
    for later in answers:
        now = now + later if len(answers) > 2 else began + later
        at = pause.answered(at, began, now)
    assert at == due


@dataclass(slots=True)
class Visitor:
    """Sits at a terminal: reads what is shown (aside, for a terminal that nobody reads holds up who writes), and types."""

    ours: int
    columns: int
    raw: bytes = b""
    searched_to: int = 0

    def look(self) -> None:
        with suppress(OSError):  # its end is closed
            while piece := os.read(self.ours, 65_536):
                self.raw += piece

    async def sees(self, words: str) -> None:
        """Wait until these words come, after those that were waited for before."""

        def comes() -> bool:
            at = self.raw.find(words.encode(), self.searched_to)
            self.searched_to = at + len(words.encode()) if at >= 0 else self.searched_to
            return at >= 0

        await until(comes, f"{words!r} is shown")

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    @property
    def rows(self) -> tuple[str, ...]:
        return rows_of(self.raw.decode(), self.columns)


@contextmanager
def terminal(columns: int) -> Iterator[tuple[Visitor, Console, int]]:
    ours, theirs = open_terminal(columns)
    visitor = Visitor(ours, columns)
    reader = threading.Thread(target=visitor.look)
    reader.start()
    with os.fdopen(theirs, "w", encoding="utf-8", closefd=False) as out:
        try:
            yield visitor, Console(file=out, force_terminal=True, width=columns, legacy_windows=False), theirs
        finally:
            os.close(theirs)
            reader.join(PATIENCE)
            os.close(ours)


@pytest.mark.parametrize("columns", [40, 80, 120])
async def test_in_a_terminal_enter_tells_the_whole_story_and_nothing_is_torn(columns: int) -> None:
    with terminal(columns) as (visitor, screen, theirs):
        with prompt(theirs, screen.file) as line:  # type: ignore[arg-type]  # a text file, which rich calls IO[str]
            play_task = asyncio.create_task(play(screen, line, PATIENT))
            await visitor.sees("> ")
            visitor.type("/lat")
            await visitor.sees("/lat")
            visitor.type("est\n")
            await visitor.sees("The newest Quillpost")
            visitor.type("?\n")
            await visitor.sees("What you can ask me")
            for step in STEPS[1:]:
                visitor.type("\n")
                await visitor.sees(step.happened.split()[-1])
            visitor.type("\n")
            async with asyncio.timeout(PATIENCE):
                await play_task
        await visitor.sees("operating.md")
        rows = visitor.rows
    text = " ".join(" ".join(rows).split())
    for step in STEPS:
        assert " ".join(step.happened.split()) in text
    assert "press Enter to go on" in text
    assert "To leave, type exit" in text
    assert "That was the story. To let the bot watch a project of your own:" in text
    assert [row for row in rows if row.startswith(">")] == ["> /latest", "> ?"]
    assert [row for row in rows if row[:1] in "╭│╰" and row and row[-1] not in "╮│╯"] == []
    assert max(map(len, rows)) <= columns


async def test_without_a_key_the_story_goes_on_by_the_clock() -> None:
    with terminal(80) as (visitor, screen, theirs):
        with prompt(theirs, screen.file) as line:  # type: ignore[arg-type]  # a text file, which rich calls IO[str]
            async with asyncio.timeout(PATIENCE):
                await play(screen, line, HURRIED)
        await visitor.sees("That was the story.")


@pytest.mark.parametrize(
    ("keys", "status", "last"),
    [
        ("exit\n", 0, "docs/how-to/operating.md has the rest."),
        ("quit\n", 0, "docs/how-to/operating.md has the rest."),
        ("/exit\n", 0, "docs/how-to/operating.md has the rest."),
        ("\x04", 0, "docs/how-to/operating.md has the rest."),
        ("half a word\x03", 130, "  Try: /supported 2.2.9"),
    ],
)
def test_each_way_out_leads_out_of_the_process(keys: str, status: int, last: str) -> None:
    screen = in_terminal(["demo"], 80, [("> ", keys)])
    assert screen.status == status
    assert [row for row in screen.rows if row][-1] == last
    assert "Traceback" not in screen.text
