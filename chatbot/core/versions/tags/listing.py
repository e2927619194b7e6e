"""What the list of a project's tags says about how to read each of them: its habits."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chatbot.core.model.facts import Release
from chatbot.core.text import patterns
from chatbot.core.versions.numberings import DatedVersion, numberings
from chatbot.core.versions.tags.grammar import NO_RELEASE, TagParts, split_tag
from chatbot.core.versions.tags.habits import Habits, fold
from chatbot.core.versions.tags.tails import stage_word, unknown_words
from chatbot.core.versions.version import Version, read_tag

_COUNTER = patterns.compile(r"([A-Za-z]+)[-_.]?[0-9]+")
_FEW = 3  # releases from which on a stage that is on all of them says nothing
_SEVERAL = 2  # versions that have an edition beside them
_LATELY = 8  # releases that show a habit of late, where older ones had another
_NEARLY = 0.8  # of the releases have a stage: "nearly every"
_MOSTLY = 0.6  # of them carry a word that says no stage, and that GitHub takes for no prerelease either


@dataclass(frozen=True, slots=True)
class Listed:
    """A release as far as its tag is concerned."""

    tag: str
    prerelease: bool
    published_at: datetime
    created_at: datetime | None = None

    @property
    def made_at(self) -> datetime:
        """When it was made, which may be long before it was published."""
        return min(self.created_at or self.published_at, self.published_at)

    @property
    def dated(self) -> bool:
        return self.created_at is not None


@dataclass(frozen=True, slots=True)
class _ParsedTag:
    item: Listed
    parts: TagParts

    @property
    def package(self) -> str:
        return fold(self.parts.package)


def habits_of(releases: Iterable[Release], names: Iterable[str] = ()) -> Habits:
    """The habits that a list of releases shows. `names` are those of the project and its repository, in any spelling; where
    tags have several of them, the first counts: the others are packages beside it."""
    listed = tuple(Listed(item.tag, item.prerelease, item.published_at, item.created_at) for item in releases)
    return learn(listed, tuple((fold(name), fold(name.rpartition("/")[2])) for name in names if fold(name)))


@functools.lru_cache(maxsize=256)
def learn(listed: tuple[Listed, ...], own: tuple[tuple[str, str], ...] = ()) -> Habits:
    """The same from the tags and from the folded names, each with what it is without its owner. The same list gives the same
    habits, in whatever order it is."""
    ordered = sorted(listed, key=lambda item: (item.published_at, item.tag))
    habits = Habits(own=_own(ordered, own) | _counters(ordered))
    habits = replace(habits, names=_names(list(_parts(ordered, habits))))
    dashed = _dashed(list(_parts(ordered, habits)))
    habits = replace(habits, dashed=dashed, names=_with(habits.names, dashed, list(_parts(ordered, habits))))
    parts = list(_parts(ordered, habits))
    habits = replace(habits, builds=_builds(parts), stages=_stages(parts))
    return replace(habits, numberings=_numberings(ordered, habits))


def _own(listed: Sequence[Listed], names: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The names that stand for the project: the first of them that tags have, with and without its owner."""
    used = {fold(parts.package) for item in listed if (parts := split_tag(item.tag)) is not None}
    first = next((last for name, last in names if name in used), "")
    return frozenset(name for name, last in names if last == first or name not in used)


def _counters(listed: Sequence[Listed]) -> frozenset[str]:
    """The word before a number that is all there is of nearly every tag: `b4567`, `build-17`."""
    counts = Counter(fold(match[1]) for item in listed if (match := _COUNTER.fullmatch(item.tag)))
    enough = max(_FEW, _NEARLY * len(listed))
    return frozenset(word for word, count in counts.items() if count >= enough and word not in NO_RELEASE - {"build"})


def _parts(listed: Iterable[Listed], habits: Habits) -> Iterator[_ParsedTag]:
    return (_ParsedTag(item, parts) for item in listed if (parts := split_tag(item.tag, habits)) is not None)


def _names(parts: Sequence[_ParsedTag]) -> tuple[tuple[str, str], ...]:
    """The names of packages that a tag cannot tell alone: those that end with a digit, and those of several spellings."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for each in parts:
        if each.package:
            spellings[each.package][each.parts.package] += 1 if each.parts.clean else 0
    spelling_of = {
        name: max(counted, key=lambda spelling: (counted[spelling], spelling)) for name, counted in spellings.items()
    }
    numbered = {name for name, spelling in spelling_of.items() if spellings[name][spelling] and spelling[-1].isdigit()}
    return tuple(
        sorted((name, spelling_of[name]) for name in spelling_of if name in numbered or len(spellings[name]) > 1)
    )


def _with(
    names: tuple[tuple[str, str], ...], more: Iterable[str], parts: Sequence[_ParsedTag]
) -> tuple[tuple[str, str], ...]:
    """The names with those of packages that a list shows to be named so."""
    spelled = {each.package: each.parts.package for each in parts if each.package in more}
    return tuple(sorted((spelled | dict(names)).items()))


def _dashed(parts: Sequence[_ParsedTag]) -> frozenset[str]:
    """The packages that join their numbers with dashes, and with nothing else."""
    shapes: dict[str, Counter[str]] = defaultdict(Counter)
    for each in parts:
        shapes[each.package][_shape(each.parts)] += 1
    return frozenset(
        package
        for package, counted in shapes.items()
        if counted["dashed"] > counted["dotted"]
        or (counted["pair"] > 1 and not (counted["single"] or counted["dotted"] or counted["dashed"]))
    )


def _shape(parts: TagParts) -> str:
    if parts.dashed:
        return "dashed"
    if len(parts.numbers) > 1:
        return "date" if parts.text.startswith(f"{parts.numbers[0]}-") else "dotted"
    return "pair" if parts.tail[:1] == "-" and parts.tail[1:2].isdigit() else "single"


def _builds(parts: Sequence[_ParsedTag]) -> frozenset[str]:
    """The words, none of them a stage, that nearly every release carries, or has carried of late, and that GitHub does not
    mark as prereleases."""
    words: set[str] = set()
    for group in _by_package(parts):
        marked = Counter(word for each in group if each.item.prerelease for word in unknown_words(each.parts.tail))
        full = [each for each in group if not (each.item.prerelease or stage_word(each.parts.tail))]
        together = (full, full[-_LATELY:]) if len(full) > 1 or len(parts) == 1 else ()
        for some in (*together, *_by_major(full)):
            carried = Counter(word for each in some for word in unknown_words(each.parts.tail))
            words |= {word for word, count in carried.items() if count >= _MOSTLY * len(some) and marked[word] < count}
        words |= _editions(group) - marked.keys()
    return frozenset(words)


def _editions(parts: Sequence[_ParsedTag]) -> set[str]:
    """The words of which most stand beside a plain release of the same numbers that was out already, for several versions: a
    prerelease comes before its release, `1.0.0-cuda` with it or after it."""
    plain: dict[tuple[str, ...], datetime] = {}
    for each in parts:  # in the order of time
        if not (each.item.prerelease or each.parts.tail):
            plain.setdefault(each.parts.numbers, each.item.published_at)
    carried: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for each in parts:
        words = {word for word in unknown_words(each.parts.tail) if "#" not in word}
        came = plain.get(each.parts.numbers)
        carried.update(words)
        if came is not None and came <= each.item.published_at and not stage_word(each.parts.tail):
            beside.update(words)
    return {word for word, count in beside.items() if count >= _SEVERAL and count >= _MOSTLY * carried[word]}


def _by_major(parts: Sequence[_ParsedTag]) -> list[list[_ParsedTag]]:
    """The releases by their first number, where there are several versions of it: old lines may be written in another way."""
    groups: dict[str, list[_ParsedTag]] = defaultdict(list)
    for each in parts:
        groups[each.parts.numbers[0]].append(each)
    return [group for group in groups.values() if len({each.parts.numbers for each in group}) > 1]


def _stages(parts: Sequence[_ParsedTag]) -> frozenset[str]:
    """The stages that nearly every release of a package has, though GitHub marks none of them as a prerelease."""
    words: set[str] = set()
    for group in _by_package(parts):
        carried = Counter(stage_word(each.parts.tail) for each in group)
        marked = {stage_word(each.parts.tail) for each in group if each.item.prerelease}
        if len(group) >= _FEW:
            words |= {word for word, count in carried.items() if word not in marked and count >= _NEARLY * len(group)}
    return frozenset(words - {""})


def _by_package(parts: Sequence[_ParsedTag]) -> list[list[_ParsedTag]]:
    groups: dict[str, list[_ParsedTag]] = defaultdict(list)
    for each in parts:
        groups[each.package].append(each)
    return list(groups.values())


def _numberings(listed: Iterable[Listed], habits: Habits) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    """The numberings of each package that has more than one."""
    full: dict[str, list[tuple[Version, Listed]]] = defaultdict(list)
    for item in listed:
        version = read_tag(item.tag, habits)
        if version is not None and not (version.prerelease or item.prerelease):
            full[fold(version.package)].append((version, item))
    entries = []
    for package, items in full.items():
        counts = numberings([DatedVersion(version, item.made_at, item.dated) for version, item in items])
        if counts:
            entries.append((package, tuple(sorted(counts.items()))))
    return tuple(sorted(entries))
