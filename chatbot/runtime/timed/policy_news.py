"""Changes of policies that wait for a room's digest: what they come to when it is due, or switched off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce.decide import WAITS_FOR_DIGEST
from chatbot.core.announce.digest import TEMPLATE, digest, policy_facts
from chatbot.core.announce.messages import Decision, PlannedMessage, Verdict
from chatbot.core.announce.policy_news import ONE_OF_SEVERAL, POLICY_CHANGED, SAME_AGAIN
from chatbot.core.announce.render.policy import policy_message
from chatbot.core.delivery import Lane
from chatbot.core.digests.item import DigestItem, policy_item
from chatbot.core.digests.schedule import next_digest
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import DigestSchedule, Project, Room
from chatbot.core.support.diff import changes
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_changes import begins
from chatbot.store import knowledge, ledger, outbox
from chatbot.store.database.db import Tx
from chatbot.store.knowledge import policies
from chatbot.store.ledger import HeldSubject

_UNWANTED = "this room does not watch policy changes"


@dataclass(frozen=True, slots=True)
class PolicyNewsOfRoom:
    """Compares the page from before the first change that waits with the page as it is now: what was taken back meanwhile is
    no news, and several changes are one."""

    planner: Planner

    async def prepare(self, projects: Iterable[Project]) -> None:
        """Have the pages from before parsed, before a transaction that compares."""
        async with self.planner.store.reading() as tx:
            waiting = [row for rows in (await ledger.waiting_subjects(tx, WAITS_FOR_DIGEST)).values() for row in rows]
            for project in projects:
                rows = _of(project, waiting)
                since = await begins(tx, project.id) if rows else {}
                for row in rows:
                    page = await policies.in_force_before(tx, project.id, since[row.room, row.subject])
                    await self.planner.reader.prepare_all([page] if page is not None else [])

    async def collect(
        self,
        tx: Tx,
        room: Room,
        project: Project,
        facts: Knowledge,
        waiting: Sequence[HeldSubject],
        schedule: DigestSchedule,
        last: datetime | None,
        now: datetime,
    ) -> tuple[list[DigestItem], list[Decision]]:
        """The change that the room's digest lists, if it is due and there is one; and the decisions about what it does not."""
        rows = [
            row
            for row in _of(project, waiting)
            if next_digest(schedule, max(row.since, last) if last is not None else row.since) <= now
        ]
        sentences = await self._sentences(tx, room, facts, rows)
        page = facts.policy
        if not sentences or page is None:
            return [], [_skip(row, _why_not(room)) for row in rows]
        when = page.page.committed_at or page.first_read_at
        skips = [_skip(row, ONE_OF_SEVERAL) for row in rows[:-1]]
        return [policy_item(project, rows[-1].subject, page.page.link, sentences, when)], skips

    async def flush(
        self, room: Room, projects: Iterable[Project], waiting: Sequence[HeldSubject], now: datetime
    ) -> None:
        """The room has no digest any more: post what waits for one. Releases are posted by the planner."""
        for project in projects:
            if not _of(project, waiting):
                continue
            await self.planner.prepare(project)
            await self.prepare([project])
            async with self.planner.store.writing(project.id) as tx:
                rows = _of(project, (await ledger.waiting_subjects(tx, WAITS_FOR_DIGEST)).get(room.address, ()))
                await self._post(tx, room, project, await knowledge.load(tx, project.id), rows, now)

    async def _post(
        self, tx: Tx, room: Room, project: Project, facts: Knowledge, rows: Sequence[HeldSubject], now: datetime
    ) -> None:
        sentences = await self._sentences(tx, room, facts, rows)
        await outbox.lock(tx)
        if not sentences or facts.policy is None:
            await ledger.record(tx, [_skip(row, _why_not(room)) for row in rows], now)
            return
        page = facts.policy
        when = page.page.committed_at or page.first_read_at
        decisions = [_skip(row, ONE_OF_SEVERAL) for row in rows[:-1]]
        await ledger.record(tx, [*decisions, _decision(rows[-1], "announce", POLICY_CHANGED)], now)
        message = PlannedMessage(
            project=project.id,
            subject=rows[-1].subject,
            kind="new",
            message=policy_message(project, page.page, sentences, page.first_read_at),
            lane=Lane.ROUTINE,
            revisions={room.address: 1},
            digest=digest(policy_facts(page.page.url, sentences, when)),
            template=TEMPLATE,
        )
        await outbox.add(tx, [message], now)

    async def _sentences(self, tx: Tx, room: Room, facts: Knowledge, rows: Sequence[HeldSubject]) -> tuple[str, ...]:
        """What changed since before the first of these; () where nothing did, or the room does not want to know."""
        if not rows or facts.policy is None or "policy" not in room.watch_filter.events:
            return ()
        since = await begins(tx, rows[0].project)
        first = min(since[row.room, row.subject] for row in rows)
        before = await policies.in_force_before(tx, rows[0].project, first)
        if before is None:
            return ()
        reader = self.planner.reader
        return changes(reader.read(before.text), reader.read(facts.policy.page.text))


def _of(project: Project, waiting: Iterable[HeldSubject]) -> list[HeldSubject]:
    """The changes of the project's policy among what waits, the first first."""
    start = f"{SubjectId('policy', project.id)}/"
    return sorted((row for row in waiting if row.subject.startswith(start)), key=lambda row: (row.since, row.id))


def _why_not(room: Room) -> str:
    return SAME_AGAIN if "policy" in room.watch_filter.events else _UNWANTED


def _skip(row: HeldSubject, reason: str) -> Decision:
    return _decision(row, "skip", reason)


def _decision(row: HeldSubject, verdict: Verdict, reason: str) -> Decision:
    return Decision(project=row.project, subject=row.subject, room=row.room, verdict=verdict, reason=reason)
