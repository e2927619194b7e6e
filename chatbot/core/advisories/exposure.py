"""Which of a project's advisories concern a version, or each version of a line; what ends far below is not asked at all."""

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chatbot.core.advisories.affected import fixes_named, holds, range_text, readable_range, runs
from chatbot.core.advisories.identity import State, Verdict, affects, fixes, names_as_fix
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.versions.ecosystems import GIT, PROJECT, Scheme, place, scheme_of, text_for
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.version import LineStyle, Version, read_tag

_Numbers = tuple[int, ...]
_EPOCHS = "!:"  # `1!2.0` and `1:2.0` stand above `3.0`
_CACHED = 16_384  # entries of advisories
_MOST_NAMED = 500  # versions that an entry lists; one that lists more is asked about each version
_MOST_KEPT = 16  # versions whose verdicts are kept: one answer asks about few, and about each more than once


@dataclass(frozen=True, slots=True)
class Risk:
    """What is known against one release.

    affected: an advisory holds it.
    doubts: the advisories of which nobody can tell whether they hold it, and which do not name it as their fix.
    """

    affected: bool
    doubts: tuple[Advisory, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """An advisory and the numbers between which its answer does not change.

    marks: the numbers that it names, and those behind each of their lines, sorted; None: each version is judged by itself.
    ceiling: what is higher is not held; None where a run of versions has no end.
    """

    advisory: Advisory
    marks: tuple[_Numbers, ...] | None
    ceiling: _Numbers | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """The standing advisories that count for a project's versions, one for all its ids.

    judged: those without a ceiling, then the others, the highest ceiling first.
    ceilings: of those that have one.
    schemes: the orders in which these count.
    habits: how the project writes its tags; a version of other habits is compared with each advisory.
    What was found is kept, so that a question or a plan judges a version once.
    """

    judged: tuple[_Judged, ...]
    ceilings: tuple[_Numbers, ...]
    schemes: frozenset[Scheme]
    habits: Habits
    lines: LineStyle
    _verdicts: dict[str, tuple[tuple[Verdict, ...], tuple[Verdict, ...]]] = field(default_factory=dict, compare=False)
    _risks: dict[str, Risk] = field(default_factory=dict, compare=False)
    _last_hits: list[Advisory] = field(default_factory=list, compare=False)

    def of(self, version: Version) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
        """The advisories that affect the version, the worst first, and those of which nobody can tell, by id."""
        verdicts = self._verdicts.get(version.tag)
        if verdicts is None:
            verdicts = self._judge(version)
            if len(self._verdicts) >= _MOST_KEPT:
                self._verdicts.clear()  # perhaps while another thread is here: nobody reads again what they just wrote
            self._verdicts[version.tag] = verdicts
        return verdicts

    def _judge(self, version: Version) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
        verdicts = [affects(each.advisory, version, lines=self.lines) for each in self._near(version)]
        yes = [verdict for verdict in verdicts if verdict.state == "yes"]
        yes.sort(key=lambda verdict: (-verdict.advisory.severity.rank, verdict.advisory.id))
        unsure = [verdict for verdict in verdicts if verdict.state == "unreadable"]
        return tuple(yes), tuple(sorted(unsure, key=lambda verdict: verdict.advisory.id))

    def risk(self, version: Version) -> Risk:
        """What speaks against a release; asked about releases only, of which there is an end."""
        risk = self._risks.get(version.tag)
        if risk is None:
            risk = self._risks[version.tag] = self._weigh(version)
        return risk

    def _weigh(self, version: Version) -> Risk:
        doubts: dict[str, Advisory] = {}
        near = (each.advisory for each in self._near(version))
        for advisory in (*self._last_hits, *near):  # neighbours are mostly held by the same advisory
            state = self._state(advisory, version)
            if state == "yes":
                self._last_hits[:] = [advisory]
                return Risk(affected=True)
            if state == "unreadable":
                doubts[advisory.id] = advisory
        return Risk(affected=False, doubts=tuple(doubts[name] for name in sorted(doubts)))

    def weigh_together(self, versions: Sequence[Version]) -> None:
        """Find out what speaks against many releases at once, in one pass over the advisories; `risk` then knows it."""
        unknown = [version for version in versions if version.tag not in self._risks]
        for version, risk in zip(unknown, self.risks(unknown), strict=True):
            self._risks[version.tag] = risk

    def risks(self, versions: Sequence[Version]) -> list[Risk]:
        """What speaks against each version. Between two numbers that an advisory names it says one thing about a package: it is
        asked about one version there, not about all."""
        packages: dict[str, list[int]] = {}
        for at in sorted(range(len(versions)), key=lambda at: _trimmed(versions[at].numbers)):
            packages.setdefault(versions[at].package, []).append(at)
        risks = [Risk(affected=False)] * len(versions)
        for order in packages.values():
            for at, risk in zip(order, self._risks_of_one([versions[at] for at in order]), strict=True):
                risks[at] = risk
        return risks

    def _risks_of_one(self, versions: Sequence[Version]) -> list[Risk]:
        """The same for versions of one package, the lowest numbers first."""
        numbers = [_trimmed(version.numbers) for version in versions]
        affected, doubts = [False] * len(versions), [dict[str, Advisory]() for _ in versions]
        for each in self._near(*versions):
            for first, last in _stretches(each.marks, numbers):
                if each.marks is None and affected[first]:
                    continue
                state = self._state(each.advisory, versions[first])
                for at in range(first, last) if state != "no" else ():
                    affected[at] = affected[at] or state == "yes"
                    if state == "unreadable":
                        doubts[at][each.advisory.id] = each.advisory
        return [
            Risk(affected=is_affected, doubts=() if is_affected else tuple(some[name] for name in sorted(some)))
            for is_affected, some in zip(affected, doubts, strict=True)
        ]

    def _state(self, advisory: Advisory, version: Version) -> State:
        """What an advisory says against a release. One that it names as its fix is in doubt only where an entry about another
        package holds its number, and clear where no range can be read."""
        if not advisory.affected and not advisory.unread:
            return "no"  # it states no versions: that speaks against none more than against any other
        state = affects(advisory, version, lines=self.lines).state
        if state == "no" or not fixes(advisory, version):
            return state
        if state == "unreadable":
            return "no"
        fixing = {entry.package for entry in advisory.affected if names_as_fix(entry, version)}
        holding = {entry.package for entry in advisory.affected if holds(entry, version)}
        return "yes" if fixing & holding else "unreadable"

    def _near(self, *versions: Version) -> tuple[_Judged, ...]:
        """Without the advisories all of whose numbers are lower than the versions'."""
        endless = len(self.judged) - len(self.ceilings)
        if not all(self._comparable(version) for version in versions):
            return tuple(each if each.marks is None else _one_by_one(each) for each in self.judged)
        lowest = min((_trimmed(version.numbers) for version in versions), default=())
        return self.judged[: endless + bisect_left(self.ceilings, True, key=lambda ceiling: ceiling < lowest)]

    def _comparable(self, version: Version) -> bool:
        """Whether the numbers of a version say where it stands among those that advisories name."""
        if version.habits != self.habits or version.habits.numberings:
            return False
        return all(place(scheme, text_for(scheme, version)) is not None for scheme in self.schemes)


def _one_by_one(judged: _Judged) -> _Judged:
    return _Judged(judged.advisory, None, judged.ceiling)


def _stretches(marks: tuple[_Numbers, ...] | None, numbers: Sequence[_Numbers]) -> Iterable[tuple[int, int]]:
    """Stretches of the sorted numbers in which the marks' advisory says one thing; what equals a mark stands alone."""
    if marks is None:
        yield from ((at, at + 1) for at in range(len(numbers)))
        return
    start = 0
    for mark in marks[bisect_left(marks, numbers[0]) : bisect_right(marks, numbers[-1])] if numbers else ():
        first, last = bisect_left(numbers, mark, start), bisect_right(numbers, mark, start)
        if start < first:
            yield start, first
        yield from ((at, at + 1) for at in range(first, last))
        start = last
    if start < len(numbers):
        yield start, len(numbers)


def expose(advisories: Iterable[Advisory], lines: LineStyle = "auto", habits: Habits = PLAIN) -> Exposure:
    """Arrange advisories for questions about versions: one for all its ids each; withdrawn ones are left out. `habits` are
    those of the project whose versions are asked about."""
    judged = [_judged(advisory, habits) for advisory in advisories if advisory.withdrawn_at is None]
    endless = [each for each in judged if each.ceiling is None]
    bounded = [each for each in judged if each.ceiling is not None]
    bounded.sort(key=lambda each: each.ceiling or (), reverse=True)
    schemes = {entry.scheme for each in judged if each.marks for entry in each.advisory.affected}
    return Exposure(
        judged=(*endless, *bounded),
        ceilings=tuple(each.ceiling for each in bounded if each.ceiling is not None),
        schemes=frozenset(_scheme(scheme, habits) for scheme in schemes),
        habits=habits,
        lines=lines,
    )


def _scheme(name: str, habits: Habits) -> Scheme:
    return habits if scheme_of(name) == PROJECT and name != GIT else name


def _judged(advisory: Advisory, habits: Habits) -> _Judged:
    if habits.numberings:
        return _Judged(advisory, None, None)  # a higher number may be the older version
    places: set[_Numbers] = {(0,)}
    for entry in advisory.affected:
        numbers = _versions_named(entry, habits)
        if numbers is None:
            return _Judged(advisory, None, None)
        places |= numbers
    spans = [run for entry in advisory.affected for run in runs(entry, _scheme(entry.scheme, habits))]
    uppers = [upper for _, upper in spans]
    whole_lines = any(bound.line for run in spans for side in run for bound in side)
    by_line = whole_lines or any(len(fixes_named(entry)) > 1 for entry in advisory.affected)
    marks = {_trimmed(each) for each in places}
    behind = {(*each[:size], each[size] + 1) for each in places for size in range(len(each))} if by_line else set()
    every = tuple(sorted(marks | behind))
    ends = bool(uppers) and all(uppers) and not any(_says_nothing(entry, habits) for entry in advisory.affected)
    return _Judged(advisory, every, (every[-1] if whole_lines else max(marks)) if ends else None)


def _says_nothing(entry: Affected, habits: Habits) -> bool:
    """Whether the entry leaves every version in doubt alike, but for those that it names as fixed."""
    scheme = _scheme(entry.scheme, habits)
    return not (entry.versions or entry.spans) and (not entry.range or readable_range(entry.range, scheme) is None)


@functools.lru_cache(maxsize=_CACHED)
def _versions_named(entry: Affected, habits: Habits) -> frozenset[_Numbers] | None:
    """The numbers of all versions that the entry names; None where one cannot be read, or its order is not that of numbers."""
    if len(entry.versions) + len(entry.spans) > _MOST_NAMED:
        return None
    scheme = _scheme(entry.scheme, habits)
    nothing = _says_nothing(entry, habits)
    if entry.scheme == GIT or not (nothing or range_text(entry)):
        return None
    if not nothing and entry.range and readable_range(entry.range, scheme) is None:
        return None
    bounds = [bound.text for run in runs(entry, scheme) for side in run for bound in side]
    names = [*bounds, *entry.versions, *fixes_named(entry)]
    if any(mark in name for name in names for mark in _EPOCHS):
        return None
    versions = [read_tag(name.strip(), habits) for name in names]
    if None in versions or any(place(scheme, bound) is None for bound in bounds):
        return None
    return frozenset(version.numbers for version in versions if version is not None)


def _trimmed(numbers: _Numbers) -> _Numbers:
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]
