"""Secrets from files: `token_file = "/run/secrets/token"` instead of a token that stands in the configuration."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

LONGEST = 16 * 1024  # bytes; a secret is a line


class UnreadableSecretError(Exception):
    """(problem, mend). The path is not repeated: people paste the secret itself there."""


def fill(tree: dict[str, Any], secrets: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Put what the secret files hold into the tree; yield (path, problem, mend) for each that cannot be used."""
    for table, key in secrets:
        level = tree.get(table) if table else tree
        name = f"{key}_file"
        if not isinstance(level, dict) or not isinstance(level.get(name), str) or not level[name]:
            continue
        if level.get(key):
            yield (table, name), f"is set beside {key}", f"keep one of {key} and {name}"
            continue
        try:
            level[key] = read(Path(level[name]))
        except UnreadableSecretError as reason:
            problem, mend = reason.args
            yield (table, name), problem, mend


def read(path: Path) -> str:
    """The file's one line, without the blanks around it."""
    try:
        # O_NONBLOCK: a pipe with no writer would hold the start for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise UnreadableSecretError("names something that is no file", "name a file that holds only the secret")
            if mode & (stat.S_IROTH | stat.S_IWOTH):
                raise UnreadableSecretError("names a file that others can read or write", "run chmod 600 on it")
            body = file.read(LONGEST + 1)
    except FileNotFoundError:
        raise UnreadableSecretError("names a file that does not exist", "write the path of the secret's file") from None
    except PermissionError:
        raise UnreadableSecretError(
            "names a file that the bot may not read", "make the bot's user its owner, with chmod 600"
        ) from None
    except (OSError, ValueError):
        raise UnreadableSecretError("names a file that cannot be read", "write the path of the secret's file") from None
    return _line(body)


def _line(body: bytes) -> str:
    mend = "put only the secret there, on one line"
    if len(body) > LONGEST:
        raise UnreadableSecretError(f"names a file of more than {LONGEST // 1024} kB", mend)
    text = body.decode("utf-8", "replace").strip()
    if not text:
        raise UnreadableSecretError("names an empty file", mend)
    if not text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text:
        raise UnreadableSecretError("names a file that holds more than one line of text", mend)
    return text


def keys_in(address: str) -> Iterator[str]:
    """What in an address may be a key: all that stands behind `?` or `#`, and each value in it, as written and as meant."""
    rest = re.split(r"[?#]", address)[1:]
    for part in rest:
        yield part
        for each in re.split(r"[&;]", part):
            value = each.partition("=")[2] or each
            yield from (value, unquote(value), unquote_plus(value))
