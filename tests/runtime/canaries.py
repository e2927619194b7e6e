"""Looks for secrets in everything that a bot wrote: as they are, and in the forms in which they are sent or stored."""

import base64
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import quote


def leaks(folder: Path, secrets: Collection[str], *, apart_from: Collection[str] = ()) -> list[str]:
    """`file: form` of each secret that stands in a file below the folder; never the secret itself. Files and folders named in
    `apart_from` are where secrets belong."""
    return [
        f"{file.relative_to(folder)}: secret {number}, {form}"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not {*file.relative_to(folder).parts} & {*apart_from}
        for number, secret in enumerate(secrets)
        for form, part in _forms(secret)
        if part in file.read_bytes()
    ]


ENDINGS = (
    ".log",
    ".log.1",
    ".db",
    ".db-wal",
    ".txt",
    ".json",
    ".html",
    ".ics",
    ".xml",
)  # what the bot and its commands write
BACKUP = ".before-upgrade-"
LARGEST = 1 << 20  # bytes of a file that is looked at
BELONG = frozenset({"matrix-store"})  # folders where secrets belong


def left_behind(folder: Path, secrets: Collection[str], *, seconds: float) -> list[str]:
    """`file: secret number` of each secret that stands as it is in a small file that the bot wrote below the folder, never
    the secret itself. What is not looked at in this time is left out."""
    parts = [secret.encode() for secret in secrets]
    end = time.monotonic() + seconds
    leaks_there = list[str]()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in BELONG]
        if time.monotonic() > end:
            break
        for file in (Path(place, name) for name in names if name.endswith(ENDINGS) or BACKUP in name):
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= LARGEST and os.access(file, os.R_OK):
                text = file.read_bytes()
                leaks_there += [
                    f"{file.relative_to(folder)}: secret {number}" for number, part in enumerate(parts) if part in text
                ]
    return leaks_there


def _forms(secret: str) -> Iterator[tuple[str, bytes]]:
    plain = secret.encode()
    yield "plain", plain
    yield "quoted", quote(secret, safe="").encode()
    yield "UTF-16", secret.encode("utf-16-le")
    yield "reversed", plain[::-1]
    for shift in range(3):  # whatever stands before it in what was encoded
        coded = base64.b64encode(b"\0" * shift + plain)
        yield "base64", coded[4 if shift else 0 : -4]
        yield "base64 for addresses", base64.urlsafe_b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]
    yield "hexadecimal", plain.hex().encode()
