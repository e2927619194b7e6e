"""Tells a project's maintainers where each release and advisory went out, and what it still lacks: one message, edited."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from chatbot.core.announce.decide import WAITS_FOR_IMAGES
from chatbot.core.announce.digest import TEMPLATE, digest
from chatbot.core.announce.messages import MessageKind, PlannedMessage, PostedMessage, short_hash
from chatbot.core.announce.subject import Subject, find
from chatbot.core.delivery import Lane
from chatbot.core.images.readiness import images_of
from chatbot.core.maintainers.readiness.steps import readiness, rooms
from chatbot.core.maintainers.readiness.went_out import (
    OVERDUE,
    PATIENCE,
    overdue_message,
    went_out_facts,
    went_out_message,
    went_out_subject,
)
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_policy
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.maintainers.readiness import places_of
from chatbot.runtime.queries.names import name_of
from chatbot.store import knowledge, ledger, outbox
from chatbot.store.database.db import Tx
from chatbot.store.maintainers import first_posts
from chatbot.store.maintainers.first_posts import FirstPost

log = structlog.get_logger(__name__)

BEGINS = timedelta(days=1)  # after that no message about it begins
EDITED_FOR = timedelta(days=3)
SELDOM = timedelta(minutes=2)  # between two looks at a project where nothing is open


@dataclass(frozen=True, slots=True)
class _News:
    """Something that went out, or waits for its images. `since`: when it was first to be sent, or waited."""

    posts: tuple[FirstPost, ...]
    since: datetime

    def is_ripe(self, now: datetime) -> bool:
        """Whether it is time to say where it went out."""
        return now - self.since >= PATIENCE or (bool(self.posts) and all(post.is_settled for post in self.posts))

    def is_open(self, now: datetime) -> bool:
        """Whether the clock or its deliveries may soon change what there is to say."""
        return now - self.since < OVERDUE or not all(post.is_settled for post in self.posts)


_Key = tuple[object, ...]


@dataclass(slots=True)
class WentOut:
    """Only the message itself is stored, in the outbox: a restart says nothing twice.

    room_name: what people call a room, "" where nobody knows
    link: to a message in a room, by its reference; "" where there is none
    checked: by project, for which state of things nothing more is due
    quiet_until: by project, until when it is not looked at, since nothing is open
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    room_name: Callable[[RoomAddress], str]
    link: Callable[[RoomAddress, str], str]
    checked: dict[ProjectId, _Key] = field(default_factory=dict)
    quiet_until: dict[ProjectId, datetime] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Write and edit what is due. Raises StoreUnavailable."""
        projects = [
            project
            for project in self.projects()
            if project.maintainers_room and self.quiet_until.get(project.id, now) <= now
        ]
        if not projects:
            return
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
            waiting = await _waiting(tx)
            news = {project.id: await _news(tx, project.id, waiting.get(project.id, {}), now) for project in projects}
        for project in projects:
            items = news[project.id]
            phases = tuple((name, each, each.is_ripe(now), now - each.since >= OVERDUE) for name, each in items.items())
            key = (versions.get(project.id, 0), project.maintainers_room, phases)
            if items and self.checked.get(project.id) != key:
                await self._of_project(project, now)
            self.checked[project.id] = key
            if not any(each.is_open(now) for each in items.values()):
                self.quiet_until[project.id] = now + SELDOM

    async def _of_project(self, project: Project, now: datetime) -> None:
        async with self.planner.store.reading() as tx:
            if not await self._due(tx, await snapshot.load(tx, project, self.planner.reader), now):
                return
        await self.planner.prepare(project)
        async with self.planner.store.writing(project.id) as tx:
            due = await self._due(tx, await snapshot.load_prepared(tx, project, self.planner.reader), now)
            if due:
                await outbox.lock(tx)
                await outbox.add(tx, due, now)
                log.info("the maintainers are told what went out", project=project.id, messages=len(due))
            self.planner.failpoint("went out written")

    async def _due(self, tx: Tx, loaded: ProjectSnapshot, now: datetime) -> list[PlannedMessage]:
        project = loaded.project
        waiting = (await _waiting(tx)).get(project.id, {})
        items = await _news(tx, project.id, waiting, now)
        subjects: dict[str, tuple[Subject, _News]] = {}
        for name, news in items.items():
            subject = find(loaded, name)
            if subject is not None:
                before = subjects.get(subject.id)
                subjects[subject.id] = (subject, _together(before[1], news) if before is not None else news)
        names = {name for subject, _ in subjects.values() for name in (*_places(subject), _reply(subject))}
        posted = {
            each.subject: each
            for each in await ledger.posted(tx, project.id, names)
            if each.room == project.maintainers_room
        }
        return [
            planned
            for subject, news in subjects.values()
            if news.is_ripe(now)
            for planned in await self._of_subject(tx, subject, news, posted, now)
        ]

    async def _of_subject(
        self, tx: Tx, subject: Subject, news: _News, posted: Mapping[str, PostedMessage], now: datetime
    ) -> list[PlannedMessage]:
        loaded = subject.snapshot
        name = next((each for each in _places(subject) if each in posted), _places(subject)[0])
        before = posted.get(name)
        if before is None and now - news.since > BEGINS:
            return []
        waits = [(room, reason) for _, room, reason in await first_posts.waiting(tx, subject.names)]
        places = [
            replace(each, reason="") if each.state == "on the way" else each
            for each in places_of(news.posts, waits, lambda room: name_of(room, self.room_name), self.link)
        ]
        if subject.advisory is None:
            policy = current_policy(loaded.knowledge, self.planner.reader.read)
            images = images_of(loaded, subject.name)
            steps = readiness(loaded, subject.name, policy, images, places, now.date())
            states = [image.state for image in images if image.state is not None]
        else:
            steps, states = tuple(rooms(places)), []
        shows = digest(went_out_facts(subject, steps, states, places))
        if before is None or before.digest != shows:
            kind: MessageKind = "new" if before is None else "edit"
            revision = before.revision + 1 if before is not None else 1
            message = went_out_message(subject, steps, places)
            return [_planned(loaded.project, name, kind, message, shows, revision=revision)]
        is_missing = any(step.state == "missing" for step in steps)
        if now - news.since < OVERDUE or not is_missing or _reply(subject) in posted:
            return []
        message = overdue_message(subject, steps)
        return [
            _planned(loaded.project, _reply(subject), "reply", message, digest(["overdue", subject.id]), parent=name)
        ]


async def _waiting(tx: Tx) -> dict[ProjectId, dict[str, datetime]]:
    """By project, what waits for its images in some room, each with since when."""
    items: dict[ProjectId, dict[str, datetime]] = {}
    for held in (await ledger.waiting_subjects(tx, WAITS_FOR_IMAGES)).values():
        for each in held:
            of_project = items.setdefault(each.project, {})
            of_project[each.subject] = min(each.since, of_project.get(each.subject, each.since))
    return items


async def _news(tx: Tx, project: ProjectId, waiting: Mapping[str, datetime], now: datetime) -> dict[str, _News]:
    """By subject, what was to be sent lately or waits for its images."""
    posts: dict[str, list[FirstPost]] = {}
    for post in await first_posts.since(tx, project, now - EDITED_FOR):
        posts.setdefault(post.subject, []).append(post)
    news = {name: _News(tuple(each), min(post.enqueued_at for post in each)) for name, each in posts.items()}
    return {name: _News((), since) for name, since in waiting.items()} | news


def _together(one: _News, other: _News) -> _News:
    return _News((*one.posts, *other.posts), min(one.since, other.since))


def _places(subject: Subject) -> Sequence[str]:
    return [went_out_subject(name) for name in subject.names]


def _reply(subject: Subject) -> str:
    return str(SubjectId("notice", subject.snapshot.project.id, short_hash("overdue", subject.id)))


def _planned(
    project: Project, name: str, kind: MessageKind, message: Message, shows: str, *, revision: int = 1, parent: str = ""
) -> PlannedMessage:
    return PlannedMessage(
        project=project.id,
        subject=name,
        kind=kind,
        message=message,
        lane=Lane.ROUTINE,
        revisions={project.maintainers_room: revision},
        digest=shows,
        template=TEMPLATE,
        parent=parent,
    )
