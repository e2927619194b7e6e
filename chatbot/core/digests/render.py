"""The words of a digest: security news of the time first, then each project's news by release line."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from chatbot.core.announce.digest import digest
from chatbot.core.digests.item import DigestItem
from chatbot.core.model.message import (
    Block,
    BulletList,
    Link,
    ListItem,
    Message,
    Paragraph,
    Span,
    Spans,
    Strong,
    Struck,
    Text,
    Tone,
    paragraph,
)
from chatbot.core.text.words import count

MOST_RELEASES = 40  # in one digest; the project's page leads to the rest
MOST_ANNOUNCED = 15  # security news that it repeats
ANNOUNCED, ROUTINE = "Security news, announced already", "Routine news"
_MOST_SENTENCES = 12  # of one changed policy


def digest_message(items: Iterable[DigestItem], label: str) -> Message:
    """One message for all of these items. `label` says which digest it is (`schedule.digest_label`)."""
    ordered = in_order(items)
    security = [item for item in ordered if item.announced]
    news = [item for item in ordered if not item.announced]
    projects = list(dict.fromkeys(item.project for item in ordered))
    dated = [item.at for item in news or ordered]
    return Message(
        title=_title(news, projects),
        tone=Tone.ROUTINE,  # it never notifies: what is urgent was announced before
        label=label,
        body=(
            *security_news(security, ANNOUNCED, "" if len(projects) > 1 else ROUTINE, several=len(projects) > 1),
            *news_by_project(news, several=len(projects) > 1),
        ),
        at=max(dated, default=None),
    )


def items_digest(items: Iterable[DigestItem]) -> str:
    """Stands for the facts that a digest of these items shows."""
    return digest(["items", [[item.subject, item.digest] for item in in_order(items)]])


def in_order(items: Iterable[DigestItem]) -> list[DigestItem]:
    """By project, then releases before policies, the highest line first, and in a line the newest release."""
    newest_first = sorted(items, key=lambda item: (item.at, item.subject), reverse=True)
    by_place = sorted(newest_first, key=lambda item: item.place, reverse=True)
    return sorted(by_place, key=lambda item: (item.project.casefold(), item.is_policy))


def _title(news: Sequence[DigestItem], projects: Sequence[str]) -> str:
    releases = sum(not item.is_policy for item in news)
    policies = len(news) - releases
    parts = [count(releases, "new release")] if releases else []
    parts += [count(policies, "policy change")] if policies else []
    what = " and ".join(parts) or "security news"
    return f"{projects[0]} – {what}" if len(projects) == 1 else f"{what} in {len(projects)} projects"


def security_news(items: Sequence[DigestItem], heading: str, then: str, *, several: bool) -> list[Block]:
    """The security news below its heading. `then` is the heading of what follows, where no name of a project divides them."""
    if not items:
        return []
    lines = [ListItem(_entry(item, f"{item.project}: " if several else "")) for item in items[:MOST_ANNOUNCED]]
    more = [paragraph(f"And {len(items) - MOST_ANNOUNCED} more.")] if len(items) > MOST_ANNOUNCED else []
    rest = [Paragraph((Strong(then),))] if then else []
    return [Paragraph((Strong(heading),)), BulletList(tuple(lines)), *more, *rest]


def _entry(item: DigestItem, before: str = "") -> Spans:
    first: tuple[Span, ...] = (Text(before),) if before else ()
    return (*first, _name(item), Text(f" – {item.words}"))


def _name(item: DigestItem) -> Span:
    if item.struck:
        return Struck(item.name)
    return Link(item.name, item.url) if item.url else Strong(item.name)


def news_by_project(news: Sequence[DigestItem], *, several: bool) -> list[Block]:
    """Each project's releases by line, then what changed in its policy."""
    blocks: list[Block] = []
    room_left = MOST_RELEASES
    for project, group in groupby(news, key=lambda item: item.project):
        items = list(group)
        releases = [item for item in items if not item.is_policy]
        blocks += [Paragraph((Strong(project),))] if several else []
        shown_here = releases[: max(room_left, 0)]
        room_left -= len(shown_here)
        lines = [ListItem(_line(line, list(each))) for line, each in groupby(shown_here, key=lambda item: item.line)]
        blocks += [BulletList(tuple(lines))] if lines else []
        if len(releases) > len(shown_here):
            blocks.append(paragraph(f"And {count(len(releases) - len(shown_here), 'more release')}."))
        for policy in (item for item in items if item.is_policy):
            blocks += _policy(policy)
    return blocks


def _line(line: str, items: Sequence[DigestItem]) -> Spans:
    """`4.2.x: 4.2.4 – patch release, 3 March 2031; 4.2.3 – …`."""
    spans: list[Span] = [Strong(line), Text(": ")] if line else []
    for number, item in enumerate(items):
        spans += [Text("; ")] if number else []
        spans += _entry(item)
    return tuple(spans)


def _policy(item: DigestItem) -> list[Block]:
    name: Span = Link(item.name, item.url) if item.url else Strong(item.name)
    sentences = item.sentences[:_MOST_SENTENCES]
    more = [f"And {len(item.sentences) - _MOST_SENTENCES} more."] if len(item.sentences) > _MOST_SENTENCES else []
    lines = tuple(ListItem((Text(sentence),)) for sentence in [*sentences, *more])
    return [Paragraph((name, Text(" changed:"))), BulletList(lines)]
