"""What fixes an advisory, line by line: the release to take, what keeps a fix from being had, and the lines without one."""

from collections.abc import Sequence

from chatbot.core.advisories.affected import fixes_named
from chatbot.core.advisories.identity import affects, fixed_versions
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import taken_back
from chatbot.core.recommend import by_version, first, passes, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.ecosystems import PROJECT
from chatbot.core.versions.version import Version, is_named, read_version

UNRELEASED = "not released here yet"  # digests of posts hold this word
STATES = {UNRELEASED: "not released yet"}
NO_FIX = "No fixed release has been published yet."
_NOT_READ = "I have not read the releases yet, so I do not know whether a fixed one has been published."


def no_fix(snapshot: ProjectSnapshot) -> str:
    """What to say where no release can be recommended: that there is none yet, or that nobody has looked."""
    return NO_FIX if releases_read(snapshot) else _NOT_READ


def releases_read(snapshot: ProjectSnapshot) -> bool:
    return bool(snapshot.releases) or snapshot.knowledge.baseline_at is not None


def against_fix(snapshot: ProjectSnapshot, item: Classified) -> str:
    """What keeps a release that fixes an advisory from being recommended: `prerelease`, `affected`; "" where nothing does."""
    if item.kind == "prerelease":
        return "prerelease"
    return "" if passes(snapshot, item) is not None else "affected"


def further_fixes(snapshot: ProjectSnapshot, advisory: Advisory) -> list[tuple[str, str]]:
    """The fixed versions that the advisory names beside the releases that fix it, each with what keeps it from being had; of
    other packages, nobody here knows what is released."""
    fixing = [item.version for item in snapshot.fixing(advisory) if item.version]
    foreign = [entry for entry in advisory.affected if entry.scheme != PROJECT or advisory.id not in snapshot.own]
    packaged = {name for entry in foreign for name in fixes_named(entry)}
    versions = []
    for name in fixed_versions(advisory):
        version = read_version(name, snapshot.exposure.habits)
        if version is None or not any(is_named(version, fix) for fix in fixing):
            state = "" if name in packaged else fix_state(snapshot, name)
            versions.append((name, "" if state == "not read yet" else state))
    return versions


def fix_state(snapshot: ProjectSnapshot, name: str) -> str:
    """What keeps a version that an advisory names as its fix from being had: `removed`, `prerelease`, `not released here yet`,
    `not read yet`; "" where nothing does. Digests of posts hold these: `STATES` has the words for people."""
    version = read_version(name, snapshot.exposure.habits)
    same = [item for item in snapshot.releases.values() if version is not None and _has_name(item, version)]
    if not same:
        return UNRELEASED if releases_read(snapshot) else "not read yet"
    there = [item for item in same if not taken_back(snapshot.knowledge.releases[item.release.tag])]
    if not there:
        return "removed"
    return "" if any(stands(snapshot, item) for item in there) else "prerelease"


def _has_name(item: Classified, version: Version) -> bool:
    return item.version is not None and is_named(version, item.version)


def to_take(snapshot: ProjectSnapshot, advisory: Advisory) -> dict[str, Classified | None]:
    """The release to take in each line that has a fix: the first that fixes it and may be recommended, else the next above it
    that may; None where there is none yet."""
    return snapshot.once("to take", advisory.id, lambda: _to_take(snapshot, advisory))


def _to_take(snapshot: ProjectSnapshot, advisory: Advisory) -> dict[str, Classified | None]:
    fixes: dict[str, list[Classified]] = {}
    for item in snapshot.fixing(advisory):
        if item.line:
            fixes.setdefault(line_name(item), []).append(item)
    return {line: _first_to_take(snapshot, items) for line, items in fixes.items()}


def elsewhere(snapshot: ProjectSnapshot, advisory: Advisory) -> tuple[tuple[str, Classified | None], ...]:
    """The lines in which another release is to be taken than the first that fixes the advisory, or none yet."""
    first_fixes = {line_name(item): item for item in reversed(snapshot.fixing(advisory))}
    return tuple((line, item) for line, item in to_take(snapshot, advisory).items() if item is not first_fixes[line])


def line_name(item: Classified) -> str:
    """The line with the package that it belongs to, in a repository of several."""
    return f"{item.version.package} {item.line}".strip() if item.version is not None else item.line or ""


def _first_to_take(snapshot: ProjectSnapshot, fixes: Sequence[Classified]) -> Classified | None:
    fix = next((item for item in fixes if passes(snapshot, item) is not None), None)
    if fix is not None:
        return fix
    lowest = min(fixes, key=by_version)
    start, name = by_version(lowest), line_name(lowest)
    in_line = (item for item in snapshot.releases.values() if item.line == lowest.line)
    higher = [item for item in in_line if start < by_version(item) and line_name(item) == name]
    next_up = first(snapshot, sorted(higher, key=by_version))
    return next_up.release if next_up else None


def lines_without_fix(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str]:
    """The affected lines in which nothing may be recommended yet, the newest line first."""
    return [line_name(item) for item in unfixed(snapshot, advisory)]


def unfixed(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Classified]:
    """The newest releases of the affected lines in which nothing may be recommended, the highest first."""
    lines = to_take(snapshot, advisory)
    releases = []
    for item in snapshot.releases.values():
        if item.line and item.newest_in_line and item.kind != "prerelease":
            line = line_name(item)
            fixed = lines.get(line)
            if (line in lines and fixed is None) or (line not in lines and _touches(snapshot, advisory, item)):
                releases.append(item)
    return sorted(releases, key=by_version, reverse=True)


def _touches(snapshot: ProjectSnapshot, advisory: Advisory, item: Classified) -> bool:
    return item.version is not None and affects(advisory, item.version, lines=snapshot.lines).state == "yes"
