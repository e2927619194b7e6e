"""Which version of a project somebody means: `2.1.3` where the tags say `zfs-2.1.3`, `1:9.2p1-2+deb12u3` where they say 9.2p1."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import listed
from chatbot.core.versions.tags.habits import PLAIN, Habits, fold
from chatbot.core.versions.upstream import bare_revision
from chatbot.core.versions.version import Version, read_version

_MOST_NAMED = 10
_LONGEST_EXAMPLE = 40
_INVENTED = "1.2.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What somebody's words for a version come to.

    - `version`: read as the project writes its versions, None where nobody can tell which one is meant
    - `release`: the published release that has this version, None where it is in no list
    - `problem`: why there is no version, and what to ask with instead; a sentence or two for people
    - `note`: what to say about the reading of it, for people; "" where it is plain
    """

    version: Version | None = None
    release: Classified | None = None
    problem: str = ""
    note: str = ""


def look_up(text: str, releases: Iterable[Classified]) -> Lookup:
    """Read what somebody typed. `releases` are all that are known of the project, also those that it took back: they run."""
    candidates = [item for item in releases if item.version is not None]
    habits = next((item.version.habits for item in candidates if item.version), PLAIN)
    words = text.strip()
    for exact in (
        [item for item in candidates if item.release.tag == words],
        [item for item in candidates if words.casefold() in _spellings(item)],
    ):
        if len(exact) == 1:
            return Lookup(version=exact[0].version, release=exact[0])
    version = read_version(text, habits)
    if version is None:
        return Lookup(problem=_unreadable(text, example_of(candidates) or _INVENTED))
    packages = {fold(item.version.package): item.version.package for item in candidates if item.version}
    if version.package:
        return _of_package(version, candidates, packages, text)
    return _of_any(version, candidates, packages, habits, text)


def example_of(releases: Iterable[Classified]) -> str:
    """A version to ask with: that of the newest release, or its tag where other releases have the same version; "" where there
    is none, or none that is short."""
    candidates = [item for item in releases if item.version is not None]
    chosen = max(
        [item for item in candidates if item.newest] or candidates,
        key=lambda item: item.release.published_at,
        default=None,
    )
    if chosen is None or chosen.version is None:
        return ""
    same = [item for item in candidates if item.version and item.version.text == chosen.version.text]
    text = chosen.version.text if len(same) == 1 else chosen.release.tag
    return text if len(text) <= _LONGEST_EXAMPLE else ""


def _spellings(item: Classified) -> set[str]:
    """The words that mean this release and nothing else, if no other has them."""
    return {item.release.tag.casefold(), item.version.text.casefold() if item.version else ""}


def _unreadable(text: str, example: str) -> str:
    words = text.strip()[:40]
    if any(mark in words for mark in ":~") or "+really" in words:
        return f"I can't tell which release “{words}” was made from. Ask with the project's own version, such as {example}."
    return f"“{words}” doesn't look like a version. Try {example}."


def _of_package(version: Version, candidates: Sequence[Classified], packages: dict[str, str], text: str) -> Lookup:
    """A version that names its package."""
    if candidates and fold(version.package) not in packages:
        names = [name for name in packages.values() if name]
        there = f" Known packages: {listed(sorted(names)[:_MOST_NAMED])}." if names else ""
        return Lookup(problem=f"There is no package “{version.package[:40]}” here.{there} Ask with the version alone.")
    mine = replace(version, package=packages.get(fold(version.package), version.package))
    return _match(mine, [item for item in candidates if item.version and item.version.package == mine.package], text)


def _of_any(
    version: Version, candidates: Sequence[Classified], packages: dict[str, str], habits: Habits, text: str
) -> Lookup:
    """A version without a name: of the only package, of the one that has it, or of the project itself."""
    having = {fold(item.version.package) for item in candidates if item.version and _is(item.version, version)}
    if len(packages) > 1 and len(having) > 1 and "" not in having:
        names = listed(sorted(packages[name] for name in having)[:_MOST_NAMED])
        return Lookup(
            problem=f"Several packages have a version {version.text}: {names}. {_example(candidates, version)}"
        )
    chosen = having or (packages.keys() if len(packages) == 1 else {""} & packages.keys())
    if not chosen and packages:
        names = listed(sorted(packages.values())[:_MOST_NAMED])
        return Lookup(
            problem=f"No package has a version {version.text}. The packages are {names}. {_example(candidates)}"
        )
    package = packages.get("" if "" in chosen else next(iter(chosen), ""), "")
    mine = replace(version, package=package, numbering=habits.numbering(package, version.numbers[0]))
    return _match(mine, [item for item in candidates if item.version and item.version.package == package], text)


def _is(released: Version, version: Version) -> bool:
    same = released.key == version.key
    return same and (released.build == version.build or not (released.build[1] and version.build[1]))


def _example(candidates: Sequence[Classified], version: Version | None = None) -> str:
    tags = [item.release.tag for item in candidates if item.version and (version is None or _is(item.version, version))]
    return f"Ask with a whole tag, such as {tags[-1]}." if tags else ""


def _match(version: Version, candidates: Sequence[Classified], text: str) -> Lookup:
    """The version with the release that it is, where there is one."""
    own = [item for item in candidates if item.version and item.version.order == version.order]
    same = own or [item for item in candidates if item.version and _is(item.version, version)]
    if same:
        first = min(same, key=lambda item: (item.version or version).order)
        builds = len({item.version.build for item in same if item.version}) > 1
        note = _packaged(version) if version.package_of else ""
        note = f"{version.text} was built more than once: this is about {first.release.tag}." if builds else note
        return Lookup(
            version=replace(first.version or version, package_of=version.package_of), release=first, note=note
        )
    plain = _without_revision(text, version.habits)
    if plain is not None and not any(bare_revision(item.release.tag) for item in candidates):
        upstream = replace(plain, package=version.package, numbering=version.numbering, package_of=text.strip())
        return _match(upstream, candidates, upstream.text)
    if version.unsure and candidates:
        return Lookup(
            problem=f"I can't tell whether {version.text} comes before or after {_numbers(version)}. Ask with that."
        )
    return Lookup(version=version, note=_packaged(version) if version.package_of else "")


def _packaged(version: Version) -> str:
    return f"{version.package_of[:60]} is a distribution's package of {version.text}. The distribution may have fixed more in it."


def _without_revision(text: str, habits: Habits) -> Version | None:
    """The version without the bare revision that a distribution gives (`1.2.3-1`, `1.2.3-r4`, `1.2.3_2`), None where there is
    none."""
    at = bare_revision(text.strip())
    return read_version(text.strip()[:at], habits) if at else None


def _numbers(version: Version) -> str:
    return ".".join(version.raw_numbers)
