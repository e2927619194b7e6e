"""What changed on a project's policy page, as news: since the last change, or since the first one that its maintainers have not
approved yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce.digest import digest, policy_facts
from chatbot.core.announce.plan_builder import Place
from chatbot.core.announce.policy_news import ONE_OF_SEVERAL, PolicyNews
from chatbot.core.announce.policy_subject import policy_subject
from chatbot.core.announce.render.policy import policy_message
from chatbot.core.maintainers.approval import IS_HELD, NOT_APPROVED
from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import Project
from chatbot.core.support.diff import changes
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import ledger
from chatbot.store.database.db import Store, Tx
from chatbot.store.knowledge import policies
from chatbot.store.ledger import HeldSubject

_REASONS = (NOT_APPROVED, IS_HELD)


@dataclass(frozen=True, slots=True)
class PolicyChanges:
    """Compares pages that were prepared."""

    reader: PolicyReader

    async def prepare(self, store: Store, project: Project) -> None:
        """Have the page parsed that was in force before the first change that waits, before a transaction that compares."""
        async with store.reading() as tx:
            page = await _before(tx, project.id)
        await self.reader.prepare_all([page] if page is not None else [])

    async def news(
        self, tx: Tx, project: Project, facts: Knowledge, touched: Collection[str], read_at: datetime
    ) -> PolicyNews | None:
        """The change that is news now; None where there is none. `read_at` is the source's time at its answer."""
        is_new = str(SubjectId("policy", project.id)) in touched
        rows = await waiting(tx, project.id)
        if (not is_new and not rows) or facts.policy is None or facts.previous_policy is None:
            return None
        before = await _before(tx, project.id) if rows else facts.previous_policy.page
        if before is None or not self.reader.has_read([before]):
            return None
        sentences = changes(self.reader.read(before.text), self.reader.read(facts.policy.page.text))
        if not sentences and not rows:
            return None
        when = facts.policy.page.committed_at or facts.policy.first_read_at
        message = policy_message(project, facts.policy.page, sentences, facts.policy.first_read_at)
        return PolicyNews(
            subject=policy_subject(project.id, facts.previous_policy, facts.policy),
            message=message if sentences else None,
            digest=digest(policy_facts(facts.policy.page.url, sentences, when)),
            read_at=read_at if is_new else facts.policy.first_read_at,
            waiting=frozenset((row.room, row.subject) for row in rows),
        )


async def waiting(tx: Tx, project: ProjectId) -> list[HeldSubject]:
    """The changes of a project's policy page that wait for its maintainers, each with a room, the first first."""
    start = f"{SubjectId('policy', project)}/"
    held = [each for reason in _REASONS for each in (await ledger.waiting_subjects(tx, reason)).values()]
    rows = [row for each in held for row in each if row.subject.startswith(start)]
    return sorted(rows, key=lambda row: (row.since, row.id))


async def begins(tx: Tx, project: ProjectId) -> dict[Place, datetime]:
    """Since when each change of a project's policy page is news in a room: since the first of those that are told with it."""
    since: dict[Place, datetime] = {}
    together: dict[RoomAddress, datetime] = {}
    for row, verdict, reason in await ledger.last_of(tx, project, f"{SubjectId('policy', project)}/"):
        at = since[row.room, row.subject] = together.pop(row.room, row.since)
        if (verdict, reason) == ("skip", ONE_OF_SEVERAL):
            together[row.room] = at
    return since


async def _before(tx: Tx, project: ProjectId) -> PolicyPage | None:
    """The page before all changes that wait, and before those that are told together with them; None where none waits."""
    rows = await waiting(tx, project)
    if not rows:
        return None
    since = await begins(tx, project)
    return await policies.in_force_before(tx, project, min(since[row.room, row.subject] for row in rows))
