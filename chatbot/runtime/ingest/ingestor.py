"""Batch → knowledge, decisions and deliveries, in one transaction: load, plan, save."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.digest import digest, policy_facts
from chatbot.core.announce.messages import Decision, Plan, short_hash
from chatbot.core.announce.plan import PolicyNews, plan
from chatbot.core.announce.render import policy_message
from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.knowledge import Knowledge, Tracked
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.core.support.diff import changes
from chatbot.ports import Batch, Clock, Source
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.ingest.redigest import Redigest
from chatbot.store import knowledge, ledger, outbox
from chatbot.store import watches as store_watches
from chatbot.store.database.db import Store, Tx
from chatbot.store.knowledge import source_states
from chatbot.store.knowledge.source_states import FORGE
from chatbot.store.outbox import restore_gap

log = structlog.get_logger(__name__)

Failpoint = Callable[[str], None]


@dataclass(slots=True)
class Ingestor:
    """Takes batches in, serially for one project.

    `newcomers` says who listens since when. `settle` is how long a fact must stay unchanged before it is said.
    """

    store: Store
    newcomers: Newcomers
    reader: PolicyReader
    clock: Clock
    failpoint: Failpoint
    settle: timedelta
    look_again: dict[str, datetime] = field(default_factory=dict)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)  # of each project's advisories, every name
    _redigest: Redigest = field(init=False)
    signalled: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # of each project, tags that wait for a careful look
    unread_pages: dict[str, PolicyPage] = field(default_factory=dict)  # pages as they stand that could not be parsed
    remarked: set[tuple[str, str]] = field(default_factory=set)  # what was told of each project since the start
    missing: set[str] = field(default_factory=set)  # projects of whose facts some are missing from a whole listing

    def __post_init__(self) -> None:
        self._redigest = Redigest(self.reader)

    def unsettled(self, project: str) -> bool:
        """Whether something of the project waits to be read once more: then even an unchanged answer matters."""
        return project in self.look_again

    async def take_in(self, project: Project, source: Source, batch: Batch, *, keep_cursor: bool = False) -> Plan:
        """Remember what the batch brought and enqueue what follows from it; all of it, or nothing. `keep_cursor`: the batch
        is one thing seen by its own address, and says nothing of where the source's next look begins."""
        self.failpoint("fetched")
        batch = self._with_unread_page(project.id, source, batch)
        for fact in batch.observed:
            if isinstance(fact, PolicyPage):
                await self.reader.prepare(fact)
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self._redigest(tx, project)
            taken = await knowledge.upsert(
                tx, project.id, source.name, source.door, batch, now, readable=self.reader.readable
            )
            if not keep_cursor:
                await source_states.move_cursor(tx, source.name, batch.cursor)
            await source_states.note_trouble(tx, project.id, source.name, None, now)
            if source.door in FORGE:
                await self.newcomers.arrive(tx, project.id)
                await store_watches.use_server_clock(tx, project.id, batch.read_at, now)
            steps = await self._follow(tx, project, batch.read_at, taken.changed, now)
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
        self.signalled.pop(project.id, None)

    async def _remark(self, tx: Tx, project: Project, sentence: str) -> None:
        if (project.id, sentence) not in self.remarked:
            log.warning("a source needs a person", project=project.id, reason=sentence)
            await outbox.add(tx, notices.remark(project, sentence), self.clock())
            self.remarked.add((project.id, sentence))

    def wants_page(self, project: str, door: str) -> bool:
        """Whether the project's page as it stands is due for another attempt at parsing, though it has not changed."""
        page = self.unread_pages.get(project) if door == "policy" else None
        return page is not None and self.reader.wants(page)

    def _with_unread_page(self, project: str, source: Source, batch: Batch) -> Batch:
        if not batch.unchanged or not self.wants_page(project, source.door):
            return batch
        return replace(batch, observed=(self.unread_pages[project],), unchanged=False)

    def note(self, known: Knowledge) -> None:
        """Keep at hand what is asked about at every look."""
        newer = known.newer_unreadable
        if newer is not None and newer.page.found and not newer.page.unreadable:
            self.unread_pages[known.project] = newer.page
        else:
            self.unread_pages.pop(known.project, None)
        self.ids[known.project] = frozenset(name for item in known.advisories.values() for name in item.fact.ids)
        self.signalled[known.project] = frozenset(known.pending)
        facts: list[Tracked[Release] | Tracked[Advisory]] = [*known.releases.values(), *known.advisories.values()]
        if any(item.missing_since is not None and not item.gone for item in facts):
            self.missing.add(known.project)
        else:
            self.missing.discard(known.project)

    async def listen(self, project: Project) -> None:
        """Let the project's rooms that are new in the configuration begin, and show them what they are owed."""
        if not self.newcomers.unwritten(project.id):
            return
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self.newcomers.arrive(tx, project.id)
            if await store_watches.owed_newest(tx, project.id):
                await self._redigest(tx, project)
                await self._follow(tx, project, now, (), now)
        self.newcomers.arrived(project.id)

    async def removed(self, project: Project, subject: str) -> Plan:
        """Note that a fact's own address confirmed its removal, and amend what was said of it."""
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            await self._redigest(tx, project)
            if not await knowledge.mark_gone(tx, project.id, subject):
                return Plan()
            steps = await self._follow(tx, project, now, {subject}, now)
            self.failpoint("before commit")
        self.failpoint("committed")
        log.info("removed by its project", project=project.id, subject=subject)
        return steps

    async def _follow(
        self, tx: Tx, project: Project, read_at: datetime, changed: Collection[str], now: datetime
    ) -> Plan:
        known = await knowledge.load(tx, project.id)
        await self.reader.prepare_all(known)
        self.note(known)
        if known.baseline_at is None:
            return Plan()
        await self.newcomers.arrive(tx, project.id)
        await ledger.record(tx, self._unread_policy(known, changed), now)
        owed = await store_watches.owed_newest(tx, project.id)
        touched = set(changed) | await ledger.held_subjects(tx, project.id)
        # in a thread: it is Python alone, so the event loop gets its turns
        snapshot = await asyncio.to_thread(build_snapshot, project, known, lines=self.reader.lines(known))
        introduced = _newest(snapshot) if owed else frozenset()
        if not touched and not introduced:
            self.look_again.pop(project.id, None)
            await store_watches.settle_owed(tx, project.id, owed)  # there is no release yet: the first one will be news
            return Plan()
        since = await store_watches.since(tx, project.id)
        watches = [
            Watch(room, since[room.address], introduced if room.address in owed else frozenset())
            for room in self.newcomers.here(project.id)
        ]
        touched |= introduced
        posted = {(item.room, item.subject): item for item in await ledger.posted(tx, project.id, None)}
        gap = await restore_gap.gap(tx)
        steps = plan(
            snapshot,
            watches,
            posted,
            touched,
            settle=self.settle,
            policy_news=self._policy_news(project, known, touched, read_at),
            singly_until=gap.end if gap is not None else None,
        )
        told = notices.renumbered(project, snapshot)
        if steps.decisions or steps.messages or told:
            await outbox.lock(tx)  # before the ledger is locked: in the order of those who record what was sent
        await ledger.record(tx, steps.decisions, now)
        await outbox.add(tx, [*steps.messages, *told], now)
        await store_watches.settle_owed(tx, project.id, owed - _holding(steps, introduced))
        self._remember_to_look(project.id, steps)
        return steps

    def _unread_policy(self, known: Knowledge, changed: Collection[str]) -> list[Decision]:
        """Why nothing is said of a page that cannot be read, for every room that would hear of a change."""
        subject, newer = f"policy/{known.project}", known.newer_unreadable
        if subject not in changed or newer is None or not newer.page.found:
            return []
        why = (
            f"The page {newer.page.unreadable}." if newer.page.unreadable else self.reader.read(newer.page.text).problem
        )
        return [
            Decision(project=known.project, subject=subject, room=room.address, verdict="skip", reason=why)
            for room in self.newcomers.here(known.project)
            if "policy" in room.watch_filter.events
        ]

    def _policy_news(
        self, project: Project, known: Knowledge, touched: Collection[str], read_at: datetime
    ) -> PolicyNews | None:
        if f"policy/{project.id}" not in touched or known.policy is None or known.previous_policy is None:
            return None
        old, new = self.reader.read(known.previous_policy.page.text), self.reader.read(known.policy.page.text)
        sentences = changes(old, new)
        if not sentences:
            return None
        when = known.policy.page.committed_at or known.policy.first_read_at
        subject = short_hash(known.previous_policy.digest, known.policy.digest, when.astimezone(UTC).isoformat())
        return PolicyNews(
            subject=f"policy/{project.id}/{subject}",
            message=policy_message(project, known.policy.page, sentences, known.policy.first_read_at),
            digest=digest(policy_facts(known.policy.page.url, sentences, when)),
            read_at=read_at,
        )

    def _remember_to_look(self, project: str, steps: Plan) -> None:
        if steps.look_again_at is None:
            self.look_again.pop(project, None)
        else:
            self.look_again[project] = steps.look_again_at

    def _say_what_happened(self, project: Project, source: Source, batch: Batch, steps: Plan) -> None:
        line = log.bind(project=project.id, source=source.name)
        for reason, items in Counter(batch.unreadable).items():
            line.warning("passed over", reason=reason, items=items)
        for planned_message in steps.messages:
            line.info(
                "to be said",
                subject=planned_message.subject,
                kind=planned_message.kind,
                lane=planned_message.lane.name,
                rooms=len(planned_message.revisions),
            )
        for decision in steps.decisions:
            line.debug(
                "decided", subject=decision.subject, room=decision.room, verdict=decision.verdict, why=decision.reason
            )


def _holding(steps: Plan, introduced: Collection[str]) -> frozenset[str]:
    """The rooms that are shown the newest release once it has been read again."""
    return frozenset(each.room for each in steps.decisions if each.verdict == "hold" and each.subject in introduced)


def _newest(snapshot: ProjectSnapshot) -> frozenset[str]:
    newest = (tag for tag, item in snapshot.releases.items() if item.newest)
    return frozenset(f"release/{snapshot.project.id}/{tag}" for tag in newest)
