"""Files that only their owner can read from the first moment on; what is there already is never overwritten, link or not."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from chatbot.cli.failure import Failure, Status

_ONLY_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE = 0o600


def is_there(path: Path) -> bool:
    """Also where it is a link that leads nowhere."""
    return os.path.lexists(path)


def write_all(texts: Sequence[tuple[Path, str]]) -> None:
    """Write files that are not there yet, all of them or none: no secret stays behind without the configuration that names it."""
    paths = list[Path]()
    try:
        for path, text in texts:
            write_new(path, text)
            paths.append(path)
    except BaseException:
        for path in paths:
            with suppress(OSError):
                path.unlink()
        raise


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. What cannot be written whole is taken away again."""
    try:
        file = os.fdopen(os.open(path, _ONLY_NEW, PRIVATE), "w", encoding="utf-8", newline="\n")
    except FileExistsError:
        raise Failure(f"{path} exists already and stays as it is; name another file") from None
    except FileNotFoundError:
        raise Failure(f"{path}: there is no such folder; make it first") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written ({error.strerror}); name a file in a folder of yours") from None
    try:
        with file:
            file.write(text)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise Failure(
            f"{path} could not be written ({error.strerror}); make room, and try again", Status.OUTSIDE
        ) from None
