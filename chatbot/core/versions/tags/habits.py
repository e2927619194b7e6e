"""How one project writes its tags, as the list of them shows: what a single tag cannot say about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_SEPARATORS = str.maketrans("", "", "-_./@ ")


def fold(name: str) -> str:
    """A name without case and separators: `Flip_Link`, `flip-link` and `@flip/link` are one."""
    return name.casefold().translate(_SEPARATORS)


def skeleton(word: str) -> str:
    """A word with `#` for each run of digits: `ls446` is `ls#`, `rke2r1` is `rke#r#`."""
    pieces: list[str] = []
    for letter in word:
        if not letter.isdigit():
            pieces.append(letter)
        elif not pieces or pieces[-1] != "#":
            pieces.append("#")
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Habits:
    """What a project's tags have in common. Without any, a tag is read by its own shape alone.

    - `own`: folded names that stand for the project itself, and so name no package
    - `names`: folded names of packages, each with the spelling that is shown
    - `dashed`: folded names of packages that join their numbers with `-` (`2-4` is 2.4)
    - `builds`: words (their skeletons) that nearly every release carries, and that count builds or name an edition
    - `stages`: words of stages that nearly every release carries (`beta`), and that make no prerelease
    - `numberings`: for each package that once began to count again, the numbering of each first number
    """

    own: frozenset[str] = frozenset()
    names: tuple[tuple[str, str], ...] = ()
    dashed: frozenset[str] = frozenset()
    builds: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    numberings: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        values = (self.own, self.names, self.dashed, self.builds, self.stages, self.numberings)
        object.__setattr__(self, "_hash", hash(values))

    def __hash__(self) -> int:
        return self._hash

    def spelling(self, package: str) -> str:
        """The package as it is shown: "" for the project itself, one spelling for all that differ in case and separators."""
        folded = fold(package)
        if not folded or folded in self.own:
            return ""
        return next((spelling for name, spelling in self.names if name == folded), package)

    def numbering(self, package: str, first: int) -> int:
        """Which numbering a version belongs to, by its first number: 0, or more after each new start."""
        counts = next((counts for name, counts in self.numberings if name == fold(package)), ())
        return nearest(first, dict(counts)) if counts else 0

    def of(self, package: str) -> "Habits":
        """The same where versions are written without their package, which is this one."""
        if not self.numberings:
            return self
        return replace(
            self, numberings=tuple(("", counts) for name, counts in self.numberings if name == fold(package))
        )


def nearest(first: int, counts: Mapping[int, int]) -> int:
    """The numbering of the first number that is nearest to one: 2018 belongs with 2019, and 4 with 3."""
    return counts[min(counts, key=lambda other: (abs(other - first), other))] if counts else 0


PLAIN = Habits()
