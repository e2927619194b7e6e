"""The words of a release's announcement."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.advisories.exposure import Exposure, expose
from chatbot.core.announce.notes.short import ShortNotes
from chatbot.core.announce.notes.shown import notes_of
from chatbot.core.announce.render.buttons import what_next
from chatbot.core.announce.render.control import with_control
from chatbot.core.announce.render.correction import retracted
from chatbot.core.announce.render.headline import release_headline, release_label, severity_label
from chatbot.core.images.words import images_field
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.message import (
    Action,
    Field,
    Link,
    Message,
    Span,
    Spans,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import NotesLength
from chatbot.core.recommend import by_version, first, line_place, passes, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed

_KINDS = {
    "major": "major release",
    "minor": "minor release",
    "patch": "patch release",
    "prerelease": "prerelease",
    "unknown": "release",
}
Others = tuple[tuple[str, Classified | None], ...]  # other lines, each with the release to take there
LinePlace = tuple[int, tuple[int, ...]]
Lines = Sequence[tuple[LinePlace, Sequence[Classified]]]
MOST_LINES = 4  # other lines that a backport names
MOST_TITLES = 3  # advisories that a release names by their titles
LONGEST_TITLE = 120  # characters of such a title
MOST_FIXED = 10  # advisories named in one release; the notes lead to the rest


def release_message(snapshot: ProjectSnapshot, tag: str, length: NotesLength = "short") -> Message:
    """What a room is shown of a release now: the same facts give the same message, whenever it is rendered. `length`: how much
    of its notes the room shows."""
    item, tracked = snapshot.releases[tag], snapshot.knowledge.releases[tag]
    fixed = snapshot.fixed_by(tag)
    notes = _notes(snapshot, item, length)
    message = Message(
        title=f"{snapshot.project.name} {version_label(item)}",
        tone=_tone(item, fixed),
        label=release_label(release_kind(item), fixed, backport=_is_backport(snapshot, item)),
        headline=_headline(snapshot, item, fixed),
        severity=fixed[0].severity if fixed else None,
        url=item.release.url,
        fields=(*_release_facts(snapshot, item, fixed), *images_of_release(snapshot, tag)),
        body=notes.blocks,
        small=(*_ids(fixed), *notes.small),
        links=_release_links(item.release, fixed, cut=notes.cut),
        actions=_actions(snapshot, item, fixed),
        at=item.release.published_at,
    )
    if tracked.removal_confirmed:  # what it linked is gone
        why = "The project removed this release after it was announced."
        return replace(retracted(message, why, _ids(fixed)), url="", links=())
    return with_control(message, snapshot.control_of_release(tag), _ids(fixed))


def images_of_release(snapshot: ProjectSnapshot, tag: str) -> list[Field]:
    """What is said of its images: a line where their registries were asked, whatever is configured now."""
    field = images_field(snapshot.knowledge.images.get(tag, ()))
    return [field] if field is not None else []


def _headline(snapshot: ProjectSnapshot, item: Classified, fixed: Sequence[Advisory]) -> str:
    if not item.security:
        return ""
    return release_headline(snapshot.project.name, version_label(item), fixed, item.line)


def _notes(snapshot: ProjectSnapshot, item: Classified, length: NotesLength) -> ShortNotes:
    release, project = item.release, snapshot.project
    if release.unread:
        words = f"I could not read the notes of this release: {release.unread}. Please read them on its page."
        return ShortNotes((paragraph(words),))
    version = item.version.text if item.version else ""
    return notes_of(release, length, project.name, project.repository.rpartition("/")[2], version)


def version_label(item: Classified) -> str:
    """The version for people, with its package in a repository of several; the tag where it is no version."""
    if item.version is None:
        return item.release.tag
    return f"{item.version.package} {item.version.text}".strip()


def release_kind(item: Classified) -> str:
    """`patch release`, `security release`, `urgent security release` (one out of band)."""
    if item.out_of_band:
        return "urgent security release"
    return "security release" if item.security else _KINDS[item.kind]


def _tone(item: Classified, fixed: Sequence[Advisory]) -> Tone:
    if item.out_of_band or (fixed and fixed[0].severity is Severity.CRITICAL):
        return Tone.CRITICAL
    return Tone.SECURITY if item.security else Tone.ROUTINE


def _release_facts(snapshot: ProjectSnapshot, item: Classified, fixed: Sequence[Advisory]) -> list[Field]:
    facts: list[Field] = []
    if fixed:
        facts.append(field_of("Fixes", *_fixed_words(fixed)))
    among = _place_among_others(snapshot, item)
    facts += [among] if among is not None else []
    if item.security and not fixed:
        facts.append(field_of("Security release because", "; ".join(item.evidence)))
    return facts


def compared_with(snapshot: ProjectSnapshot, tag: str) -> Classified | None:
    """The release that was the newest when this one came, where it is another and higher one that may be recommended: the
    announcement names it. A backport of a security fix names the fixes of the other lines instead."""
    item, then = snapshot.releases[tag], snapshot.newest_then.get(tag)
    if item.version is None or then is None or then.version is None or then.release.tag == tag:
        return None
    if then.version <= item.version or for_others(snapshot, tag):
        return None
    return then if passes(snapshot, then) is not None else None


def for_others(snapshot: ProjectSnapshot, tag: str) -> Others:
    """For a backport of a security fix: the higher lines that the fixed advisories affect, each with the release to take
    there; None where none may be recommended yet. The lowest line first."""
    return snapshot.once("for others", tag, lambda: _for_others(snapshot, tag))


def _for_others(snapshot: ProjectSnapshot, tag: str) -> Others:
    item = snapshot.releases[tag]
    version, fixed = item.version, snapshot.fixed_by(tag)
    if version is None or not fixed or item.kind == "prerelease":
        return ()
    own = line_place(version, snapshot.lines)
    lines = snapshot.once("lines", version.package, lambda: _lines(snapshot, version.package))
    exposure = expose(fixed, snapshot.lines, version.habits)
    fixes = [
        (members[0].line or "", _fix_among(snapshot, exposure, members)) for place, members in lines if place > own
    ]
    return tuple((line, fix) for line, (concerned, fix) in fixes if concerned)


def _lines(snapshot: ProjectSnapshot, package: str) -> Lines:
    """The standing releases of each line of a package, the lowest line and release first."""
    lines: dict[LinePlace, list[Classified]] = {}
    for item in snapshot.releases.values():
        if item.version is not None and item.version.package == package and stands(snapshot, item):
            lines.setdefault(line_place(item.version, snapshot.lines), []).append(item)
    return [(place, sorted(members, key=by_version)) for place, members in sorted(lines.items())]


def _fix_among(
    snapshot: ProjectSnapshot, exposure: Exposure, members: Sequence[Classified]
) -> tuple[bool, Classified | None]:
    """Whether the advisories affect releases of a line, and the lowest release above these that may be recommended: it stays
    the same when newer ones appear."""
    risks = exposure.risks([item.version for item in members if item.version is not None])
    affected = [at for at, risk in enumerate(risks) if risk.affected]
    recommendation = first(snapshot, members[affected[-1] + 1 :]) if affected else None
    return bool(affected), recommendation.release if recommendation else None


def _place_among_others(snapshot: ProjectSnapshot, item: Classified) -> Field | None:
    """Where a release stands among the others, for whoever runs another line."""
    others = for_others(snapshot, item.release.tag)
    if others:
        fixes = [f"on {line}.x, upgrade to {version_label(fix)}" for line, fix in others if fix is not None]
        missing = [f"{line}.x" for line, fix in others if fix is None]
        words = f"for those who stay on {item.line}.x{'; ' if fixes else ''}{listed(fixes[-MOST_LINES:])}."
        none = f" There is no fixed release on {listed(missing[-MOST_LINES:])} yet."
        return field_of("Backport", words + (none if missing else ""))
    newer = compared_with(snapshot, item.release.tag)
    newest = f"the newest release is {version_label(newer)}" if newer is not None else ""
    if item.late:
        return field_of("Published late", "; ".join(filter(None, ("an older version", newest))))
    if _is_backport(snapshot, item):
        return field_of("Backport", "; ".join(filter(None, (f"for those who stay on {item.line}.x", newest))))
    return field_of("Not the newest", newest) if newest else None


def _is_backport(snapshot: ProjectSnapshot, item: Classified) -> bool:
    """Whether it is for those who stay on an older line."""
    if item.kind == "prerelease" or item.late or not item.line:
        return False
    if for_others(snapshot, item.release.tag):
        return True
    newer = compared_with(snapshot, item.release.tag)
    return newer.line != item.line if newer is not None else item.backport


def _fixed_words(fixed: Sequence[Advisory]) -> list[str | Span]:
    """The advisories by their titles, the first few; the others by their ids."""
    words: list[str | Span] = []
    for at, advisory in enumerate(fixed[:MOST_FIXED]):
        words += ["; "] if words else []
        name = _title(advisory) if at < MOST_TITLES else advisory.id
        words += [Link(name, advisory.url) if advisory.url else name, f" ({severity_label(advisory.severity).lower()})"]
    if len(fixed) > MOST_FIXED:
        words.append(f"; and {len(fixed) - MOST_FIXED} more")
    return words


def _title(advisory: Advisory) -> str:
    words = advisory.summary or advisory.id
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1].rstrip()}…"


def _ids(fixed: Sequence[Advisory]) -> tuple[Spans, ...]:
    """The ids of the advisories that stand there by their titles, in small print."""
    titled = [advisory for advisory in fixed[:MOST_TITLES] if advisory.summary]
    names = [name for advisory in titled for name in (advisory.id, *sorted(advisory.ids - {advisory.id}))]
    return (text(" · ".join(names)),) if names else ()


def _release_links(release: Release, fixed: Sequence[Advisory], *, cut: bool) -> tuple[Link, ...]:
    links = [Link("Full release notes" if cut else "Release notes", release.url)] if release.url else []
    there = [advisory for advisory in fixed[:MOST_FIXED] if advisory.url]
    alone = len(there) == 1
    return tuple(links + [Link("Advisory" if alone else advisory.id, advisory.url) for advisory in there])


def _actions(snapshot: ProjectSnapshot, item: Classified, fixed: Sequence[Advisory]) -> tuple[Action, ...]:
    if not fixed:
        return ()
    return what_next(snapshot.project.id, item.release.subject)
