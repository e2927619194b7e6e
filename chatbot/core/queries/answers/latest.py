"""The answer to `/latest`: the newest releases, and what is known against them."""

from collections.abc import Sequence

from chatbot.core.announce.render import named, release_kind
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.message import (
    BulletList,
    Fact,
    Link,
    ListItem,
    Message,
    Paragraph,
    Strong,
    Text,
    Tone,
    fact,
    paragraph,
)
from chatbot.core.queries.advice import instead, marked, unread
from chatbot.core.queries.context import Desk, unsure
from chatbot.core.recommend import stands
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import day
from chatbot.core.versions.version import read_version


def latest(desk: Desk) -> Message:
    """The newest full release, overall or of a line, and the newest of every line."""
    line = desk.arguments.get("line", "").strip().lower().removeprefix("v").removesuffix(".x")
    full = [item for item in desk.snapshot.releases.values() if stands(desk.snapshot, item)] or _prereleases(desk)
    full.sort(key=lambda item: item.release.published_at, reverse=True)
    if not full:
        return unsure(f"I know of no release of {desk.project.name}", *_none(desk))
    if line:
        chosen = [item for item in full if item.newest_in_line and _is_line(desk, item, line)]
        if not chosen:
            lines = ", ".join(dict.fromkeys(item.line for item in full if item.newest_in_line and item.line))
            return unsure(f"I know no line {line} of {desk.project.name}", f"These are known: {lines}.")
    else:
        chosen = [item for item in full if item.newest]
    first = chosen[0]
    affected = any(_affected(desk, item) for item in chosen)
    warning = _warning(desk, chosen, full)
    return Message(
        title=f"The newest {desk.project.name}{f' {line}.x' if line else ''} is {named(first)}",
        tone=Tone.WARNING if affected else Tone.ANSWER,
        url=first.release.url,
        facts=tuple(_facts(desk, chosen)),
        body=(*warning, *(() if line else (_lines(desk, full),))),
        links=tuple(
            Link(f"Release notes of {named(item)}", item.release.url) for item in chosen[:5] if item.release.url
        ),
        footer=desk.age("github-releases"),
    )


def _is_line(desk: Desk, item: Classified, line: str) -> bool:
    """Whether the release belongs to the line that was asked about, as the project or anybody else writes it."""
    if item.line == line:
        return True
    asked = read_version(line, desk.snapshot.exposure.habits)
    if asked is None or item.version is None or asked.package not in ("", item.version.package):
        return False
    return item.line == ".".join(asked.written)


def _prereleases(desk: Desk) -> list[Classified]:
    """What is there where there are prereleases only: better named than denied."""
    known = desk.knowledge.releases
    return [
        item for tag, item in desk.snapshot.releases.items() if item.version is not None and not taken_back(known[tag])
    ]


def _none(desk: Desk) -> list[str]:
    """Why none can be named: not read yet, all taken back, or none at all."""
    if desk.knowledge.baseline_at is None or not desk.knowledge.read_at:
        return ["I have not read all of its releases yet."]
    if any(item.version is not None for item in desk.snapshot.releases.values()):
        return ["The project has removed all that it published."]
    return ["None has been published, as far as I have read."]


def _affected(desk: Desk, item: Classified) -> bool:
    return item.version is not None and desk.snapshot.exposure.risk(item.version).affected


def _warning(desk: Desk, chosen: Sequence[Classified], full: Sequence[Classified]) -> list[Paragraph]:
    """What is known against the newest, and what may be taken in its place."""
    sentences = [f"{marked(desk, item)}." for item in chosen if _affected(desk, item)]
    lines = {item.line for item in chosen} if all(item.newest_in_line and not item.newest for item in chosen) else None
    among = [item for item in full if lines is None or item.line in lines]
    words = " ".join(sentences) + instead(desk, chosen, among) if sentences else ""
    return [paragraph(sentence) for sentence in (*unread(desk), words) if sentence]


def _facts(desk: Desk, chosen: Sequence[Classified]) -> list[Fact]:
    if len(chosen) == 1:
        item = chosen[0]
        return [fact("Published", day(item.release.published_at)), fact("Kind", release_kind(item))]
    return [fact(marked(desk, item), f"{release_kind(item)}, {day(item.release.published_at)}") for item in chosen[:20]]


def _lines(desk: Desk, full: Sequence[Classified]) -> BulletList:
    newest = [item for item in full if item.newest_in_line and item.line]
    items = [
        (Strong(f"{item.line}.x"), Text(f": {marked(desk, item)}, {day(item.release.published_at)}"))
        for item in newest[:8]
    ]
    return BulletList(tuple(ListItem(item) for item in items))
