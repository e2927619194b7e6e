"""Which version of a project somebody means: `2.1.3` where the tags say `zfs-2.1.3`, `1:9.2p1-2+deb12u3` where they say 9.2p1."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import listed
from chatbot.core.versions.tags.habits import PLAIN, Habits, fold
from chatbot.core.versions.upstream import bare_revision
from chatbot.core.versions.version import Version, read_version

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
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


def ask(text: str, releases: Iterable[Classified]) -> Asked:
    """Read what somebody typed. `releases` are all that are known of the project, also those that it took back: they run."""
    known = [item for item in releases if item.version is not None]
    habits = next((item.version.habits for item in known if item.version), PLAIN)
    typed = text.strip()
    for exact in (
        [item for item in known if item.release.tag == typed],
        [item for item in known if typed.casefold() in _spellings(item)],
    ):
        if len(exact) == 1:
            return Asked(version=exact[0].version, release=exact[0])
    version = read_version(text, habits)
    if version is None:
        return Asked(problem=_unreadable(text))
    packages = {fold(item.version.package): item.version.package for item in known if item.version}
    if version.package:
        return _of_package(version, known, packages, text)
    return _of_any(version, known, packages, habits, text)


def _spellings(item: Classified) -> set[str]:
    """The words that mean this release and nothing else, if no other has them."""
    return {item.release.tag.casefold(), item.version.text.casefold() if item.version else ""}


def _unreadable(text: str) -> str:
    shown = text.strip()[:40]
    if any(mark in shown for mark in ":~") or "+really" in shown:
        return (
            f"I can't tell which release “{shown}” was made from. Ask with the version of the project, such as 1.2.3."
        )
    return f"“{shown}” doesn't look like a version. Ask with one such as 1.2.3."


def _of_package(version: Version, known: Sequence[Classified], packages: dict[str, str], text: str) -> Asked:
    """A version that names its package."""
    if known and fold(version.package) not in packages:
        names = [name for name in packages.values() if name]
        there = f" Known packages: {listed(sorted(names)[:_MOST_NAMED])}." if names else ""
        return Asked(problem=f"There is no package “{version.package[:40]}” here.{there} Ask with the version alone.")
    mine = replace(version, package=packages.get(fold(version.package), version.package))
    return _found(mine, [item for item in known if item.version and item.version.package == mine.package], text)


def _of_any(
    version: Version, known: Sequence[Classified], packages: dict[str, str], habits: Habits, text: str
) -> Asked:
    """A version without a name: of the only package, of the one that has it, or of the project itself."""
    having = {fold(item.version.package) for item in known if item.version and _is(item.version, version)}
    if len(packages) > 1 and len(having) > 1 and "" not in having:
        names = listed(sorted(packages[name] for name in having)[:_MOST_NAMED])
        return Asked(problem=f"Several packages have a version {version.text}: {names}. {_example(known, version)}")
    chosen = having or (packages.keys() if len(packages) == 1 else {""} & packages.keys())
    if not chosen and packages:
        names = listed(sorted(packages.values())[:_MOST_NAMED])
        return Asked(problem=f"No package has a version {version.text}. The packages are {names}. {_example(known)}")
    package = packages.get("" if "" in chosen else next(iter(chosen), ""), "")
    mine = replace(version, package=package, numbering=habits.numbering(package, version.numbers[0]))
    return _found(mine, [item for item in known if item.version and item.version.package == package], text)


def _is(released: Version, version: Version) -> bool:
    same = released.key == version.key
    return same and (released.build == version.build or not (released.build[1] and version.build[1]))


def _example(known: Sequence[Classified], version: Version | None = None) -> str:
    tags = [item.release.tag for item in known if item.version and (version is None or _is(item.version, version))]
    return f"Ask with a whole tag, such as {tags[-1]}." if tags else ""


def _found(version: Version, known: Sequence[Classified], text: str) -> Asked:
    """The version with the release that it is, where there is one."""
    own = [item for item in known if item.version and item.version.order == version.order]
    same = own or [item for item in known if item.version and _is(item.version, version)]
    if same:
        first = min(same, key=lambda item: (item.version or version).order)
        builds = len({item.version.build for item in same if item.version}) > 1
        note = _packaged(version) if version.package_of else ""
        note = f"{version.text} was built more than once: this is about {first.release.tag}." if builds else note
        return Asked(version=replace(first.version or version, package_of=version.package_of), release=first, note=note)
    plain = _without_revision(text, version.habits)
    if plain is not None and not any(bare_revision(item.release.tag) for item in known):
        upstream = replace(plain, package=version.package, numbering=version.numbering, package_of=text.strip())
        return _found(upstream, known, upstream.text)
    if version.unsure and known:
        return Asked(
            problem=f"I can't tell whether {version.text} comes before or after {_numbers(version)}. Ask with that."
        )
    return Asked(version=version, note=_packaged(version) if version.package_of else "")


def _packaged(version: Version) -> str:
    return f"{version.package_of[:60]} is a distribution's package of {version.text}. The distribution may have fixed more in it."


def _without_revision(text: str, habits: Habits) -> Version | None:
    """The version without the bare revision that a distribution gives (`1.2.3-1`, `1.2.3-r4`, `1.2.3_2`), None where there is
    none."""
    at = bare_revision(text.strip())
    return read_version(text.strip()[:at], habits) if at else None


def _numbers(version: Version) -> str:
    return ".".join(version.written)
