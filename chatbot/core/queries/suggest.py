"""Suggestions for a parameter while somebody types: what people look for, and the value that it stands for."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from chatbot.core.announce.render.release import version_label
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.releases.classification import Classified
from chatbot.core.text.visible import printable

MOST = 25  # https://discord.com/developers/docs/interactions/application-commands: a chat shows no more
LONGEST = 100  # UTF-16 units of a label and of a value, the narrowest way in which Discord may count its 100 characters

_LONGEST_READ = 400  # characters of a foreign text that are looked at
_DOT = " · "


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line to choose from.

    label: what people read, foreign words in it without what acts or hides; never empty, at most LONGEST units
    value: what the parameter gets; never empty, at most LONGEST units
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """Something to suggest.

    names: what it may be called: a name that is typed in full comes first
    words: further text by whose words it is found; then all that is found keeps its order, else beginnings come before middles
    """

    label: str
    value: str
    names: tuple[str, ...]
    words: str = ""


def suggestions(context: QueryContext, kind: Kind, text: str, *, several: bool = False) -> list[Suggestion]:
    """At most 25, what was typed in full first, then the newest. With `several` the last of many versions is completed."""
    candidates = _candidates(context, kind)
    if not several:
        return _matching(candidates, text)
    words = printable(text).lstrip()
    last = words.replace(",", " ").rpartition(" ")[2]
    before = words.removesuffix(last)
    others = {_folded(word) for word in before.replace(",", " ").split()}
    rest = [item for item in candidates if not others & {_folded(name) for name in item.names}]
    return _matching([replace(item, label=before + item.label, value=before + item.value) for item in rest], last)


def project_suggestions(projects: Sequence[Project], text: str) -> list[Suggestion]:
    """The projects by name or id, in their order; the same name twice is told apart by the id."""
    names = Counter(project.name.casefold() for project in projects)
    return _matching(
        [
            _Candidate(
                label=project.name if names[project.name.casefold()] == 1 else f"{project.name} ({project.id})",
                value=str(project.id),
                names=(str(project.id), project.name),
            )
            for project in projects
        ],
        text,
    )


def choice_suggestions(choices: Iterable[str], text: str) -> list[Suggestion]:
    """The words of a closed set, in their order."""
    return _matching([_Candidate(label=choice, value=choice, names=(choice,)) for choice in choices], text)


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _matching(candidates: Iterable[_Candidate], text: str) -> list[Suggestion]:
    needle = _folded(text)
    ranked: list[tuple[int, _Candidate]] = []
    values: set[str] = set()
    for item in candidates:
        rank = _rank(item, needle)
        if rank is not None and item.value not in values and _can_be_typed(item.value):
            values.add(item.value)
            ranked.append((rank, item))
    ranked.sort(key=lambda pair: pair[0])  # stable: equal ranks keep the order that they came in
    return [Suggestion(_label(item), item.value) for _, item in ranked[:MOST]]


def _rank(item: _Candidate, needle: str) -> int | None:
    """0 where it was typed in full, then how well it fits; None where it does not."""
    names = [_folded(name) for name in item.names]
    if needle in names:
        return 0
    if item.words:
        words = " ".join([*names, _folded(item.words)])
        return 1 if all(word in words for word in needle.split()) else None
    if any(name.startswith(needle) for name in names):
        return 1
    return 2 if any(needle in name for name in names) else None


def _folded(text: str) -> str:
    """The text without case and accents, its blanks evened."""
    cleaned = unicodedata.normalize("NFKD", printable(text[:_LONGEST_READ])).casefold()
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", cleaned) if each.isascii() or not unicodedata.combining(each)
    )
    return " ".join(bare.split())


def _can_be_typed(value: str) -> bool:
    """Whether it comes back as it is: the asker's words are read without what nobody sees."""
    return 0 < units(value) <= LONGEST and value.strip() == value == printable(value)


def _label(item: _Candidate) -> str:
    """The label without what hides or acts, cut at a word."""
    words = " ".join(printable(item.label[:_LONGEST_READ]).replace("`", "").split())
    return _cut(words) or item.value


def _cut(words: str) -> str:
    if units(words) <= LONGEST:
        return words
    start, room = "", LONGEST - 1
    for character in words:
        room -= units(character)
        if room < 0:
            break
        start += character
    whole, blank, part = start.rpartition(" ")
    at_word = whole if blank and len(part) < len(start) // 2 else start
    return f"{at_word.rstrip(' ·,;:–-')}…"


def _candidates(context: QueryContext, kind: Kind) -> list[_Candidate]:
    releases = sorted(context.snapshot.releases.values(), key=lambda item: item.release.published_at, reverse=True)
    standing = [item for item in releases if not taken_back(context.knowledge.releases[item.release.tag])]
    match kind:
        case Kind.VERSION:
            return [candidate for _, candidate in _versions(context, standing)]
        case Kind.LINE:
            return _lines(standing)
        case Kind.SCOPE:
            lines = [replace(line, value=f"{line.value}.x") for line in _lines(standing)]
            return [*lines, *(candidate for _, candidate in _versions(context, standing))]
        case Kind.ADVISORY:
            return [candidate for _, candidate in _advisories(context)]
        case Kind.SUBJECT:
            both = [*((item.release.published_at, _subject(context, item)) for item in releases), *_advisories(context)]
            return [candidate for _, candidate in sorted(both, key=lambda pair: pair[0], reverse=True)]
        case Kind.SECTION:
            headings = [section.heading for section in context.policy.sections] if context.policy is not None else []
            return [_Candidate(label=heading, value=heading, names=(heading,)) for heading in headings]
        case Kind.SEVERITY:
            return [_Candidate(label=each.value, value=each.value, names=(each.value,)) for each in Severity]
        case Kind.PROJECT | Kind.DATE | Kind.WORDS | Kind.COMMAND | Kind.SETTING | Kind.MENTION:
            return []
        case _ as unreachable:
            assert_never(unreachable)


def _versions(context: QueryContext, releases: Sequence[Classified]) -> list[tuple[datetime, _Candidate]]:
    """The versions, each with a value that means one release: its tag where several releases have the same version."""
    numbered = [(item, item.version.text) for item in releases if item.version is not None]
    texts = Counter(text.casefold() for _, text in numbered)
    return [
        (
            item.release.published_at,
            _Candidate(
                label=_described(
                    context, item, version_label(item) if texts[text.casefold()] == 1 else item.release.tag
                ),
                value=text if texts[text.casefold()] == 1 else item.release.tag,
                names=(text, item.release.tag),
            ),
        )
        for item, text in numbered
    ]


def _subject(context: QueryContext, item: Classified) -> _Candidate:
    tag = item.release.tag
    removed = taken_back(context.knowledge.releases[tag])
    label = f"{tag}{_DOT}removed" if removed else _described(context, item, tag)
    return _Candidate(label=label, value=tag, names=(tag, item.version.text if item.version else tag))


def _described(context: QueryContext, item: Classified, name: str) -> str:
    """`4.2.3 · newest of 4.2.x · critical security release`."""
    words = [name]
    if item.newest:
        words.append("newest")
    elif item.newest_in_line and item.line:
        words.append(f"newest of {item.line}.x")
    if item.security:
        advisories = (context.snapshot.advisories.get(name) for name in item.fixes)
        severity = max(
            (each.severity for each in advisories if each), key=lambda each: each.rank, default=Severity.UNKNOWN
        )
        words.append("security release" if severity is Severity.UNKNOWN else f"{severity} security release")
    elif item.kind == "prerelease":
        words.append("prerelease")
    return _DOT.join(words)


def _lines(releases: Sequence[Classified]) -> list[_Candidate]:
    """The lines, that of the newest release first, each with its newest release."""
    newest: dict[str, list[str]] = {item.line: [] for item in releases if item.line}
    for item in releases:
        if item.line and item.newest_in_line:
            newest[item.line].append(version_label(item))
    return [
        _Candidate(
            label=_DOT.join([f"{line}.x", *(f"newest {name}" for name in names)]),
            value=line,
            names=(line, f"{line}.x"),
        )
        for line, names in newest.items()
    ]


def _advisories(context: QueryContext) -> list[tuple[datetime, _Candidate]]:
    items = sorted(context.snapshot.advisories.values(), key=lambda item: (item.published_at, item.id), reverse=True)
    return [(item.published_at, _advisory(item)) for item in items]


def _advisory(item: Advisory) -> _Candidate:
    """`GHSA-9c2m-… · critical · Calendar sharing links…`, found by any of its ids, its severity and the words of its title."""
    severity = "severity not stated" if item.severity is Severity.UNKNOWN else item.severity.value
    state = [severity] if item.withdrawn_at is None else ["withdrawn", severity]
    return _Candidate(
        label=_DOT.join([item.id, *state, item.summary]),
        value=item.id,
        names=tuple(sorted(item.ids)),
        words=" ".join([*state, item.summary]),
    )
