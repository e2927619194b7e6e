"""What is wrong with a configuration: every mistake at once, each with its place and its fix."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.core.text.visible import INVISIBLE

LONGEST_NAME = 64  # characters of a foreign name that are repeated


@dataclass(frozen=True, slots=True)
class Mistake:
    """`where` is a line with its key (`config.toml:12 projects[0].repository`) or an environment variable.

    Neither `problem` nor `fix` ever repeats a value: a secret may stand where none belongs.
    """

    where: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}; {self.fix}"


class Mistakes(Exception):
    """A configuration that cannot be used. It carries every mistake that was found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def harmless(name: str) -> str:
    """A key's or a variable's name, fit to be repeated on one line."""
    printable = "".join(
        character if character.isprintable() and character not in INVISIBLE else "?" for character in name
    )
    return printable if len(printable) <= LONGEST_NAME else f"{printable[: LONGEST_NAME - 1]}…"


def nearest(name: str, names: Iterable[str]) -> str:
    """The known name that `name` was probably meant to be, or an empty string."""
    matches = difflib.get_close_matches(name.lower()[:LONGEST_NAME], list(names), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def path_words(path: tuple[str | int, ...]) -> str:
    """A key as one writes it: `projects[0].repository`."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{harmless(part)}" if words else harmless(part)
    return words
