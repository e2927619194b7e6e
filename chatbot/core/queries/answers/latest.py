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
    Paragraph,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.advice import instead, marked, unread
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.recommend import stands
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import day
from chatbot.core.versions.version import read_version


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
            lines = ", ".join(dict.fromkeys(item.line for item in full if item.newest_in_line and item.line))
            return unsure(f"I know no line {line} of {context.project.name}", f"These are known: {lines}.")
    else:
        chosen = [item for item in full if item.newest]
    first = chosen[0]
    affected = any(_affected(context, item) for item in chosen)
    warning = _warning(context, chosen, full)
    return Message(
        title=f"The newest {context.project.name}{f' {line}.x' if line else ''} is {version_label(first)}",
        tone=Tone.WARNING if affected else Tone.ANSWER,
        url=first.release.url,
        fields=tuple(_facts(context, chosen)),
        body=(*warning, *(() if line else (_lines(context, full),))),
        links=tuple(
            Link(f"Release notes of {version_label(item)}", item.release.url) for item in chosen[:5] if item.release.url
        ),
        footer=context.age("release"),
    )


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
    return ["None has been published, as far as I have read."]


def _affected(context: QueryContext, item: Classified) -> bool:
    return item.version is not None and context.snapshot.exposure.risk(item.version).affected


def _warning(context: QueryContext, chosen: Sequence[Classified], full: Sequence[Classified]) -> list[Paragraph]:
    """What is known against the newest releases, and what to use instead."""
    sentences = [f"{marked(context, item)}." for item in chosen if _affected(context, item)]
    lines = {item.line for item in chosen} if all(item.newest_in_line and not item.newest for item in chosen) else None
    among = [item for item in full if lines is None or item.line in lines]
    words = " ".join(sentences) + instead(context, chosen, among) if sentences else ""
    return [paragraph(sentence) for sentence in (*unread(context), words) if sentence]


def _facts(context: QueryContext, chosen: Sequence[Classified]) -> list[Field]:
    if len(chosen) == 1:
        item = chosen[0]
        return [field_of("Published", day(item.release.published_at)), field_of("Kind", release_kind(item))]
    return [
        field_of(marked(context, item), f"{release_kind(item)}, {day(item.release.published_at)}")
        for item in chosen[:20]
    ]


def _lines(context: QueryContext, full: Sequence[Classified]) -> BulletList:
    newest = [item for item in full if item.newest_in_line and item.line]
    items = [
        (Strong(f"{item.line}.x"), Text(f": {marked(context, item)}, {day(item.release.published_at)}"))
        for item in newest[:8]
    ]
    return BulletList(tuple(ListItem(item) for item in items))
