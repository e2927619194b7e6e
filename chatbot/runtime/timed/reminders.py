"""Reminds rooms of ends of support: computed each day, and whenever something changes, from the policy page as it stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from chatbot.core.announce.audience import bridge_for
from chatbot.core.announce.digest import TEMPLATE, digest
from chatbot.core.announce.messages import Decision, PlannedMessage
from chatbot.core.announce.policy_subject import policy_subject
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.watches import Project, Room
from chatbot.core.reminders.due import FOR_ROOMS, LastReminder, Reminder, reminders_due
from chatbot.core.reminders.ends import LineEnds, ends_by_statement
from chatbot.core.reminders.page_news import is_page_news
from chatbot.core.reminders.render import reminder_facts, reminder_message, reminder_name
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_policy
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.store import knowledge, ledger, outbox, reminders, watches
from chatbot.store.database.db import Tx

log = structlog.get_logger(__name__)

_Key = tuple[int, date, tuple[RoomAddress, ...], bool]


@dataclass(slots=True)
class Reminders:
    """Gives the reminders that are due. Only what was said is stored: a date on the page counts on the day alone.

    checked: by project, for which knowledge, day and rooms nothing more is due
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    checked: dict[ProjectId, _Key] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Give what is due today (UTC), where anything has changed since the last look."""
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
        for project in self.projects():
            rooms = self._rooms(project.id)
            is_new = self.planner.newcomers.unwritten(project.id)
            key = (versions.get(project.id, 0), now.date(), tuple(room.address for room in rooms), is_new)
            if rooms and self.checked.get(project.id) != key:
                await self._of_project(project, rooms, now)
                self.checked[project.id] = key

    def _rooms(self, project: ProjectId) -> list[Room]:
        """The rooms that watch the project's policy; of rooms that a bridge joins, the first."""
        here = [room for room in self.planner.newcomers.here(project) if "policy" in room.watch_filter.events]
        return [room for room in here if bridge_for(room, here) is None]

    async def _of_project(self, project: Project, rooms: Sequence[Room], now: datetime) -> None:
        async with self.planner.store.reading() as tx:
            loaded = await snapshot.load(tx, project, self.planner.reader)
            if not any(await self._due(tx, loaded, rooms, now)):
                return
        await self.planner.prepare(project)
        async with self.planner.store.writing(project.id) as tx:
            loaded = await snapshot.load_prepared(tx, project, self.planner.reader)
            for room, due in await self._due(tx, loaded, rooms, now):
                await self._give(tx, loaded, room, due, now)
            self.planner.failpoint("reminders written")

    async def _due(
        self, tx: Tx, loaded: ProjectSnapshot, rooms: Iterable[Room], now: datetime
    ) -> list[tuple[Room, tuple[Reminder, ...]]]:
        """The rooms that are owed reminders, each with these."""
        if loaded.knowledge.baseline_at is None:
            return []
        ends, today = self._ends(loaded, now.date()), now.date()
        project = loaded.project.id
        since = await watches.since(tx, project)
        last = await reminders.load(tx, project, [room.address for room in rooms])
        owed = [
            (room, _due_in(ends, last.get(room.address, {}), today, since[room.address].date()))
            for room in rooms
            if room.address in since
        ]
        return [(room, due) for room, due in owed if due]

    def _ends(self, loaded: ProjectSnapshot, today: date) -> LineEnds | None:
        return ends_by_statement(loaded, current_policy(loaded.knowledge, self.planner.reader.read), today)

    async def _give(self, tx: Tx, loaded: ProjectSnapshot, room: Room, due: Sequence[Reminder], now: datetime) -> None:
        """Enqueue the reminders for a room, and write down what it was told."""
        project, today = loaded.project.id, now.date()
        by_page = await self._by_page_news(tx, loaded, room, due)
        messages = [_planned(loaded, room, each, today) for each in due if each not in by_page]
        decisions = [
            Decision(
                project=project, subject=it.subject, room=room.address, verdict="announce", reason=it.message.title
            )
            for it in messages
        ]
        await outbox.lock(tx)
        await ledger.record(tx, decisions, now)
        await reminders.keep(tx, project, room.address, {each.line: each.record for each in due})
        await outbox.add(tx, messages, now)
        lines = [each.line for each in due if each not in by_page]
        if lines:
            log.info("reminders queued", project=project, room=room.address, lines=lines)

    async def _by_page_news(
        self, tx: Tx, loaded: ProjectSnapshot, room: Room, due: Sequence[Reminder]
    ) -> list[Reminder]:
        """Those that the room reads in the news of the page, which was announced there or waits for its digest."""
        facts, read = loaded.knowledge, self.planner.reader.read
        if facts.policy is None or facts.previous_policy is None:
            return []
        before, after = read(facts.previous_policy.page.text), read(facts.policy.page.text)
        in_page = [each for each in due if is_page_news(before, after, loaded.project.component, each)]
        subject = policy_subject(loaded.project.id, facts.previous_policy, facts.policy)
        decisions = await ledger.history(tx, subject, room.address) if in_page else []
        return in_page if any(each.verdict in ("announce", "hold") for _, each in decisions) else []


def _due_in(ends: LineEnds | None, last: Mapping[str, LastReminder], today: date, since: date) -> tuple[Reminder, ...]:
    return reminders_due(ends, last, today, since=since, stages=FOR_ROOMS)


def _planned(loaded: ProjectSnapshot, room: Room, reminder: Reminder, today: date) -> PlannedMessage:
    project = loaded.project.id
    return PlannedMessage(
        project=project,
        subject=str(SubjectId("reminder", project, reminder_name(reminder, today))),
        kind="new",
        message=reminder_message(loaded, reminder, today),
        lane=Lane.ROUTINE,
        revisions={room.address: 1},
        digest=digest(reminder_facts(reminder)),
        template=TEMPLATE,
    )
