"""The published evidence that a release fixes an advisory: patched versions, ids in notes, a maintainer's word; never a guess."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from chatbot.core.advisories.affected import concerns, fix_versions
from chatbot.core.advisories.identity import affects
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.message import Block, BulletList, CodeBlock, Heading, Link, Paragraph, Quote, Spans, plain
from chatbot.core.model.severity import Severity
from chatbot.core.text import patterns
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.version import Key, Version, is_named

_WORDS = {"security": "a maintainer called it a security release", "outofband": "a maintainer called it out of band"}
_ID = patterns.compile(r"(?:^|[^a-z0-9-])([a-z]{2,20}-[0-9a-z][0-9a-z:-]{1,59}[0-9a-z])")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a release being a security release, a sentence each, and the ids of what it fixes."""

    security: bool
    out_of_band: bool
    sentences: tuple[str, ...]
    fixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The standing advisories of a project, to be looked up by the versions that they name as fixed and by their ids.

    `exact` are the versions of the project's releases as written: a name that is one of them means that one alone.
    """

    by_version: Mapping[Key, Sequence[tuple[Advisory, Affected, Version]]]
    by_id: Mapping[str, Advisory]
    starts: frozenset[str]
    exact: frozenset[str] = frozenset()

    def of(self, release: Release, version: Version | None, *, out_of_band_from: Severity, declared: str) -> Evidence:
        """The evidence for one release; `declared` is a maintainer's word on it: `security`, `outofband` or ""."""
        patched = self._patched(version)
        noted = [advisory for advisory in self._noted(release, version) if advisory.id not in patched]
        sentences = [f"{advisory.id} ({advisory.severity}) names {version} as fixed" for advisory in patched.values()]
        sentences += [f"its notes name {advisory.id} ({advisory.severity})" for advisory in noted]
        fixed = [*patched.values(), *noted]
        critical = any(advisory.severity.rank >= max(1, out_of_band_from.rank) for advisory in fixed)
        if declared in _WORDS:
            sentences.append(_WORDS[declared])
        return Evidence(
            security=bool(sentences),
            out_of_band=critical or declared == "outofband",
            sentences=tuple(sentences),
            fixes=tuple(advisory.id for advisory in fixed),
        )

    def _patched(self, version: Version | None) -> dict[str, Advisory]:
        advisories = self.by_version.get(version.key, ()) if version else ()
        return {
            advisory.id: advisory
            for advisory, entry, name in advisories
            if version and self._means(name, version) and concerns(entry, version)
        }

    def _means(self, name: Version, version: Version) -> bool:
        """Whether a version that is named as fixed is this one: as written where a release has it so, else by the order."""
        if name.text.casefold() in self.exact:
            return name.text.casefold() == version.text.casefold()
        return is_named(name, version)

    def _noted(self, release: Release, version: Version | None) -> list[Advisory]:
        """Advisories that the notes name, without those that say themselves that this version is still affected."""
        advisories = [self.by_id[name] for name in _names_in(release, self.starts) if name in self.by_id]
        by_id = {advisory.id: advisory for advisory in advisories}
        return [advisory for advisory in by_id.values() if not (version and affects(advisory, version).state == "yes")]


def gather(advisories: Iterable[Advisory], releases: Iterable[Version] = (), habits: Habits = PLAIN) -> Published:
    """Arrange advisories for looking up; withdrawn ones are no evidence. `releases` and `habits` are the project's."""
    by_version: dict[Key, list[tuple[Advisory, Affected, Version]]] = defaultdict(list)
    by_id: dict[str, Advisory] = {}
    for advisory in advisories:
        if advisory.withdrawn_at is not None:
            continue
        by_id |= {name.casefold(): advisory for name in advisory.ids}
        for entry in advisory.affected:
            for version in fix_versions(entry, habits):
                by_version[version.key].append((advisory, entry, version))
    starts = frozenset(name.partition("-")[0] + "-" for name in by_id)
    return Published(by_version, by_id, starts, frozenset(version.text.casefold() for version in releases))


def _names_in(release: Release, starts: Iterable[str]) -> list[str]:
    """What looks like an id in the title or the notes, lower-cased; only where one of the `starts` (`cve-`) occurs."""
    words = "\n".join((release.name, *(words for block in release.notes for words in _words_of(block)))).casefold()
    if not any(start in words for start in starts):
        return []
    return list(dict.fromkeys(_ID.findall(words)))


def _words_of(block: Block) -> Iterator[str]:
    """The words of a block, a line for each run, the addresses of its links included."""
    match block:
        case Paragraph() | Heading():
            yield from _words_of_spans(block.spans)
        case BulletList():
            for item in block.items:
                yield from _words_of_spans(item.spans)
        case CodeBlock():
            yield block.text
        case Quote():
            for inner in block.blocks:
                yield from _words_of(inner)
        case _ as unreachable:
            assert_never(unreachable)


def _words_of_spans(spans: Spans) -> Iterator[str]:
    yield plain(spans)
    for span in spans:
        if isinstance(span, Link):
            yield span.url
