"""Advisories: one for all its ids, whom it affects, and what fixes it in the line and overall."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot.core.advisories.affected import (
    concerns,
    fix_versions,
    fixes_named,
    holds,
    is_about,
    range_text,
    same_package,
)
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.model.severity import Severity
from chatbot.core.versions.ecosystems import GIT, place, scheme_for, text_for
from chatbot.core.versions.ranges.version_range import read_range
from chatbot.core.versions.version import LineStyle, Version, is_named, line_numbers, read_version

State = Literal["yes", "no", "unreadable"]

_LONGEST_RANGE = 500  # characters of a range that are quoted; a list of five hundred versions helps nobody
_LONGEST_QUOTE = 200  # of one that cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one advisory means for one version.

    `range` is the published range of the entries that decided it, in GitHub's notation (for `unreadable`: the text that could
    not be read). The two fixes are versions as written in the advisory; None where it names none, or the version is not affected.
    """

    advisory: Advisory
    state: State
    range: str = ""
    first_fixed_in_line: str | None = None
    first_fixed: str | None = None


def affects(advisory: Advisory, version: Version | str, *, lines: LineStyle = "auto", package: str = "") -> Verdict:
    """Whether the advisory affects the version, by its published ranges and nothing else.

    `version` may be text that only a package ecosystem can read. With `package` only entries of that name count, and those
    that name none. A withdrawn advisory affects nothing.
    """
    if advisory.withdrawn_at is not None:
        return Verdict(advisory=advisory, state="no")
    entries = [entry for entry in advisory.affected if names_package(entry, package) and concerns(entry, version)]
    entries = [entry for entry in entries if is_about(entry, version)] or entries
    answers = [(entry, holds(entry, version)) for entry in entries]
    within = [entry for entry, answer in answers if answer]
    unread = [entry for entry, answer in answers if answer is None]
    if within:
        in_line, overall = _first_fixes(within, version, lines)
        return Verdict(
            advisory=advisory, state="yes", range=_quoted(within), first_fixed_in_line=in_line, first_fixed=overall
        )
    if not advisory.affected and not advisory.unread:  # it states no versions: that is no all-clear
        return Verdict(advisory=advisory, state="unreadable")
    if advisory.unread:  # whom it names besides is not known
        return Verdict(advisory=advisory, state="unreadable", range=_quoted(unread) or advisory.unread)
    return Verdict(advisory=advisory, state="unreadable" if unread else "no", range=_quoted(unread))


def affected(
    version: Version | str, advisories: Iterable[Advisory], *, lines: LineStyle = "auto", package: str = ""
) -> tuple[list[Verdict], list[Verdict]]:
    """The advisories that affect the version, the worst first, and those whose ranges cannot be read, by id."""
    verdicts = [affects(advisory, version, lines=lines, package=package) for advisory in merge(advisories)]
    yes = [verdict for verdict in verdicts if verdict.state == "yes"]
    yes.sort(key=lambda verdict: (-verdict.advisory.severity.rank, verdict.advisory.id))
    unreadable = [verdict for verdict in verdicts if verdict.state == "unreadable"]
    return yes, sorted(unreadable, key=lambda verdict: verdict.advisory.id)


def fixed_versions(advisory: Advisory) -> list[str]:
    """Every version that the advisory names as fixed, as written, in the order of the advisory."""
    return list(dict.fromkeys(name for entry in advisory.affected for name in fixes_named(entry)))


def fixes(advisory: Advisory, version: Version | str) -> bool:
    """Whether the advisory names this version (or tag) as one that fixes it; nothing fixes a withdrawn one."""
    parsed = read_version(version) if isinstance(version, str) else version
    if parsed is None or advisory.withdrawn_at is not None:
        return False
    return any(names_as_fix(entry, parsed) for entry in advisory.affected)


def names_as_fix(entry: Affected, version: Version) -> bool:
    """Whether the entry names this version as its fix."""
    fixes = concerns(entry, version)
    return fixes and any(is_named(fix, version) for fix in fix_versions(entry, version.habits))


def whole_range(advisory: Advisory) -> str:
    """All that the advisory says about versions, as published."""
    return _quoted(advisory.affected)


def worded_range(entry: Affected, last_before: Callable[[str], str] = lambda _: "") -> str:
    """What an entry says for people: `mail-parser before 0.11.2`; what cannot be read is quoted, and said to be so.
    `last_before` as for `Range.words`."""
    return " ".join(filter(None, (entry.package, _cut(_range_words(entry, last_before)))))


def _range_words(entry: Affected, last_before: Callable[[str], str]) -> str:
    stated = range_text(entry)
    if not stated:
        return "(versions not stated)"
    if not (entry.range or entry.spans):
        return ", ".join(dict.fromkeys(entry.versions))
    readable = read_range(stated, entry.scheme)
    return (
        readable.words(last_before)
        if readable
        else f"“{_cut(stated, _LONGEST_QUOTE)}” (please compare your version by hand)"
    )


def names_package(entry: Affected, package: str) -> bool:
    """Whether the entry counts for a package: it names this one or none, or any counts."""
    return not package or not entry.package or same_package(entry.package, package)


def _quoted(entries: Iterable[Affected]) -> str:
    return _cut("; ".join(dict.fromkeys(filter(None, map(range_text, entries)))))


def _cut(text: str, longest: int = _LONGEST_RANGE) -> str:
    return text if len(text) <= longest else text[: longest - 2].rstrip() + " …"


def _first_fixes(
    entries: Sequence[Affected], version: Version | str, lines: LineStyle
) -> tuple[str | None, str | None]:
    """The lowest named fix above the version in its own line, and the lowest overall."""
    own = version if isinstance(version, Version) else read_version(version)
    overall: list[tuple[Affected, str]] = []
    for entry in entries:
        scheme = scheme_for(entry.scheme, version)
        at = place(scheme, text_for(scheme, version))
        for name in fixes_named(entry):
            fix = place(scheme, name)
            if at is not None and fix is not None and at < fix and not holds(entry, _as(version, name)):
                overall.append((entry, name))
    in_line = [(entry, name) for entry, name in overall if own and _same_line(own, name, lines)]
    return _lowest(in_line, version), _lowest(overall, version)


def _as(version: Version | str, name: str) -> Version | str:
    """The name read like the version that it is compared with."""
    if not isinstance(version, Version):
        return name
    parsed = read_version(name, version.habits.of(version.package))
    return replace(parsed, habits=version.habits, package=version.package) if parsed else name


def _same_line(version: Version, name: str, lines: LineStyle) -> bool:
    fix = read_version(name, version.habits)
    return fix is not None and line_numbers(fix, lines) == line_numbers(version, lines)


def _lowest(fixes: Sequence[tuple[Affected, str]], version: Version | str) -> str | None:
    best: str | None = None
    scheme = scheme_for(fixes[0][0].scheme, version) if fixes else ""
    for _, name in fixes:
        here, least = place(scheme, name), place(scheme, best) if best else None
        if best is None or (here is not None and least is not None and here < least):
            best = name
    return best


def merge(advisories: Iterable[Advisory]) -> tuple[Advisory, ...]:
    """One advisory for all that share an id, in the order of first appearance.

    Of two readings of one page (id and address) the later `updated_at` stands alone. Of several ids a GHSA stands before a
    CVE before others; the one that stands gives its words and its date, the others add ids, scores, credits, weaknesses and
    entries. It is withdrawn only where all are: what is withdrawn in one place and stands in another, stands.
    """
    latest: dict[tuple[str, str, str], Advisory] = {}
    for advisory in advisories:
        name = (advisory.project, advisory.id, advisory.url)
        if name not in latest or latest[name].updated_at <= advisory.updated_at:
            latest[name] = advisory
    return tuple(_one(group) for group in _by_shared_id(tuple(latest.values())))


def _by_shared_id(advisories: Sequence[Advisory]) -> Iterable[Sequence[Advisory]]:
    """The advisories in groups that ids connect, in the order of first appearance; linear in all their ids."""
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def find(name: tuple[str, str]) -> tuple[str, str]:
        while (above := leader.setdefault(name, name)) != name:
            leader[name] = name = leader[above]  # halves the way for whoever asks next
        return name

    for advisory in advisories:
        for name in advisory.aliases:
            leader[find((advisory.project, name))] = find((advisory.project, advisory.id))
    groups: dict[tuple[str, str], list[Advisory]] = {}
    for advisory in advisories:
        groups.setdefault(find((advisory.project, advisory.id)), []).append(advisory)
    return groups.values()


def _one(group: Sequence[Advisory]) -> Advisory:
    if len(group) == 1:
        return group[0]
    standing = [advisory for advisory in group if advisory.withdrawn_at is None] or list(group)
    ranked = sorted(standing, key=_standing)
    first = ranked[0]
    severities = [advisory.severity for advisory in ranked if advisory.severity is not Severity.UNKNOWN]
    names = frozenset[str]().union(*(advisory.ids for advisory in group))
    best = min(names, key=lambda name: (_rank(name), name != first.id, name))
    return replace(
        first,
        id=best,
        aliases=names - {best},
        summary=next((advisory.summary for advisory in ranked if advisory.summary), ""),
        description=next((advisory.description for advisory in ranked if advisory.description), ()),
        severity=severities[0] if severities else Severity.UNKNOWN,
        scores=tuple(dict.fromkeys(score for advisory in ranked for score in advisory.scores)),
        affected=_entries(ranked),
        cwes=tuple(dict.fromkeys(cwe for advisory in ranked for cwe in advisory.cwes)),
        credits=tuple(dict.fromkeys(credit for advisory in ranked for credit in advisory.credits)),
        url=next((advisory.url for advisory in ranked if advisory.url), ""),
        updated_at=max(advisory.updated_at for advisory in group),
        known_exploited=any(advisory.known_exploited for advisory in group),
        unread=next((advisory.unread for advisory in ranked if advisory.unread), ""),
    )


def _standing(advisory: Advisory) -> tuple[int, bool, float, str]:
    """Of the best kind of id first; with the same id, the page of that id before another database's; then the latest."""
    own_page = advisory.id.casefold() in advisory.url.casefold()
    return _rank(advisory.id), not own_page, -advisory.updated_at.timestamp(), advisory.url


def _entries(ranked: Sequence[Advisory]) -> tuple[Affected, ...]:
    """All entries, without those that state nothing readable where another advisory does."""
    entries = list(dict.fromkeys(entry for advisory in ranked for entry in advisory.affected))
    stated = [entry for entry in entries if entry.scheme != GIT and range_text(entry)]
    return tuple(stated or entries)


def _rank(name: str) -> int:
    return 0 if name.startswith("GHSA-") else 1 if name.startswith("CVE-") else 2
