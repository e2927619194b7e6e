"""Whether an advisory concerns a part of a line: `2.1` was asked about, and it holds 2.1.1 and 2.1.2."""

from collections.abc import Iterable

from chatbot.core.advisories.affected import fixes_named, runs
from chatbot.core.advisories.identity import affects
from chatbot.core.model.facts import Advisory
from chatbot.core.versions.ecosystems import GIT, scheme_for
from chatbot.core.versions.version import Version, read_version

_WHOLE = 3  # numbers of a version that is no line: major, minor, patch


def holds_a_part(advisory: Advisory, line: Version, *, package: str = "") -> bool:
    """Whether the advisory holds a version that begins with these numbers and has more of them; never for a whole version."""
    if len(line.numbers) >= _WHOLE or line.prerelease or line.patched:
        return False
    return any(affects(advisory, version, package=package).state != "no" for version in _inside(advisory, line))


def _inside(advisory: Advisory, line: Version) -> Iterable[Version]:
    """The versions of the line that the advisory names, and those right behind them: between these it says nothing new."""
    size = len(line.numbers)
    for name in dict.fromkeys(_names(advisory, line)):
        version = read_version(name, line.habits)
        if version is None or version.numbers[:size] != line.numbers or len(version.numbers) == size:
            continue
        yield version
        following = (*version.numbers[:-1], version.numbers[-1] + 1)
        behind = read_version(".".join(map(str, following)), line.habits)
        if behind is not None:
            yield behind


def _names(advisory: Advisory, line: Version) -> Iterable[str]:
    for entry in advisory.affected:
        yield from entry.versions
        yield from fixes_named(entry)
        if entry.scheme != GIT:
            for lower, upper in runs(entry, scheme_for(entry.scheme, line)):
                yield from (bound.text for bound in (*lower, *upper))
