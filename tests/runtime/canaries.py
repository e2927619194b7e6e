"""Looks for secrets in everything that a bot wrote: as they are, and in the forms in which they are sent or stored."""

import base64
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
