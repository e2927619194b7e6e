"""Advisories on disk: one JSON file, a list of them in a file, or a folder of files."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from chatbot.core.model.facts import Advisory
from chatbot.sources.advisories.fields import UnreadableAdvisory, as_dict

AdvisoryReader = Callable[[object], Advisory]
"""Makes an advisory of an item of a file; raises UnreadableAdvisory."""

MAX_FILE = 64 * 1024 * 1024
MAX_FILES = 20_000


class UnreadableFile(ValueError):
    """Nothing could be read; the text is one sentence that names the fix."""


def read_advisory_files(path: Path, *, reader: AdvisoryReader) -> tuple[list[Advisory], list[str]]:
    """The advisories of a file or of all `*.json` files below a folder, in the order of their paths, and a sentence for each
    item that is none.

    `read` makes an advisory of an item. A file holds one advisory, an array of them, or OSV's `{"vulns": […]}`. Raises
    UnreadableFile where the path does not exist, or where it is one file and no JSON.
    """
    if path.is_dir():
        return _read_folder(path, reader)
    advisories, complaints = [], []
    for item in _items(_load(path)):
        try:
            advisories.append(reader(item))
        except UnreadableAdvisory as wrong:
            complaints.append(f"{path.name}: {wrong}")
    return advisories, list(dict.fromkeys(complaints))


def _read_folder(path: Path, reader: AdvisoryReader) -> tuple[list[Advisory], list[str]]:
    files = sorted(file for file in path.rglob("*.json") if file.is_file())
    if len(files) > MAX_FILES:
        raise UnreadableFile(f"{path} holds more than {MAX_FILES} JSON files; name a smaller folder")
    advisories: list[Advisory] = []
    complaints: list[str] = []
    for file in files:
        try:
            more, wrong = read_advisory_files(file, reader=reader)
        except UnreadableFile as unreadable:
            more, wrong = [], [str(unreadable)]
        advisories += more
        complaints += wrong
    return advisories, complaints


def _load(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_FILE:
            raise UnreadableFile(f"{path} is larger than {MAX_FILE // 1024 // 1024} MiB; split it")
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as failure:
        raise UnreadableFile(
            f"{path} cannot be read ({failure.strerror}); name a JSON file or a folder of them"
        ) from failure
    except RecursionError as deep:
        raise UnreadableFile(f"{path} is nested too deeply; give an advisory as GitHub or OSV serve it") from deep
    except ValueError as wrong:  # no UTF-8, or no JSON
        if isinstance(wrong, UnreadableFile):
            raise
        raise UnreadableFile(f"{path} is not JSON; give an advisory as GitHub or OSV serve it") from wrong


def _items(value: object) -> Iterator[object]:
    if isinstance(value, list):
        yield from value
        return
    wrapped = as_dict(value).get("vulns")
    if isinstance(wrapped, list):
        yield from wrapped
    else:
        yield value
