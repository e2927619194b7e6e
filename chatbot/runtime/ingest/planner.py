"""What follows from what is known of a project: load, plan, save – for whoever changed something, not only for a poll."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Decision, Plan
from chatbot.core.announce.plan import plan
from chatbot.core.line_roles.wanted import has_roles
from chatbot.core.maintainers.approval import needs_approval
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import Project, Room
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.advisory_lint import AdvisoryLint
from chatbot.runtime.ingest.at_hand import AtHand
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.ingest.page_readings import PageReadings
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.ingest.policy_changes import PolicyChanges
from chatbot.runtime.ingest.redigest import Redigest
from chatbot.runtime.maintainers.renderers import RENDERERS
from chatbot.runtime.subscriptions.fan_out.requests import Requests
from chatbot.store import digests, knowledge, ledger, line_roles, outbox
from chatbot.store import watches as store_watches
from chatbot.store.database.db import Store, Tx
from chatbot.store.maintainers import words
from chatbot.store.outbox import restore_gap

log = structlog.get_logger(__name__)

Failpoint = Callable[[str], None]
Writing = Callable[[Tx], Awaitable[None]]


@dataclass(slots=True)
class Planner:
    """Plans a project's announcements, and saves decisions and deliveries.

    newcomers: who watches since when
    settle: how long a fact must stay unchanged before it is announced
    at_hand: what is asked about at every poll, kept up to date here
    is_followed: whether other rooms follow a room, and would not see an edit there
    next_check: project → when the clock alone changes its plan
    """

    store: Store
    newcomers: Newcomers
    reader: PolicyReader
    failpoint: Failpoint
    settle: timedelta
    at_hand: AtHand = field(default_factory=AtHand)
    next_check: dict[ProjectId, datetime] = field(default_factory=dict)
    is_followed: Callable[[RoomAddress], bool] = lambda _room: False
    policy_changes: PolicyChanges = field(init=False)
    redigest: Redigest = field(init=False)
    readings: PageReadings = field(init=False)
    lint: AdvisoryLint = field(init=False)
    requests: Requests = field(init=False)
    _not_asked: set[ProjectId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.policy_changes = PolicyChanges(self.reader)
        self.redigest = Redigest(self.reader)
        self.readings = PageReadings(self.reader)
        self.lint = AdvisoryLint(self.reader)
        self.requests = Requests(self.settle)

    def unsettled(self, project: ProjectId) -> bool:
        """Whether something of the project waits to be read once more: then even an unchanged answer matters."""
        return project in self.next_check

    def rooms_changed(self, before: Iterable[Room], after: Iterable[Room], now: datetime) -> None:
        """A reload: plan again the projects of rooms whose digest is another one, or that have none any more. What waits
        for it is decided again then."""
        digests_before = {room.address: room.watch_filter.digest for room in before}
        for room in after:
            if digests_before.get(room.address) != room.watch_filter.digest:
                for project in room.projects:
                    self.next_check.setdefault(project, now)

    async def prepare(self, project: Project) -> None:
        """Have the project's policy pages parsed, before a transaction that plans: in it nothing foreign is parsed."""
        if project.id not in self.at_hand.pages:
            async with self.store.reading() as tx:
                self.at_hand.pages[project.id] = await knowledge.pages(tx, project.id)
        await self.reader.prepare_all(self.at_hand.pages[project.id])
        await self.policy_changes.prepare(self.store, project)

    async def replan(
        self, project: Project, changed: Collection[str], now: datetime, write: Writing | None = None
    ) -> Plan:
        """Plan what changed, and what new rooms are owed, as of `now`, in a transaction of its own. `write` makes the change in
        it, before."""
        steps = Plan()
        await self.prepare(project)
        async with self.store.writing(project.id) as tx:
            await self.newcomers.arrive(tx, project.id)
            is_due = bool(changed) or bool(await store_watches.owed_newest(tx, project.id))
            if is_due:
                await self.redigest(tx, project)
            if write is not None:
                await write(tx)
            if is_due:
                steps = await self.within(tx, project, changed, now, now)
            if write is not None:
                self.failpoint("change planned")
        if write is not None:
            self.failpoint("change committed")
        self.newcomers.arrived(project.id)
        return steps

    async def catch_up(self, project: Project, began_at: datetime, now: datetime) -> Plan:
        """Plan again what was first read since `began_at`: a room began to watch then, and whoever planned may not have known."""
        async with self.store.reading() as tx:
            changed = await knowledge.first_read_since(tx, project.id, began_at)
        return await self.replan(project, changed, now) if changed else Plan()

    async def within(
        self, tx: Tx, project: Project, changed: Collection[str], read_at: datetime, now: datetime
    ) -> Plan:
        """The same in the transaction that changed them, where the project's rooms have arrived and its pages were prepared.
        `read_at` is the source's time at its answer."""
        loaded = await snapshot.load_prepared(tx, project, self.reader)
        facts = loaded.knowledge
        self.at_hand.note(facts)
        await self.readings.tell(tx, project, facts, now)
        if facts.baseline_at is None:
            return Plan()
        await self.lint.tell(tx, loaded, changed, now)
        cards_arrive = await self._cards_arrive(tx, project, now)
        people_at = await self.requests.request(tx, loaded, now, changed=bool(changed), cards_arrive=cards_arrive)
        await ledger.record(tx, self._unread_policy(tx, project, facts, changed), now)
        owed = await store_watches.owed_newest(tx, project.id)
        touched = set(changed) | await ledger.held_subjects(tx, project.id)
        introduced = _newest(loaded) if owed else frozenset()
        if not touched and not introduced:
            self._remember_next_check(project.id, people_at)
            await store_watches.settle_owed(tx, project.id, owed)  # there is no release yet: the first one will be news
            return Plan()
        since = await store_watches.since(tx, project.id)
        roles = await line_roles.pinged_in(tx, project.id)
        here = self.newcomers.in_plan(tx, project.id)
        with_digest = [room.address for room in here if room.watch_filter.digest]
        last_digests = await digests.last_due(tx, with_digest) if with_digest else {}
        watches = [
            Watch(
                room,
                since[room.address],
                introduced if room.address in owed else frozenset(),
                roles.get(room.address, {}) if has_roles(project, room) else {},
                last_digests.get(room.address),
                followed=self.is_followed(room.address),
            )
            for room in here
        ]
        touched |= introduced
        posted = {(item.room, item.subject): item for item in await ledger.posted(tx, project.id, None)}
        gap = await restore_gap.gap(tx)
        steps = plan(
            loaded,
            watches,
            posted,
            touched,
            now=now,
            settle=self.settle,
            policy_news=await self.policy_changes.news(tx, project, facts, touched, read_at),
            singly_until=gap.end if gap is not None else None,
            in_digest=await digests.listed(tx, project.id),
            cards_arrive=cards_arrive,
            renderers=RENDERERS,
        )
        remarks = notices.renumbered(project, loaded)
        if steps.decisions or steps.messages or remarks:
            await outbox.lock(tx)  # before the ledger is locked: in the order of those who record what was sent
        await ledger.record(tx, steps.decisions, now)
        await outbox.add(tx, [*steps.messages, *remarks], now)
        await store_watches.settle_owed(tx, project.id, owed - _holding(steps, introduced))
        self._remember_next_check(project.id, steps.replan_at, people_at)
        return steps

    async def _cards_arrive(self, tx: Tx, project: Project, now: datetime) -> bool:
        """Whether the maintainers can be asked. Where they cannot, the operator is told once."""
        if not needs_approval(project):
            return True
        arrive = await words.cards_arrive(tx, project.id, project.maintainers_room, now)
        if arrive:
            self._not_asked.discard(project.id)
        elif project.id not in self._not_asked:
            self._not_asked.add(project.id)
            log.error(
                "the maintainers cannot be asked: everything goes out unasked until their room takes messages again",
                project=project.id,
                room=project.maintainers_room,
            )
        return arrive

    def _unread_policy(self, tx: Tx, project: Project, facts: Knowledge, changed: Collection[str]) -> list[Decision]:
        """Why nothing is said of a page that cannot be read, for every room that would hear of a change."""
        subject, newer = str(SubjectId("policy", facts.project)), facts.newer_unreadable
        if subject not in changed or newer is None or not newer.page.exists:
            return []
        why = (
            f"The page {newer.page.unreadable}." if newer.page.unreadable else self.reader.read(newer.page.text).problem
        )
        return [
            Decision(project=facts.project, subject=subject, room=room.address, verdict="skip", reason=why)
            for room in self.newcomers.in_plan(tx, project.id)
            if "policy" in room.watch_filter.events
        ]

    def _remember_next_check(self, project: ProjectId, *times: datetime | None) -> None:
        first = min((time for time in times if time is not None), default=None)
        if first is None:
            self.next_check.pop(project, None)
        else:
            self.next_check[project] = first


def _holding(steps: Plan, introduced: Collection[str]) -> frozenset[str]:
    """The rooms that are shown the newest release once it has been read again."""
    return frozenset(each.room for each in steps.decisions if each.verdict == "hold" and each.subject in introduced)


def _newest(snapshot: ProjectSnapshot) -> frozenset[str]:
    newest = (tag for tag, item in snapshot.releases.items() if item.newest)
    return frozenset(str(SubjectId("release", snapshot.project.id, tag)) for tag in newest)
