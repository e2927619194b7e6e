"""The pages of the corpus in parts: those that the reader was developed with, and those that stay shut until a round ends.

The second set of pages is split by a hash of the file's name, so that nobody chooses: half of it is for developing, and each of
three sixths is opened once, at the end of a round. The figure that counts is the first reading of the last one.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.corpus.where import DATA

PAGES = DATA / "security_md"
OPENED = ("dev", "develop")
SHUT = ("shut 1", "shut 2", "shut 3")
_SIXTHS = ("develop", "develop", "develop", *SHUT)


def part_of(name: str) -> str:
    """The part that a page of the second set belongs to, by its file's name."""
    return _SIXTHS[int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % len(_SIXTHS)]


@cache
def questions(part: str) -> tuple[tuple[Path, dict[str, Any]], ...]:
    """Each judged question of a part with the page that it is about; those whose judge calls them debatable are left out."""
    folder = "dev" if part == "dev" else "dev2"
    return tuple(
        (PAGES / folder / judged["file"], question)
        for judged in json.loads((PAGES / f"{folder}_expected.json").read_text("utf-8"))
        if part == "dev" or part_of(judged["file"]) == part
        for question in judged["queries"]
        if not question.get("debatable")
    )


@cache
def styles() -> Mapping[str, str]:
    """What kind of page each file is, for those where somebody has written that down."""
    listed = json.loads((PAGES / "dev2_manifest.json").read_text("utf-8"))
    return {each["file"]: each.get("style") or "no style" for each in listed}
