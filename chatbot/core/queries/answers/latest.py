"""The answer to `/latest`: the newest releases, and what is known against them."""

from collections.abc import Sequence

from chatbot.core.announce.render.release import release_kind, version_label
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.message import (
    BulletList,
    Field,
    Link,
    ListItem,
    Message,
    Moment,
    Paragraph,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.advice import instead, marked, unread, upgrade_to
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Support, of_package
from chatbot.core.recommend import by_version, onward, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import calendar_day, listed
from chatbot.core.versions.version import read_version

MOST_LINES = 8


def latest(context: QueryContext) -> Message:
    """The newest full release, overall or of a line, and the newest of every line."""
    line = context.arguments.get("line", "").strip().lower().removeprefix("v").removesuffix(".x")
    full = [item for item in context.snapshot.releases.values() if stands(context.snapshot, item)] or _prereleases(
        context
    )
    full.sort(key=lambda item: item.release.published_at, reverse=True)
    if not full:
        return unsure(f"I know of no release of {context.project.name}", *_none(context))
    if line:
        chosen = [item for item in full if item.newest_in_line and _is_line(context, item, line)]
        if not chosen:
            lines = ", ".join(f"{each}.x" for each in dict.fromkeys(item.line for item in _by_line(full)))
            return unsure(
                f"{context.project.name} has no {line[:40]}.x", f"There are: {lines}.", *unread(context, "release")
            )
    else:
        chosen = [item for item in full if item.newest]
    first = chosen[0]
    affected = any(_affected(context, item) for item in chosen)
    is_past = bool(line) and _has_ended(context, first)
    return Message(
        title=_title(context, line, first, affected=affected, is_past=is_past),
        tone=Tone.WARNING if affected or is_past or _is_bad(context, first) else Tone.ANSWER,
        url=first.release.url,
        fields=(*_action(context, chosen, full, is_past=is_past), *_facts(context, chosen)),
        body=(*unread(context), *_warning(context, chosen, full), *(() if line else (_lines(context, full),))),
        links=tuple(
            Link(f"Release notes of {version_label(item)}", item.release.url) for item in chosen[:5] if item.release.url
        ),
    )


def _title(context: QueryContext, line: str, first: Classified, *, affected: bool, is_past: bool) -> str:
    title = f"The newest {context.project.name}{f' {line}.x' if line else ''} is {version_label(first)}"
    if is_past:
        title += ", but this line is no longer supported"
    against = ["it is vulnerable"] if affected else []
    against += ["its maintainers say not to use it"] if _is_bad(context, first) else []
    return f"{title}{', and' if is_past else ', but'} {listed(against)}" if against else title


def _is_bad(context: QueryContext, item: Classified) -> bool:
    """Whether its maintainers say not to use it."""
    return context.snapshot.control_of_release(item.release.tag).bad is not None


def _has_ended(context: QueryContext, item: Classified) -> bool:
    """Whether the support of its line has ended, by the policy page."""
    if item.version is None:
        return False
    return Support(context, of_package(context, item.version)).of(item.version).state == "ended"


def _action(
    context: QueryContext, chosen: Sequence[Classified], full: Sequence[Classified], *, is_past: bool
) -> list[Field]:
    """What to do where the newest of a line is no good choice: the release to use instead."""
    if not is_past or len(chosen) != 1 or chosen[0].version is None:
        return []
    releases = [item for item in full if item.version and item.version.package == chosen[0].version.package]
    support = Support(context, releases)
    higher = onward(context.snapshot, chosen[0].version, releases, has_ended=support.has_ended)
    return [Field("What to do", upgrade_to(higher).spans)] if higher is not None else []


def _by_line(full: Sequence[Classified]) -> list[Classified]:
    """The newest release of each line, the highest first; the packages in the order of their names."""
    newest = sorted((item for item in full if item.newest_in_line and item.line), key=by_version, reverse=True)
    return sorted(newest, key=lambda item: item.version.package if item.version else "")


def _is_line(context: QueryContext, item: Classified, line: str) -> bool:
    """Whether the release is on the line that was asked about, however that is written."""
    if item.line == line:
        return True
    version = read_version(line, context.snapshot.exposure.habits)
    if version is None or item.version is None or version.package not in ("", item.version.package):
        return False
    return item.line == ".".join(version.raw_numbers)


def _prereleases(context: QueryContext) -> list[Classified]:
    """The releases of a project that has published only prereleases."""
    releases = context.knowledge.releases
    return [
        item
        for tag, item in context.snapshot.releases.items()
        if item.version is not None and not taken_back(releases[tag])
    ]


def _none(context: QueryContext) -> list[str]:
    """Why there is no release to name: not read yet, all removed, or none published."""
    if context.knowledge.baseline_at is None or not context.knowledge.read_times():
        return ["I have not read all of its releases yet."]
    if any(item.version is not None for item in context.snapshot.releases.values()):
        return ["The project has removed all that it published."]
    return ["None has been published."]


def _affected(context: QueryContext, item: Classified) -> bool:
    return item.version is not None and context.snapshot.exposure.risk(item.version).affected


def _warning(context: QueryContext, chosen: Sequence[Classified], full: Sequence[Classified]) -> list[Paragraph]:
    """What is known against the newest releases, and what to use instead."""
    sentences = [f"{marked(context, item)}." for item in chosen if _affected(context, item) or _is_bad(context, item)]
    lines = {item.line for item in chosen} if all(item.newest_in_line and not item.newest for item in chosen) else None
    among = [item for item in full if lines is None or item.line in lines]
    return [paragraph(" ".join(sentences) + instead(context, chosen, among))] if sentences else []


def _facts(context: QueryContext, chosen: Sequence[Classified]) -> list[Field]:
    if len(chosen) == 1:
        item = chosen[0]
        return [field_of("Published", Moment(item.release.published_at), f" ({release_kind(item)})")]
    return [
        field_of(marked(context, item), f"{release_kind(item)}, {calendar_day(item.release.published_at)}")
        for item in chosen[:20]
    ]


def _lines(context: QueryContext, full: Sequence[Classified]) -> BulletList:
    items = [
        (Strong(f"{item.line}.x"), Text(f" – {marked(context, item)}, {calendar_day(item.release.published_at)}"))
        for item in _by_line(full)[:MOST_LINES]
    ]
    return BulletList(tuple(ListItem(item) for item in items))
