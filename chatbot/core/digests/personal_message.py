"""The words of a person's weekly list: security first, then each project's releases by line."""

from collections.abc import Iterable, Mapping, Sequence

from chatbot.core.digests.item import DigestItem, advisory_item, release_item
from chatbot.core.digests.personal import Listed, ProjectNews
from chatbot.core.digests.render import in_order, items_digest, news_by_project, security_news
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.message import Command, Message, Text, Tone
from chatbot.core.text.words import count


def list_items(news: Mapping[ProjectId, ProjectNews], entries: Iterable[Listed]) -> list[tuple[ProjectId, DigestItem]]:
    """What the entries of a list are, each with its project."""
    return [(each.entry.project, _item(news[each.entry.project], each)) for each in entries]


def personal_list(listed: Iterable[DigestItem], label: str) -> tuple[Message, str]:
    """The message, and what stands for the facts that it shows. `label` says which week it is of."""
    items = in_order(listed)
    projects = list(dict.fromkeys(item.project for item in items))
    security = [item for item in items if item.announced]
    others = [item for item in items if not item.announced]
    several = len(projects) > 1
    message = Message(
        title=_title(items, projects),
        tone=Tone.ROUTINE,
        label=label,
        body=(
            *security_news(security, "Security", "Other releases" if others and not several else "", several=several),
            *news_by_project(others, several=several),
        ),
        small=((Text("You chose releases once a week. To change that: "), Command("subscriptions"), Text(".")),),
        at=max((item.at for item in items), default=None),
    )
    return message, items_digest(items)


def _item(news: ProjectNews, entries: Listed) -> DigestItem:
    if entries.entry.kind == "advisory":
        return advisory_item(news.snapshot, entries.entry.name)
    return release_item(news.snapshot, entries.entry.name, announced=entries.first)


def _title(items: Sequence[DigestItem], projects: Sequence[str]) -> str:
    releases = sum(SubjectId.parse(item.subject).kind == "release" for item in items)
    advisories = len(items) - releases
    parts = [count(releases, "new release")] if releases else []
    parts += [count(advisories, "advisory")] if advisories else []
    what = " and ".join(parts)
    return f"{projects[0]} – {what}" if len(projects) == 1 else f"{what} in {len(projects)} projects"
