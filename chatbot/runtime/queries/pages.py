"""How each project's policy page was read: what a maintainer needs to see whether the bot understands it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.support.current import current_policy
from chatbot.core.support.policy import Policy
from chatbot.core.support.reading import LineReading, read_lines
from chatbot.ports import Clock
from chatbot.runtime.app import config_of
from chatbot.runtime.queries.oneshot import IN_MEMORY
from chatbot.runtime.services import open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.store import knowledge
from chatbot.store.database.db import StoreUnavailable, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """One project's page.

    state: whether it was read ("read"), there is none ("none"), or nobody has looked yet ("unread")
    page: its path and the day it was committed, where known
    problem: why its lines cannot be read
    """

    project: ProjectId
    state: Literal["read", "none", "unread"]
    page: str = ""
    lines: Sequence[LineReading] = ()
    problem: str = ""


async def page_readings(settings: Settings, clock: Clock, fetched: Mapping[str, PolicyPage]) -> list[PageReading]:
    """The readings of all projects: of the pages that were just `fetched`, else of those in the bot's database, which is
    neither made nor changed."""
    stored = {} if fetched else await _stored(settings)
    async with open_services(replace(config_of(settings), database=IN_MEMORY), clock) as services:
        reader, readings = services.ingestor.reader, []
        for project in settings.project_rules():
            page, facts = fetched.get(project.id), stored.get(project.id)
            if page is not None:
                await reader.prepare_all([page])
                policy = reader.read(page.text) if page.exists and not page.unreadable else None
                readings.append(_reading(project.id, page, policy, clock().date()))
            elif facts is not None and (facts.policy or facts.newer_unreadable):
                await reader.prepare_all(facts.pages())
                latest = facts.newer_unreadable or facts.policy
                policy = current_policy(facts, reader.read)
                readings.append(_reading(project.id, latest.page if latest else None, policy, clock().date()))
            else:
                was_read = facts is not None and facts.baseline_at is not None
                readings.append(PageReading(project=project.id, state="none" if was_read else "unread"))
    return readings


def _reading(project: ProjectId, page: PolicyPage | None, policy: Policy | None, today: date) -> PageReading:
    if page is None or not page.exists:
        return PageReading(project=project, state="none")
    committed = f" of {page.committed_at:%Y-%m-%d}" if page.committed_at else ""
    name = f"{page.path or page.url or 'the page'}{committed}"
    if policy is None or not policy.readable:
        problem = policy.problem if policy is not None else f"The page {page.unreadable}."
        return PageReading(project=project, state="read", page=name, problem=problem)
    lines = read_lines(policy, today)
    problem = "" if lines else "The page lists no versions."
    return PageReading(project=project, state="read", page=name, lines=lines, problem=problem or policy.cut)


async def _stored(settings: Settings) -> dict[ProjectId, Knowledge]:
    """What the bot's database knows of each project; nothing where there is none, or where it is of another program version."""
    url = settings.database.get_secret_value()
    if _no_file(url):
        return {}
    try:
        async with open_store(url, migrate=False) as store, store.reading() as tx:
            return {project.id: await knowledge.load(tx, project.id) for project in settings.project_rules()}
    except StoreUnavailable:
        return {}


def _no_file(url: str) -> bool:
    path = url.removeprefix("sqlite:///")
    return path != url and not Path(path).is_file()
