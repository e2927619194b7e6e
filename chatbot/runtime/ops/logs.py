"""Log lines for people and machines: one per outcome, with its key, with no secret in it, and nobody waits for their reader."""

import logging
import os
import select
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, MutableMapping, Sequence
from enum import StrEnum
from typing import Any, TextIO

import structlog

from chatbot.chats import PROFILES
from chatbot.core.text.visible import printable, spell_out
from chatbot.runtime.ops.people import line_for_people
from chatbot.runtime.settings.secret_files import SHORTEST

HIDDEN = "[secret]"
ROOM = 2000  # lines that wait for a reader; those beyond are lost
LAST_LINES = 1.0  # seconds that the end of the process waits for a reader

Line = MutableMapping[str, Any]


class Format(StrEnum):
    """How lines look."""

    AUTO = "auto"  # for people on a terminal, else JSON
    TEXT = "text"
    JSON = "json"


def configure(
    secrets: Sequence[str],
    out: TextIO | None = None,
    *,
    verbose: bool = False,
    quiet: bool = False,
    log_format: Format = Format.AUTO,
    keep: TextIO | None = None,
) -> None:
    """Send our lines and those of the libraries to `out`, or to standard error: for people on a terminal (coloured, unless
    NO_COLOR or TERM=dumb), else one JSON document a line. They are written a moment later, and at the end of the process.

    `keep` takes the same lines as JSON. `verbose` adds what helps to find a fault, `quiet` keeps only what went wrong.
    `secrets` are blotted out wherever they turn up, in foreign libraries' words and tracebacks too.
    """
    out = out or sys.stderr
    terminal = out.isatty()
    for_people = terminal if log_format is Format.AUTO else log_format is Format.TEXT
    colours = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"  # https://no-color.org
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO
    as_json = [structlog.processors.JSONRenderer(ensure_ascii=False), spelled_out]
    last: list[Any] = [without_invisible, line_for_people(colours=colours)] if for_people else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handlers = [_handler(out, shared, secrets, last)]
    if keep is not None:
        handlers.append(_handler(keep, shared, secrets, as_json))
    flush()
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, Aside):
            former.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    chatty = [name for profile in PROFILES for name in profile.loggers]
    for name in (*chatty, "aiohttp.access", "aiosqlite", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in (name for profile in PROFILES for name in profile.overcautious_loggers):
        logging.getLogger(name).setLevel(logging.ERROR)


def _handler(out: TextIO, shared: Sequence[Any], secrets: Sequence[str], last: Sequence[Any]) -> "Aside":
    handler = Aside(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                blot_out(secrets),
                what_happened_first,
                *last,
            ],
        )
    )
    return handler


def what_happened_first(_logger: object, _method: str, line: Line) -> Line:
    """A processor that puts event, level and time before the values, for those who read lines by eye."""
    first = ("event", "level", "timestamp")
    return {key: line[key] for key in dict.fromkeys((*first, *line)) if key in line}


def without_invisible(_logger: object, _method: str, line: Line) -> Line:
    """A processor for terminals: nothing in a line moves the cursor, turns the reading direction or begins a line of its own."""
    return {key: _printable(value, long=key in ("exception", "stack")) for key, value in line.items()}


def _printable(value: object, *, long: bool = False) -> object:
    match value:
        case str():
            return printable(value, lines=long, tabs=long)
        case dict():
            return {_printable(key): _printable(item) for key, item in value.items()}
        case list():
            return [_printable(item) for item in value]
        case _:
            return value  # `blot_out` left numbers and the like


def spelled_out(_logger: object, _method: str, line: str) -> str:
    """A processor behind the JSON: what nobody sees stands there as an escape, for those who look at it on a terminal."""
    return spell_out(line)


def flush() -> None:
    """Wait until everything is written, but not for long: for those who print something next, and at the end."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Aside):
            handler.flush()


def blot_out(secrets: Sequence[str]) -> Callable[[object, str, Line], Line]:
    """A processor that hides the secrets in every value of a line."""
    hidden = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
    short = {secret for secret in secrets if 0 < len(secret) < SHORTEST}

    def clean(value: object) -> object:
        if isinstance(value, str):
            for secret in hidden:
                value = value.replace(secret, HIDDEN)
            return _without_words(value, short) if short else value
        if isinstance(value, dict):
            return {clean(key): clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [clean(item) for item in value]
        if isinstance(value, int | float | bool | None):
            return HIDDEN if str(value) in secrets else value
        return clean(str(value))

    def process(_logger: object, _method: str, line: Line) -> Line:
        return {key: clean(value) for key, value in line.items()}

    return process


def _without_words(text: str, secrets: Collection[str]) -> str:
    """The text without these short secrets where they stand as words of their own: inside of words they are ordinary letters."""
    for secret in secrets:
        head, *parts = text.split(secret)
        for part in parts:
            apart = not (head[-1:].isalnum() and secret[0].isalnum()) and not (
                part[:1].isalnum() and secret[-1].isalnum()
            )
            head += (HIDDEN if apart else secret) + part
        text = head
    return text


class Aside(logging.Handler):
    """Hands formatted lines to a thread that writes them, so that neither the event loop nor the end of the process waits for
    a reader who does not read. The thread is a daemon, and `logging` itself calls `flush` and `close` at a normal end.

    Once a line is lost, those after it are too until the waiting ones are written: a notice of how many then stands at the
    place where they are missing.
    """

    def __init__(self, out: TextIO, room: int = ROOM) -> None:
        super().__init__()
        self._room, self._lines_lost = room, 0
        self._lines: deque[tuple[str, int]] = deque()  # each with how many lines are lost where it cannot be written
        self._writing = self._closed = False
        self._news = threading.Condition()
        threading.Thread(target=self._run, args=_writer(out), name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as odd:  # noqa: BLE001 - a library's wrong arguments: to log must never raise, nor print them
            line = self._words(f"a line of {record.name} could not be formatted ({type(odd).__name__})")
        with self._news:
            if self._closed:
                return
            waiting = len(self._lines) + self._writing
            if waiting >= self._room or (waiting and self._lines_lost):
                self._lines_lost += 1
                return
            self._tell_of_losses()
            self._lines.append((line, 1))
            self._news.notify_all()

    def flush(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._closed or not (self._lines or self._writing), LAST_LINES)

    def close(self) -> None:
        """Take no more lines; the thread ends when it has written those that wait."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        super().close()

    def _run(self, write: Callable[[str], None], end: Callable[[], None]) -> None:
        while (batch := self._next()) is not None:
            line, lines = batch
            try:
                write(line + "\n")
            except (OSError, ValueError):  # the disk is full, the reader went away, a test closed its stream
                self._report(lines_lost=lines)
            else:
                self._report(lines_lost=0)
        end()

    def _next(self) -> tuple[str, int] | None:
        with self._news:
            self._news.wait_for(lambda: self._lines or self._closed)
            if not self._lines:
                return None
            self._writing = True
            return self._lines.popleft()

    def _report(self, *, lines_lost: int) -> None:
        with self._news:
            self._writing = False
            self._lines_lost += lines_lost
            if not lines_lost and not self._lines:  # it flows
                self._tell_of_losses()
            self._news.notify_all()

    def _tell_of_losses(self) -> None:
        if self._lines_lost:
            words = f"{self._lines_lost} log lines were lost: they were not read in time"
            self._lines.append((self._words(words), self._lines_lost))
            self._lines_lost = 0

    def _words(self, words: str) -> str:
        """A line of our own, in the format of the others."""
        return self.format(logging.LogRecord(__name__, logging.ERROR, __file__, 0, words, None, None))


def _writer(out: TextIO) -> tuple[Callable[[str], None], Callable[[], None]]:
    """What writes to `out`, and what ends that. It goes round the stream where there is a file below: a stream's lock, held by
    a thread that waits, would hold up whoever prints there, and Python's own end."""
    try:
        file = os.dup(out.fileno())  # our own: the number of a closed file may soon be another's
    except OSError:

        def write(text: str) -> None:
            out.write(text)
            out.flush()

        return write, lambda: None

    def write_past(text: str) -> None:
        rest = text.encode(out.encoding or "utf-8", "backslashreplace")
        while rest:
            try:
                rest = rest[os.write(file, rest) :]
            except BlockingIOError:  # whoever shares the pipe with us does not wait for its reader
                select.select([], [file], [])

    return write_past, lambda: os.close(file)
