"""Whom an advisory affects, in words: the releases themselves where it is known which those are."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from chatbot.core.advisories.affected import range_text, readable_range
from chatbot.core.advisories.identity import worded_range
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed
from chatbot.core.versions.ecosystems import PROJECT
from chatbot.core.versions.version import is_named, read_version

MOST_RANGES = 6  # packages whose range is spelled out


def affected_words(snapshot: ProjectSnapshot, advisory: Advisory) -> str:
    """`2.1.0 – 2.1.1 and 2.0.0 – 2.0.9`, of at most six packages. The one package of an advisory of the project's own is the
    project: it is not named."""
    if not advisory.affected:
        return "the advisory does not say"
    stated = [item for item in advisory.affected if not advisory.unread or range_text(item)]
    entries = stated
    if advisory.id in snapshot.own and len({item.package for item in stated}) == 1:
        entries = [replace(item, package="") for item in stated]
    ranges = list(dict.fromkeys(worded_range(item, _last_before(snapshot, advisory, item)) for item in entries))
    more = len(ranges) - MOST_RANGES
    one_package = len({item.package for item in entries}) == 1
    words = listed(ranges) if one_package and more <= 0 else "; ".join(ranges[:MOST_RANGES])
    words += f"; and {more} more" if more > 0 else ""
    if not advisory.unread:
        return words
    return f"{words}; and what I could not read" if words else "I could not read it; see the advisory"


def last_affected(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str]:
    """The releases that the announcement names as the last affected ones, though the advisory names the ones after them."""
    names: list[str] = []
    for entry in advisory.affected:
        readable = readable_range(text, entry.scheme) if (text := range_text(entry)) else None
        names += filter(None, map(_last_before(snapshot, advisory, entry), readable.ends)) if readable else []
    return names


def _last_before(snapshot: ProjectSnapshot, advisory: Advisory, entry: Affected) -> Callable[[str], str]:
    """What tells the last release before a version, "" where that is not certain. Of other packages, and of versions that other
    programs number, nobody here knows what is released."""
    if advisory.id not in snapshot.own or entry.scheme != PROJECT:
        return lambda _: ""
    return partial(last_release_before, snapshot)


def last_release_before(snapshot: ProjectSnapshot, name: str) -> str:
    """The release directly before a version: 2.1.1 before 2.1.2. "" where none is known, where a version may lie between the
    two (nothing says which came before 2.2.0), or where it could be that of another package."""
    end = read_version(name, snapshot.exposure.habits)
    if end is None or end.prerelease or end.patched or end.package or not end.numbers[-1] or len(end.numbers) < 2:
        return ""
    before = (*end.numbers[:-1], end.numbers[-1] - 1)
    versions = [item.version for item in snapshot.releases.values() if item.version is not None]
    place = end.order
    version = max((each for each in versions if each.order < place), key=lambda each: each.order, default=None)
    if version is None or len({each.package for each in versions}) > 1:
        return ""
    plain = not (version.prerelease or version.patched or version.unsure or is_named(end, version))
    return version.text if plain and version.numbers == before else ""
