"""The last log lines in a file beside the database, so that a bug report can show them: `chatbot doctor` reads them."""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

from chatbot.store.database.files import PRIVATE

LARGEST = 256 * 1024  # characters in one of the two files


def place_of(database: str) -> Path | None:
    """Where the lines are kept: beside an SQLite file, for PostgreSQL in the working directory, for one in memory nowhere."""
    if not database.startswith("sqlite:"):
        return Path("chatbot.log")
    file = database.removeprefix("sqlite:///")
    return Path(f"{file}.log") if file != database and file not in ("", ":memory:") else None


class LastLines(io.TextIOBase):
    """Text that is appended to `place`, readable for the bot's user alone; when it is large it becomes `place.1`, and the former
    `place.1` is gone. Raises OSError where the file cannot be written."""

    def __init__(self, place: Path, largest: int = LARGEST) -> None:
        self._place, self._largest = place, largest
        self._file = self._open()

    def write(self, text: str) -> int:
        if self._file.tell() + len(text) > self._largest:
            self._file.close()
            self._place.replace(f"{self._place}.1")
            self._file = self._open()
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        raise io.UnsupportedOperation("lines are written through `write`, which keeps the file small")

    def close(self) -> None:
        self._file.close()

    def _open(self) -> TextIO:
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self._place, flags, PRIVATE)
        try:
            _make_ours(descriptor)
        except OSError:
            os.close(descriptor)
            raise
        return cast("TextIO", os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace"))


def _make_ours(descriptor: int) -> None:
    """Where others may write in the folder, the file may be theirs: then they would read it, or it would lead elsewhere."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink != 1:
        raise OSError(errno.EPERM, "the file for the last log lines is not the bot's own")
    os.fchmod(descriptor, PRIVATE)


def keeping(database: str) -> TextIO | None:
    """What takes the last lines; None where there is no place for them, which is no reason not to start."""
    place = place_of(database)
    with suppress(OSError):
        return cast("TextIO", LastLines(place)) if place is not None else None
    return None


def read_last(place: Path, many: int) -> list[str]:
    """The last lines, the oldest first; fewer where there are no more, none where there is no file."""
    return list(_lines(place))[-many:]


def _lines(place: Path) -> Iterator[str]:
    for file in (Path(f"{place}.1"), place):
        with suppress(OSError):
            if file.is_file() and not file.is_symlink():
                with file.open(encoding="utf-8", errors="replace") as stream:
                    yield from stream.read(2 * LARGEST).splitlines()
