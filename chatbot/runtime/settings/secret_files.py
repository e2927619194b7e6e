"""Secrets from files: `token_file = "/run/secrets/token"` instead of a token that stands in the configuration.

A file that others can read is refused, with one exception: Docker, Kubernetes and systemd deliver secrets
read-only, with mode 0444 or 0440. That is accepted in the directories that they use, and in any directory that is closed
to others.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

LONGEST = 16 * 1024  # bytes; a secret is a line
SHORTEST = 6  # characters: a shorter one is hidden in the log only where it stands as a word of its own
DELIVERED = (Path("/run/secrets"), Path("/var/run/secrets"))  # where Docker, Podman and Kubernetes put secrets


class UnreadableSecretError(Exception):
    """(problem, fix). The path is not repeated: people paste the secret itself there."""


def fill(
    tree: dict[str, Any], secrets: Iterable[tuple[str, str]], *, delivered: Sequence[Path] = DELIVERED
) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Put what the secret files hold into the tree; yield (path, problem, how to fix it) for each that cannot be used.
    `delivered` are directories in which a read-only file may be readable by others."""
    for table, key in secrets:
        level = tree.get(table) if table else tree
        name = f"{key}_file"
        if not isinstance(level, dict) or not isinstance(level.get(name), str) or not level[name]:
            continue
        if level.get(key):
            yield (table, name), f"both {key} and {name} are set", "keep one of them"
            continue
        try:
            level[key] = read(Path(level[name]), delivered)
        except UnreadableSecretError as reason:
            problem, fix = reason.args
            yield (table, name), problem, fix


def password_of(database: str) -> str:
    """The password in a database's URL, or an empty string."""
    try:
        return unquote(urlsplit(database).password or "")
    except ValueError:
        return ""


def directories(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Where read-only secrets are delivered: systemd names its directory in the environment."""
    credentials = env.get("CREDENTIALS_DIRECTORY", "")
    return (*DELIVERED, Path(credentials)) if credentials.startswith("/") else DELIVERED


def read(path: Path, delivered: Sequence[Path] = DELIVERED) -> str:
    """The file's one line, without the blanks around it."""
    try:
        # O_NONBLOCK: a pipe with no writer would hold the start for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableSecretError("does not name a regular file", "name a file that holds only the secret")
            if status.st_mode & _OTHERS and not (_read_only(status) and _closed(path, delivered)):
                raise UnreadableSecretError("names a file that others can read or write", _fix(path, delivered))
            body = file.read(LONGEST + 1)
    except FileNotFoundError:
        raise UnreadableSecretError("names a file that does not exist", "write the path of the secret's file") from None
    except PermissionError:
        raise UnreadableSecretError(
            "names a file that the bot may not read",
            "make the bot's user its owner with chown, then run chmod 600 on it",
        ) from None
    except (OSError, ValueError):
        raise UnreadableSecretError("names a file that cannot be read", "write the path of the secret's file") from None
    return _line(body)


_OTHERS = stat.S_IROTH | stat.S_IWOTH
_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def _read_only(status: os.stat_result) -> bool:
    """Whether nobody writes the file, and only root or the bot's own user could allow it."""
    return not status.st_mode & _WRITES and status.st_uid in (0, os.geteuid())


def _fix(path: Path, delivered: Sequence[Path]) -> str:
    """In a container the file is the host's, with the host's owner and mode: there it has to be changed."""
    if _is_below(path, delivered):
        return f"where it is mounted from, make user {os.geteuid()} its owner, and run chmod 400 on it"
    return "run chmod 600 on it"


def _is_below(path: Path, places: Sequence[Path]) -> bool:
    whole = Path(os.path.realpath(path))
    return any(whole.is_relative_to(os.path.realpath(place)) for place in places)


def _closed(path: Path, delivered: Sequence[Path]) -> bool:
    """Whether the file lies where secrets are delivered, or where others cannot get to it; and nobody else can replace it."""
    whole = Path(os.path.realpath(path))
    if whole.parent.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    if _is_below(path, delivered):
        return True
    return any(not folder.stat().st_mode & stat.S_IXOTH for folder in whole.parents)


def _line(body: bytes) -> str:
    fix = "put only the secret there, on one line"
    if len(body) > LONGEST:
        raise UnreadableSecretError(f"names a file of more than {LONGEST // 1024} kB", fix)
    text = body.decode("utf-8", "replace").strip()
    if not text:
        raise UnreadableSecretError("names an empty file", fix)
    if not text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text:
        raise UnreadableSecretError("names a file that holds more than one line of text", fix)
    return text


def keys_in(address: str) -> Iterator[str]:
    """What in an address may be a key: all that stands behind `?` or `#`, and each value in it, as written and as meant."""
    rest = address.replace("#", "?").split("?")[1:]
    for part in rest:
        yield part
        for each in part.replace(";", "&").split("&"):
            value = each.partition("=")[2] or each
            yield from (value, unquote(value), unquote_plus(value))
