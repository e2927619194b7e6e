"""A Dockerfile, read as far as its rules need it: stages of instructions with their words; no parser directive, no here-document."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FLAG = re.compile(r"--[a-z][a-z-]*(=\S+)?\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """`name` in capitals, `text` what follows it on one line."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its words: of the exec form, the list; of the shell form, as a shell splits them."""
        return list(json.loads(self.text)) if self.is_exec else shlex.split(self.text)

    @property
    def is_exec(self) -> bool:
        return self.text.startswith("[")

    @property
    def pairs(self) -> dict[str, str]:
        """Of ENV, LABEL and ARG: names and values."""
        return dict(word.partition("=")[::2] for word in self.words)

    @property
    def without_flags(self) -> "Instruction":
        text = self.text
        while match := _FLAG.match(text):
            text = text[match.end() :]
        return Instruction(self.name, text)


@dataclass(frozen=True, slots=True)
class Stage:
    """What it begins from, its own name or "", and its instructions in their order."""

    base: str
    name: str
    instructions: Sequence[Instruction]

    def all(self, name: str) -> list[Instruction]:
        return [each for each in self.instructions if each.name == name]

    def last(self, name: str) -> Instruction:
        """The one that counts."""
        return self.all(name)[-1]


def read_dockerfile(path: Path) -> list[Stage]:
    stages: list[Stage] = []
    for each in _instructions(path.read_text(encoding="utf-8")):
        if each.name == "FROM":
            base, *rest = each.without_flags.text.split()
            stages.append(Stage(base, rest[1] if rest else "", []))
        else:
            assert stages, f"{each.name} before the first FROM"
            stages[-1] = Stage(stages[-1].base, stages[-1].name, [*stages[-1].instructions, each])
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    line = ""
    for part in text.splitlines():
        if not part.strip() or part.lstrip().startswith("#"):
            continue
        line += part.strip()
        if line.endswith("\\"):
            line = line[:-1] + " "
            continue
        name, _, rest = line.partition(" ")
        yield Instruction(name.upper(), rest.strip())
        line = ""
    assert not line, "the last line goes on"
