"""Batch → knowledge, decisions and deliveries, in one transaction: load, plan, save."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from chatbot.core.announce.messages import Plan
from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock, Source
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import knowledge, outbox
from chatbot.store import watches as store_watches
from chatbot.store.database.db import Store, Tx
from chatbot.store.knowledge import source_states

log = structlog.get_logger(__name__)

Failpoint = Callable[[str], None]


@dataclass(slots=True)
class Ingestor:
    """Takes batches in, serially for one project."""

    store: Store
    planner: Planner
    reader: PolicyReader
    clock: Clock
    failpoint: Failpoint
    remarked: set[tuple[ProjectId, str]] = field(default_factory=set)  # what was logged of each project since the start

    async def ingest(self, project: Project, source: Source, batch: Batch, *, keep_cursor: bool = False) -> Plan:
        """Remember what the batch brought and enqueue what follows from it; all of it, or nothing. `keep_cursor`: the batch
        is one thing seen by its own address, and says nothing of where the source's next look begins."""
        self.failpoint("fetched")
        batch = self._with_unread_page(project.id, source, batch)
        for fact in batch.observed:
            if isinstance(fact, PolicyPage):
                await self.reader.prepare(fact)
        await self.planner.prepare(project)
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self.planner.redigest(tx, project)
            upserted = await knowledge.upsert(
                tx, project.id, source.name, source.profile, batch, now, readable=self.reader.readable
            )
            if not keep_cursor:
                await source_states.move_cursor(tx, source.name, batch.cursor)
            await self.planner.newcomers.arrive(tx, project.id)
            if source.profile.dates_news:
                await store_watches.use_server_clock(tx, project.id, batch.read_at, now)
            steps = await self.planner.within(tx, project, upserted.changed, batch.read_at, now)
            for sentence in batch.remarks:
                await self._remark(tx, project, sentence)
            self.failpoint("before commit")
        self.failpoint("committed")
        self._say_what_happened(project, source, batch, steps)
        return steps

    async def replaced(self, project: Project, sentence: str) -> None:
        """Another repository stands under the project's name: tell a person once, and wait for no tag of it."""
        async with self.store.writing(project.id) as tx:
            await self._remark(tx, project, sentence)
            await source_states.confirm(tx, project.id, self.clock() + timedelta(microseconds=1))
        self.planner.at_hand.signalled.pop(project.id, None)

    async def _remark(self, tx: Tx, project: Project, sentence: str) -> None:
        self._log_once(project, "a source needs attention", sentence)
        await outbox.add(tx, notices.remark(project, sentence), self.clock())

    def _log_once(self, project: Project, event: str, sentence: str) -> None:
        """The log has it once in each run. The notice is asked for each time, which the outbox tells apart: a transaction that
        fails takes it back."""
        if (project.id, sentence) not in self.remarked:
            log.warning(event, project=project.id, reason=sentence)
            self.remarked.add((project.id, sentence))

    def wants_page(self, project: ProjectId, source: SourceProfile) -> bool:
        """Whether the project's page as it stands is due for another attempt at parsing, though it has not changed."""
        page = self.planner.at_hand.unread_pages.get(project) if source.kind == "policy" else None
        return page is not None and self.reader.wants(page)

    def _with_unread_page(self, project: ProjectId, source: Source, batch: Batch) -> Batch:
        if not batch.unchanged or not self.wants_page(project, source.profile):
            return batch
        return replace(batch, observed=(self.planner.at_hand.unread_pages[project],), unchanged=False)

    async def listen(self, project: Project) -> None:
        """Let the project's rooms that are new in the configuration begin, and show them what they are owed."""
        if self.planner.newcomers.unwritten(project.id):
            await self.planner.replan(project, (), self.clock())

    async def tell_reading(self, project: Project) -> None:
        """After a start or a reload, and after a poll that brought nothing: tell the maintainers how their page is read, if that
        is another way than they were told, as where a newer program reads the same page."""
        if not self.planner.readings.is_due(project):
            return
        await self.planner.prepare(project)
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self.planner.readings.tell(tx, project, await knowledge.load(tx, project.id), now)

    async def removed(self, project: Project, subject: str) -> Plan:
        """Note that a fact's own address confirmed its removal, and amend what was said of it."""
        await self.planner.prepare(project)
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self.planner.redigest(tx, project)
            if not await knowledge.mark_gone(tx, project.id, subject):
                return Plan()
            await self.planner.newcomers.arrive(tx, project.id)
            steps = await self.planner.within(tx, project, {subject}, now, now)
            self.failpoint("before commit")
        self.failpoint("committed")
        log.info("removed by the project", project=project.id, subject=subject)
        return steps

    def _say_what_happened(self, project: Project, source: Source, batch: Batch, steps: Plan) -> None:
        line = log.bind(project=project.id, source=source.name)
        for reason, items in Counter(batch.unreadable).items():
            line.warning("items skipped", reason=reason, items=items)
        for planned_message in steps.messages:
            line.info(
                "messages queued",
                subject=planned_message.subject,
                kind=planned_message.kind,
                lane=planned_message.lane.name,
                rooms=len(planned_message.revisions),
            )
        for decision in steps.decisions:
            line.debug(
                "decided", subject=decision.subject, room=decision.room, verdict=decision.verdict, why=decision.reason
            )
