"""What somebody asks to hear of: a typed version or line, read as a scope of the project."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import get_args

from chatbot.core.model.message import BulletList, Code, ListItem, Message, Tone, paragraph
from chatbot.core.model.severity import Severity
from chatbot.core.queries.advice import not_published, what_there_is
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, resolve
from chatbot.core.recommend import by_version, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.subscriptions.subscription import Scope, ScopeKind
from chatbot.core.text.words import listed
from chatbot.core.versions.version import Version, line_numbers, line_of

PROJECT = Scope("project")
FROM = Severity.HIGH  # of a whole project, where nothing else was said
SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
_NEIGHBOURS = 2  # published versions on each side of one that was not


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for.

    scope: a line where one is known, since a line never goes stale; the whole project where no version was named
    min_severity: of the advisories that alert
    version: the version that was named, which can be chosen instead of its line; "" where none was
    note: a sentence on how it was understood, or ""
    """

    scope: Scope
    min_severity: Severity = Severity.LOW
    version: str = ""
    note: str = ""


def read_wish(context: QueryContext, text: str) -> Wish | Message:
    """What the words ask for; where they name nothing that was published, an answer that says so, with what is near."""
    if not text.strip():
        return Wish(scope=PROJECT, min_severity=FROM)
    reference = resolve(context, text)
    if isinstance(reference, Message):
        return reference
    if reference.line:
        return _line(context, reference)
    if reference.release is None and reference.releases:
        return unknown(context, reference)
    name = version_name(context, reference)
    return Wish(
        scope=line_with_releases(context, reference) or Scope("version", name),
        version=name,
        note=reference.note or _removed(context, reference),
    )


def unknown(context: QueryContext, reference: Reference) -> Message:
    """The answer for a version or a line that was not published, with the nearest that were, ready to send."""
    line = line_with_releases(context, reference)
    names = [] if line is None else [f"{line.name}.x"]
    names += [] if reference.line else [item.version.text for item in _nearest(reference) if item.version is not None]
    rows = tuple(ListItem((Code(f"{context.prefix}subscribe {name}"),)) for name in names)
    near = (paragraph("Did you mean one of these?"), BulletList(rows)) if rows else ()
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        body=(what_there_is(context, reference), *near),
    )


def version_name(context: QueryContext, reference: Reference) -> str:
    """The version as it is stored: its number, or its tag where several releases have this number, or may have it one day."""
    text, release = reference.version.text, reference.release
    same = [
        item
        for item in context.snapshot.releases.values()
        if item.version is not None and item.version.text.casefold() == text.casefold()
    ]
    return release.release.tag if release is not None and (len(same) > 1 or reference.version.package) else text


def line_name(context: QueryContext, version: Version) -> str:
    """The line of a version, with its package where the repository has several: `0.15`, `core 0.15`."""
    return f"{version.package} {line_of(version, context.snapshot.lines)}".strip()


def line_with_releases(context: QueryContext, reference: Reference) -> Scope | None:
    """The line of the version, if it has a standing full release."""
    own = line_numbers(reference.version, context.snapshot.lines)
    for item in reference.releases:
        is_of_it = item.version is not None and item.version.numbering == reference.version.numbering
        if item.version is not None and is_of_it and line_numbers(item.version, context.snapshot.lines) == own:
            return Scope("line", line_name(context, item.version))
    return None


def read_scope(context: QueryContext, value: str) -> Wish | Message:
    """The scope that a menu offered: `line:0.15`, `version:0.15.3`, `project:high`. Whatever else comes back is an answer."""
    kind, _, name = value.partition(":")
    if kind not in get_args(ScopeKind):
        return unsure(
            "I can't tell what you chose", paragraph(Code(f"{context.prefix}subscriptions"), " shows it again.")
        )
    if kind == "project":
        severity = next((each for each in SEVERITIES if each.value == name), FROM)
        return Wish(scope=PROJECT, min_severity=severity)
    words = name.strip().replace(" ", "@")
    if not words:
        return unsure("I can't tell what you chose")
    chosen = read_wish(context, f"{words}.x" if kind == "line" else words)
    if isinstance(chosen, Message):
        return chosen
    if kind == "version" and chosen.version:
        return Wish(scope=Scope("version", chosen.version), version=chosen.version, note=chosen.note)
    return chosen


def scope_value(scope: Scope, severity: Severity) -> str:
    """How a menu offers a scope."""
    return f"{scope.kind}:{severity.value if scope.kind == 'project' else scope.name}"


def _line(context: QueryContext, reference: Reference) -> Wish | Message:
    if not reference.members:
        return unknown(context, reference)
    first = reference.members[0].version or reference.version
    canonical = line_numbers(first, context.snapshot.lines) == reference.version.numbers
    name = line_name(context, first) if canonical else f"{first.package} {reference.line}".strip()
    return Wish(scope=Scope("line", name), note=_several_lines(context, reference))


def _several_lines(context: QueryContext, reference: Reference) -> str:
    """A sentence where the numbers that were typed are those of several lines."""
    names = [line_of(item.version, context.snapshot.lines) for item in reference.members if item.version is not None]
    lines = list(dict.fromkeys(reversed(names)))
    if len(lines) < 2:
        return ""
    some = listed([f"{each}.x" for each in lines]) if len(lines) <= 4 else f"{len(lines)} release lines"
    return f"{reference.line}.x is {some}: you get alerts for all of them."


def _removed(context: QueryContext, reference: Reference) -> str:
    release = reference.release
    removed = release is not None and release.kind != "prerelease" and not stands(context.snapshot, release)
    return "The project has removed this release." if removed else ""


def _nearest(reference: Reference) -> list[Classified]:
    """The published releases around a version that was not, the nearest below it first."""
    ordered = sorted(reference.releases, key=by_version)
    at = bisect_left([by_version(item) for item in ordered], reference.version.order)
    return [*reversed(ordered[max(at - _NEIGHBOURS, 0) : at]), *ordered[at : at + _NEIGHBOURS]]
