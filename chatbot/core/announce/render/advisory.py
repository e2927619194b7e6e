"""The words of announcements: advisories, and what makes one worse."""

from collections.abc import Sequence

from chatbot.core.advisories.affected import fixes_named
from chatbot.core.advisories.identity import affects, fixed_versions
from chatbot.core.announce.decide import removed
from chatbot.core.announce.notes.description import short_description
from chatbot.core.announce.render.affected import affected_words
from chatbot.core.announce.render.correction import retracted
from chatbot.core.announce.render.headline import MOST_SCORES, advisory_headline, advisory_label, severity_words
from chatbot.core.announce.render.release import MOST_FIXED, version_label
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.message import Action, Field, Link, Message, Span, Spans, Tone, field_of, paragraph, text
from chatbot.core.model.severity import Severity
from chatbot.core.recommend import by_version, first, passes, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed
from chatbot.core.versions.ecosystems import PROJECT
from chatbot.core.versions.tags.tails import Build
from chatbot.core.versions.version import Key, Version, is_named, read_version

MOST_CREDITS = 10
MOST_WEAKNESSES = 6  # CWE numbers in small print
MOST_LINES = 4  # lines without a fix that are named
_AGAINST = {"prerelease": "prerelease", "affected": "affected by an advisory itself"}
_UNRELEASED = "not released here yet"
STATES = {_UNRELEASED: "not released yet"}
NO_FIX = "No fixed release has been published yet."
_NOT_READ = "I have not read the releases yet, so I do not know whether a fixed one has been published."


def advisory_message(snapshot: ProjectSnapshot, name: str) -> Message:
    """What a room is shown of an advisory now: the same facts give the same message, whenever it is rendered."""
    advisory = snapshot.advisories[name]
    description = short_description(advisory.description)
    message = Message(
        title=f"{snapshot.project.name} – {advisory.summary or advisory.id}",
        tone=Tone.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Tone.SECURITY,
        label=advisory_label(advisory),
        headline=headline_of(snapshot, advisory),
        severity=advisory.severity,
        url=advisory.url,
        fields=tuple(_facts(snapshot, advisory)),
        body=description.blocks,
        small=_small(advisory),
        links=_links(snapshot, advisory, cut=description.cut),
        actions=(Action("affected", "Am I affected?", snapshot.project.id, advisory.subject),),
        at=advisory.published_at,
    )
    if removed(snapshot, advisory):
        return retracted(message, "The project no longer publishes this advisory.", (_ids(advisory),))
    if advisory.withdrawn_at is not None:
        return retracted(message, "The project withdrew this advisory.", (_ids(advisory),))
    return message


def same_message(snapshot: ProjectSnapshot, name: str, other: str) -> Message:
    """What stands in the place of a second announcement of one advisory, once its ids are known to mean the same. `other` is
    the id under which it was told twice."""
    advisory = snapshot.advisories[name]
    words = f"{other} is the same advisory as {advisory.id}: please see its announcement."
    return Message(
        title=f"{snapshot.project.name} – {other}",
        tone=Tone.WITHDRAWN,
        label="Duplicate",
        url=advisory.url,
        body=(paragraph(words),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
        struck=True,
    )


def _facts(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Field]:
    """The labelled lines: what to do, then who is affected."""
    facts = [
        *what_to_do(snapshot, advisory),
        field_of("Affected", affected_words(snapshot, advisory)),
    ]
    if _says_more_than_the_upgrade(snapshot, advisory):
        facts.append(field_of("Fixed in", *_fix_words(snapshot, advisory)))
    return facts


def _says_more_than_the_upgrade(snapshot: ProjectSnapshot, advisory: Advisory) -> bool:
    """Whether the fixed versions are others than those that the line `Upgrade` names, or there is no such line."""
    if advisory.unread or (advisory.id not in snapshot.own and not any(to_take(snapshot, advisory).values())):
        return True
    fixing, chosen = snapshot.fixing(advisory), to_take(snapshot, advisory).values()
    further = bool(further_fixes(snapshot, advisory)) and not _waiting(snapshot, advisory)
    return further or any(item not in chosen for item in fixing)


def _small(advisory: Advisory) -> tuple[Spans, ...]:
    """Ids, what the scores disagree about, weaknesses and credits, in small print."""
    exploited = " · in CISA's list of known exploited vulnerabilities" if advisory.known_exploited else ""
    weaknesses = f" · {', '.join(advisory.cwes[:MOST_WEAKNESSES])}" if advisory.cwes else ""
    severity = (
        f" · severity: {severity_words(advisory)}" if len({score for _, score in advisory.scores}) > MOST_SCORES else ""
    )
    reported = f" · reported by {credit_words(advisory)}" if advisory.credits else ""
    return ((*_ids(advisory), *text(f"{exploited}{weaknesses}{severity}{reported}")),)


def _ids(advisory: Advisory) -> Spans:
    return text(" · ".join([advisory.id, *sorted(advisory.ids - {advisory.id})]))


def headline_of(snapshot: ProjectSnapshot, advisory: Advisory, change: str = "") -> str:
    """What a notification shows of an advisory: what changed, if it was announced before, how bad it is, where, what to do."""
    chosen = [item for item in to_take(snapshot, advisory).values() if item is not None]
    newest_first = sorted(chosen, key=by_version, reverse=True)
    unfixed = not advisory.unread and advisory.id in snapshot.own and _releases_read(snapshot)
    names = [] if advisory.unread else [version_label(item) for item in newest_first]
    return advisory_headline(snapshot.project.name, advisory, names, unfixed=unfixed, change=change)


def credit_words(advisory: Advisory) -> str:
    """Who is credited, the first ten."""
    logins = list(dict.fromkeys(credit.login for credit in advisory.credits))
    more = len(logins) - MOST_CREDITS
    return listed(logins[:MOST_CREDITS]) if more <= 0 else f"{', '.join(logins[:MOST_CREDITS])} and {more} more"


def _fix_words(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str | Span]:
    words: list[str | Span] = []
    for item in sorted(snapshot.fixing(advisory), key=by_version, reverse=True)[:MOST_FIXED]:
        words += [", "] if words else []
        words.append(Link(version_label(item), item.release.url) if item.release.url else version_label(item))
        words += [f" ({_AGAINST[against]})"] if (against := against_fix(snapshot, item)) else []
    for version, state in further_fixes(snapshot, advisory)[:MOST_FIXED]:
        words += [", "] if words else []
        words.append(f"{version} ({STATES.get(state, state)})" if state else version)
    return words or ["I could not read it; see the advisory" if advisory.unread else "no fixed version is named"]


def no_fix(snapshot: ProjectSnapshot) -> str:
    """What to say where no release can be recommended: that there is none yet, or that nobody has looked."""
    return NO_FIX if _releases_read(snapshot) else _NOT_READ


def _releases_read(snapshot: ProjectSnapshot) -> bool:
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
        return _UNRELEASED if _releases_read(snapshot) else "not read yet"
    there = [item for item in same if not taken_back(snapshot.knowledge.releases[item.release.tag])]
    if not there:
        return "removed"
    return "" if any(stands(snapshot, item) for item in there) else "prerelease"


def _has_name(item: Classified, version: Version) -> bool:
    return item.version is not None and is_named(version, item.version)


def to_take(snapshot: ProjectSnapshot, advisory: Advisory) -> dict[str, Classified | None]:
    """The release to take in each line that has a fix: the first that fixes it and may be recommended, else the next above it
    that may; None where there is none yet."""
    fixes: dict[str, list[Classified]] = {}
    for item in snapshot.fixing(advisory):
        if item.line:
            fixes.setdefault(_line_name(item), []).append(item)
    return {line: _first_to_take(snapshot, items) for line, items in fixes.items()}


def elsewhere(snapshot: ProjectSnapshot, advisory: Advisory) -> tuple[tuple[str, Classified | None], ...]:
    """The lines in which another release is to be taken than the first that fixes the advisory, or none yet."""
    first_fixes = {_line_name(item): item for item in reversed(snapshot.fixing(advisory))}
    return tuple((line, item) for line, item in to_take(snapshot, advisory).items() if item is not first_fixes[line])


def _line_name(item: Classified) -> str:
    """The line with the package that it belongs to, in a repository of several."""
    return f"{item.version.package} {item.line}".strip() if item.version is not None else item.line or ""


def _first_to_take(snapshot: ProjectSnapshot, fixes: Sequence[Classified]) -> Classified | None:
    fix = next((item for item in fixes if passes(snapshot, item) is not None), None)
    if fix is not None:
        return fix
    lowest = min(fixes, key=by_version)
    same = [item for item in snapshot.releases.values() if _line_name(item) == _line_name(lowest)]
    higher = [item for item in same if by_version(lowest) < by_version(item)]
    next_up = first(snapshot, sorted(higher, key=by_version))
    return next_up.release if next_up else None


def what_to_do(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Field]:
    """`Upgrade: 2.1.x → 2.1.2, 2.0.x → 2.0.10`, the newest line first, or why that cannot be said."""
    if advisory.unread:
        problem = f"I could not read all of this advisory: {advisory.unread}. Please read it at the link"
        return [field_of("What to do", f"{problem}, and check whether your version is affected.")]
    lines = to_take(snapshot, advisory)
    if not lines and advisory.id not in snapshot.own:
        return []  # which release brings a fixed package, nothing says
    chosen = sorted(((item, line) for line, item in lines.items() if item is not None), key=_by_release, reverse=True)
    if not chosen:
        waiting = _waiting(snapshot, advisory)
        return [field_of("Fix", f"{listed(waiting[:MOST_FIXED])}, not released yet" if waiting else no_fix(snapshot))]
    words: list[str | Span] = []
    for item, line in chosen:
        name = version_label(item)
        words += [", "] if words else []
        words += [f"{line}.x → ", Link(name, item.release.url) if item.release.url else name]
    return [field_of("Upgrade", *words, *_without_fix(snapshot, advisory, [item for item, _ in chosen]))]


def _waiting(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str]:
    """The fixed versions that the advisory names, where all of these are still to be released."""
    further = further_fixes(snapshot, advisory)
    is_waiting = further and not snapshot.fixing(advisory) and all(state == _UNRELEASED for _, state in further)
    return [name for name, _ in further] if is_waiting else []


def _by_release(pair: tuple[Classified, str]) -> tuple[int, Key, Build]:
    return by_version(pair[0])


def lines_without_fix(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str]:
    """The affected lines in which nothing may be recommended yet, the newest line first."""
    return [_line_name(item) for item in _unfixed(snapshot, advisory)]


def _unfixed(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Classified]:
    """The newest releases of the affected lines in which nothing may be recommended, the highest first."""
    lines = to_take(snapshot, advisory)
    releases = []
    for item in snapshot.releases.values():
        if item.line and item.newest_in_line and item.kind != "prerelease":
            line = _line_name(item)
            fixed = lines.get(line)
            if (line in lines and fixed is None) or (line not in lines and _touches(snapshot, advisory, item)):
                releases.append(item)
    return sorted(releases, key=by_version, reverse=True)


def _without_fix(snapshot: ProjectSnapshot, advisory: Advisory, chosen: Sequence[Classified]) -> list[str]:
    """A sentence for the affected lines that no release fixes."""
    newest = _unfixed(snapshot, advisory)
    if not newest:
        return []
    lines = [f"{_line_name(item)}.x" for item in newest[:MOST_LINES]]
    lines += ["older lines"] * (len(newest) > MOST_LINES)
    words = f". There is no fix for {listed(lines)}"
    higher = [item for item in sorted(chosen, key=by_version) if _above(item, newest[0])]
    return [f"{words}: upgrade to {version_label(higher[0])}." if higher else f"{words}."]


def _above(item: Classified, other: Classified) -> bool:
    """Whether it is a higher version of the same package."""
    same = item.version and other.version and item.version.package == other.version.package
    return bool(same) and by_version(other) < by_version(item)


def _touches(snapshot: ProjectSnapshot, advisory: Advisory, item: Classified) -> bool:
    return item.version is not None and affects(advisory, item.version, lines=snapshot.lines).state == "yes"


def _links(snapshot: ProjectSnapshot, advisory: Advisory, *, cut: bool) -> tuple[Link, ...]:
    links = [Link("Full advisory" if cut else "Advisory", advisory.url)] if advisory.url else []
    fixes = [
        Link(version_label(item), item.release.url)
        for item in sorted(snapshot.fixing(advisory), key=by_version, reverse=True)
        if item.release.url
    ]
    return tuple(links + fixes[:MOST_FIXED])
