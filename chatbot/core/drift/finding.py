"""One thing that has drifted apart: a stable name for it, a sentence, and what to change."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "line-missing",
    "row-outdated",
    "row-without-release",
    "end-without-successor",
    "advisory-without-fix",
    "report-form-off",
    "second-source",
]
OF_PAGE: Final[frozenset[Kind]] = frozenset(
    {
        "line-missing",
        "row-outdated",
        "row-without-release",
        "end-without-successor",
        "report-form-off",
        "second-source",
    }
)


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """`name` tells it from others of its kind, and stays while it lasts: a line, what a row covers, an advisory."""

    kind: Kind
    name: str
    problem: str
    fix: str

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Drift:
    """`undecided`: kinds of which nobody can tell now, as where the page cannot be read: what was said of them stays."""

    findings: tuple[DriftFinding, ...] = ()
    undecided: frozenset[Kind] = frozenset()
