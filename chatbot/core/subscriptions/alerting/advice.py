"""What to upgrade to from what somebody runs: through the one gate, in their own line and in the newest one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce.render.fixes import UNRELEASED, further_fixes
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.facts import Advisory
from chatbot.core.recommend import Recommended, first, highest_first, line_place, passes
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import of_package, read_line, version_of
from chatbot.core.subscriptions.matching import Match, affected_members
from chatbot.core.versions.version import Version, line_numbers, line_of, read_version

SupportEnd = Callable[[Version], bool]  # whether support of a version's line has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to upgrade to from one scope.

    line: the name of its line
    own, other: the release to take in its line, and in the highest line above; None where there is none
    coming: a fix in its line that the advisory names and that is not released yet, else ""
    blocked: where nothing in its line may be recommended, a release of it that fixes the advisory and is affected by another
    out_of_support: the line's support has ended
    """

    line: str
    own: Recommended | None = None
    other: Recommended | None = None
    coming: str = ""
    blocked: str = ""
    out_of_support: bool = False

    @property
    def releases(self) -> tuple[Recommended, ...]:
        """What is recommended, the best first: that of its own line, unless that is out of support."""
        pair = (self.other, self.own) if self.out_of_support else (self.own, self.other)
        return tuple(each for each in pair if each is not None)


@dataclass(frozen=True, slots=True)
class FixTimes:
    """When a release that may be recommended was first read: of any line above, and of the own one; None where there is none."""

    any_line: datetime | None
    own_line: datetime | None

    @property
    def both(self) -> tuple[datetime, ...]:
        return tuple(at for at in (self.any_line, self.own_line) if at is not None)


def advise(
    snapshot: ProjectSnapshot, advisory: Advisory, match: Match, is_over: SupportEnd, advised: Collection[str] = ()
) -> Advice | None:
    """What to upgrade to; None where that cannot be told. What was `advised` before (tags) stays the advice as long as it
    may be recommended: a newer release makes no alert wrong."""
    start = _from(snapshot, advisory, match)
    if start is None:
        return None
    own, others = _above(snapshot, start)
    in_line = _choose(snapshot, advisory, own, advised)
    if in_line is not None and in_line.release.release.tag in advised:
        others = [item for item in others if item.release.tag in advised]
    return Advice(
        line=_line_name(snapshot, start),
        own=in_line,
        other=_choose(snapshot, advisory, others, advised),
        coming=_coming(snapshot, advisory, start),
        blocked=_blocked(snapshot, advisory, own) if in_line is None else "",
        out_of_support=is_over(start),
    )


def fix_times(snapshot: ProjectSnapshot, advisory: Advisory, match: Match) -> FixTimes:
    """Since when there has been something to upgrade to."""
    start = _from(snapshot, advisory, match)
    if start is None:
        return FixTimes(None, None)
    own, others = _above(snapshot, start)
    times = [_first_read(snapshot, advisory, items) for items in (own, others)]
    return FixTimes(min((at for at in times if at is not None), default=None), times[0])


def _from(snapshot: ProjectSnapshot, advisory: Advisory, match: Match) -> Version | None:
    """The version from which to upgrade: of a line the highest that is affected, and its beginning where nobody can tell. None
    where the advisory says nothing about versions: then no release is known to be safe."""
    if not advisory.affected:
        return None
    if match.scope.kind == "version":
        return version_of(snapshot, match.scope)
    line = read_line(snapshot, match.scope.name) if match.scope.kind == "line" else None
    if line is None:
        return None
    affected = affected_members(snapshot, advisory, match.scope) if match.state == "yes" else ()
    versions = [item.version for item in affected if item.version is not None]
    return max(versions, default=line.start)


def _above(snapshot: ProjectSnapshot, start: Version) -> tuple[list[Classified], list[Classified]]:
    """The releases above a version, the highest first: those of its line, and those of other lines."""
    releases = [
        item for item in of_package(snapshot, start.package) if item.version is not None and start < item.version
    ]
    place = line_place(start, snapshot.lines)
    own = [item for item in releases if item.version and line_place(item.version, snapshot.lines) == place]
    others = [item for item in releases if item.version and line_place(item.version, snapshot.lines) != place]
    return highest_first(own), highest_first(others)


def _choose(
    snapshot: ProjectSnapshot, advisory: Advisory, releases: Sequence[Classified], advised: Collection[str]
) -> Recommended | None:
    before = first(snapshot, [item for item in releases if item.release.tag in advised])
    if before is not None and not before.doubts:
        return before
    return _cleared(advisory, first(snapshot, releases)) or _cleared(advisory, before)


def _cleared(advisory: Advisory, recommendation: Recommended | None) -> Recommended | None:
    """None for what the advisory itself may affect."""
    in_doubt = recommendation is not None and any(doubt.id == advisory.id for doubt in recommendation.doubts)
    return None if in_doubt else recommendation


def _first_read(snapshot: ProjectSnapshot, advisory: Advisory, releases: Sequence[Classified]) -> datetime | None:
    passing = [item for item in releases if _cleared(advisory, passes(snapshot, item)) is not None]
    times = [snapshot.knowledge.releases[item.release.tag].first_read_at for item in passing]
    return min(times, default=None)


def _coming(snapshot: ProjectSnapshot, advisory: Advisory, start: Version) -> str:
    for name, state in further_fixes(snapshot, advisory):
        version = read_version(name, snapshot.exposure.habits) if state == UNRELEASED else None
        if version is not None and line_numbers(version, snapshot.lines) == line_numbers(start, snapshot.lines):
            return name
    return ""


def _blocked(snapshot: ProjectSnapshot, advisory: Advisory, own: Sequence[Classified]) -> str:
    fixing = {item.release.tag for item in snapshot.fixing(advisory)}
    return next((version_label(item) for item in own if item.release.tag in fixing), "")


def _line_name(snapshot: ProjectSnapshot, version: Version) -> str:
    return f"{version.package} {line_of(version, snapshot.lines)}".strip()
