"""The weekly lists of people: everybody who wants one is gone through when it is due, in slices that a kill does not repeat."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

import structlog

from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import PlannedMessage, announcement_id
from chatbot.core.delivery import Lane
from chatbot.core.digests.item import DigestItem
from chatbot.core.digests.personal import (
    LONGEST,
    Entry,
    Listed,
    ProjectNews,
    candidates,
    listed,
    period,
    weekly,
    zone_of,
)
from chatbot.core.digests.personal_message import list_items, personal_list
from chatbot.core.digests.schedule import WEEKLY, digest_label, last_digest
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.store import digests, outbox
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, changes, fan_outs, mutes, rounds, subscribers, subscriptions
from chatbot.store.subscriptions import lists as weekly_lists
from chatbot.store.subscriptions.lists import WeeklyList
from chatbot.store.subscriptions.rounds import Round
from chatbot.store.subscriptions.subscribers import WeeklyReader

log = structlog.get_logger(__name__)

AGAIN = timedelta(minutes=15)  # after which those are tried again of whom nobody could tell what they may know of
PATIENCE = timedelta(days=1)  # for how long: then their list comes without that

News = Mapping[ProjectId, ProjectNews]


@dataclass(frozen=True, slots=True)
class PlannedList:
    """One list for several DMs, and what it shows."""

    message: PlannedMessage
    items: Sequence[tuple[ProjectId, DigestItem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some people one after the other, and their lists.

    stamp: of what people had changed when it was prepared
    lost_ids: subscriptions of people who may not know of the project any more
    has_gaps: somebody was passed over, of whom nobody can tell
    last: the last of them; None where there are no more
    """

    stamp: str
    planned: Sequence[PlannedList]
    lost_ids: Sequence[int]
    has_gaps: bool
    last: RoomAddress | None


@dataclass(slots=True)
class Permitted:
    """Some people, with those of their subscriptions that may be written about.

    lost_ids: the subscriptions that have ended
    has_gaps: somebody is not among them, of whom nobody can tell at the moment
    """

    readers: list[WeeklyReader] = field(default_factory=list)
    lost_ids: list[int] = field(default_factory=list)
    has_gaps: bool = False


@dataclass(slots=True)
class WeeklyLists:
    """Sends each person one list a week, of what is news since their last one. When that was is kept for each, and nothing else;
    so a round that comes late, or is cut off, loses and repeats nothing.

    size: people in one slice: nobody else may write while it is written
    done: by time zone, the last round that is over
    waits: by time zone, until when a round waits that goes on for those who were passed over
    """

    planner: Planner
    members: Members
    size: int = 250
    done: dict[str, datetime] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Go through people for the lists that are due."""
        rooms = self.planner.newcomers.configured_rooms()
        for zone in sorted({UTC, *(room.zone for room in rooms)}, key=str):
            due = last_digest(weekly(zone), now)
            if self.done.get(str(zone)) == due or now < self.waits.get(str(zone), now) <= now + AGAIN:
                continue
            current = await self._round(str(zone), due)
            if current.is_over or await self._go_through(zone, current):
                self.done[str(zone)] = due
            else:
                self.waits[str(zone)] = now + AGAIN

    async def _round(self, zone: str, due: datetime) -> Round:
        """The round that is due. The first one of a time zone is over: what came before is nobody's news."""
        async with self.planner.store.reading() as tx:
            current = await rounds.get(tx, zone)
        if current is not None and current.due >= due:
            return current
        fresh = Round(zone=zone, due=due, is_over=True) if current is None else current.following(due)
        async with self.planner.store.writing() as tx:
            await rounds.put(tx, fresh)
        return fresh

    async def _go_through(self, zone: tzinfo, current: Round) -> bool:
        """Whether everybody was gone through, and nobody passed over."""
        self.members.forget()
        news = await self._news(current)
        lists = 0
        while not current.is_over:
            ready = await self._prepare(zone, current, news)
            following = await self._write(zone, current, ready)
            if following is None:  # somebody changed their mind meanwhile, or another process goes through them too
                current = await self._round(current.zone, current.due)
                continue
            lists += sum(len(each.message.revisions) for each in ready.planned)
            current = following
            if not current.after:  # the last slice
                break
        log.info("weekly lists queued", zone=str(zone), lists=lists, complete=current.is_over)
        return current.is_over

    async def _news(self, current: Round) -> News:
        """The news of each project since the first moment that some list may be about."""
        async with self.planner.store.reading() as tx:
            if not await subscribers.weekly(tx, "", 1):
                return {}
            since = await fan_outs.releases_since(tx, current.due - LONGEST)
        news: dict[ProjectId, ProjectNews] = {}
        for project_id, at in since.items():
            project = self.members.registry().project(project_id)
            if project is not None:
                await self.planner.prepare(project)
                async with self.planner.store.reading() as tx:
                    news[project_id] = ProjectNews(await snapshot.load_prepared(tx, project, self.planner.reader), at)
        return news

    # ---- one slice -----------------------------------------------------------------------------------------------------

    async def _prepare(self, zone: tzinfo, current: Round, news: News) -> Slice:
        async with self.planner.store.reading() as tx:
            stamp = await changes.count(tx)
            everybody = await subscribers.weekly(tx, current.after, self.size)
        rooms = self.planner.newcomers.configured_rooms()
        people = [each for each in everybody if each.dm and zone_of(each.subscriptions, rooms) == zone]
        is_late = self.planner.newcomers.clock() - current.due >= PATIENCE
        permitted = await self._permitted(people, news, with_gaps=is_late)
        async with self.planner.store.reading() as tx:
            lists_of = await self._shown(tx, current, permitted.readers, news)
        planned = await asyncio.to_thread(_planned, zone, current, news, lists_of)
        last = everybody[-1].person if len(everybody) == self.size else None
        return Slice(
            stamp=stamp,
            planned=planned,
            lost_ids=permitted.lost_ids,
            has_gaps=permitted.has_gaps,
            last=last,
        )

    async def _permitted(self, people: Sequence[WeeklyReader], news: News, *, with_gaps: bool) -> Permitted:
        """Who may be written to about what. `with_gaps`: also who may get only a part of their list for now: each gets one list a
        week, so what it leaves out they never see."""
        permitted = Permitted()
        for each in people:
            answers: dict[int, bool | None] = {}
            for project in sorted({item.project for item in each.subscriptions}):
                homes = {item.id: item.home for item in each.subscriptions if item.project == project}
                if project not in news:
                    continue
                if self.members.all_of(project, ()) is not None:
                    answers |= dict.fromkeys(homes, True)
                else:
                    answers |= await self.members.verdicts(project, each.person, homes)
            permitted.lost_ids += [number for number, answer in answers.items() if answer is False]
            mine = tuple(item for item in each.subscriptions if answers.get(item.id))
            if None in answers.values() and not with_gaps:
                permitted.has_gaps = True
            elif mine:
                permitted.readers.append(replace(each, subscriptions=mine))
        return permitted

    async def _shown(
        self, tx: Tx, current: Round, people: Sequence[WeeklyReader], news: News
    ) -> list[tuple[RoomAddress, tuple[Listed, ...]]]:
        """What each person's list shows, without what they were sent before, or muted."""
        last = await digests.last_due(tx, [each.dm for each in people])
        entries: dict[RoomAddress, tuple[Entry, ...]] = {}
        for each in people:
            of = period(current.due, last.get(each.dm), current.before)
            entries[each.dm] = candidates(news, each.subscriptions, of)
        every = {entry for theirs in entries.values() for entry in theirs}
        subjects = {entry.subject for entry in every if entry.kind == "release"}
        subjects |= {subject for entry in every for group in entry.alerts for subject in group}
        there: dict[str, set[str]] = {}
        for room, subject in await alerts.subjects_there(tx, subjects, list(entries)) | await _muted(tx, people, every):
            there.setdefault(room, set()).add(subject)
        lists = [
            (dm, listed(theirs, there.get(dm, frozenset())))
            for dm, theirs in entries.items()
            if dm not in last or last[dm] < current.due
        ]
        return [(dm, items) for dm, items in lists if items]

    async def _write(self, zone: tzinfo, current: Round, ready: Slice) -> Round | None:
        """Enqueue a slice; return the round as it stands then, None where the slice does not hold any more."""
        following = rounds.advanced(current, ready.last, has_gaps=ready.has_gaps)
        async with self.planner.store.writing() as tx:
            if await rounds.get(tx, current.zone) != current or await changes.count(tx, lock=True) != ready.stamp:
                return None
            messages = [each.message for each in ready.planned]
            await outbox.add(tx, messages, self.planner.newcomers.clock())
            pairs = [(announcement_id(dm, each.subject), dm) for each in messages for dm in each.revisions]
            await digests.note_personal(tx, pairs, current.due, digest_label(weekly(zone), current.due))
            for each in ready.planned:
                await weekly_lists.keep(tx, WeeklyList(each.message.subject, each.message.digest), each.items)
            if ready.lost_ids:
                await subscriptions.remove(tx, ready.lost_ids)
            await rounds.put(tx, following)
            self.planner.failpoint("lists written")
        self.planner.failpoint("lists committed")
        return following


async def _muted(tx: Tx, people: Sequence[WeeklyReader], entries: set[Entry]) -> set[tuple[str, str]]:
    """What these people muted counts as sent: (DM, subject of the alert)."""
    subjects: set[tuple[str, str]] = set()
    dms = {each.person: each.dm for each in people}
    for project, group in sorted({(entry.project, group) for entry in entries for group in entry.alerts}):
        names = [SubjectId.parse(subject).name for subject in group]
        who = await mutes.who(tx, project, names, list(dms))
        subjects |= {(dms[RoomAddress(each)], group[0]) for each in who if each in dms}
    return subjects


def _planned(
    zone: tzinfo, current: Round, news: News, lists_of: Sequence[tuple[RoomAddress, tuple[Listed, ...]]]
) -> list[PlannedList]:
    """One message for all DMs whose lists are the same."""
    dms: dict[tuple[Listed, ...], list[RoomAddress]] = {}
    for dm, items in lists_of:
        dms.setdefault(items, []).append(dm)
    subject, label = (
        str(SubjectId("digest", WEEKLY, f"{current.due:%Y-%m-%dT%H%MZ}")),
        digest_label(weekly(zone), current.due),
    )
    planned = []
    for items, rooms in dms.items():
        shown = list_items(news, items)
        message, shows = personal_list([item for _, item in shown], label)
        planned_message = PlannedMessage(
            project=items[0].entry.project,
            subject=subject,
            kind="new",
            message=message,
            lane=Lane.PERSONAL,
            revisions=dict.fromkeys(rooms, 1),
            digest=shows,
            template=TEMPLATE,
        )
        planned.append(PlannedList(planned_message, shown))
    return planned
