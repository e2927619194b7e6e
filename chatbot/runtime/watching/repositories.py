"""Public repositories that nobody configured: how one is found, when its watch ends, and that it is forgotten then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from chatbot.core.announce.messages import PlannedMessage, short_hash
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.watches import Project
from chatbot.core.queries.answers.watching import no_longer_public
from chatbot.core.rate_allowance import RateAllowance
from chatbot.core.watching.room_watch import RoomWatch, repository_named, repository_project
from chatbot.ports import Clock, ProjectHidden, ProjectReplaced, SourceRefused
from chatbot.store import outbox, room_watches, watches
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.outbox.deliveries import drop_unwatched

log = structlog.get_logger(__name__)

HIDDEN_FOR = timedelta(hours=1)  # a repository that nobody can see for so long is gone
AT_ONCE, EVERY = 6, 60.0  # repositories that are looked up for one server: at once, and seconds for one more
_NOTICES = ProjectId("watching")  # in the place of the project in a notice's subject: it outlives the project's own


class TooManyLookups(Exception):
    """Several repositories were looked up for this server just now. That says nothing about the one that was named."""


@dataclass(slots=True, kw_only=True)
class Repositories:
    """What rooms may watch beyond the configured projects.

    allowed: whether they may
    per_server: how many of them in one server
    public_name: the full name of a public repository, "" where there is none. Raises SourceUnavailable
    """

    store: Store
    clock: Clock
    is_allowed: bool
    per_server: int
    public_name: Callable[[str], Awaitable[str]]
    allowance: RateAllowance = field(default_factory=lambda: RateAllowance(AT_ONCE, EVERY))
    _hidden_since: dict[ProjectId, datetime] = field(default_factory=dict)

    async def find(self, text: str, server: str) -> Project | None:
        """The project of a public repository; None where there is none to see. Raises SourceUnavailable, and TooManyLookups."""
        repository = repository_named(text)
        if not (self.is_allowed and repository):
            return None
        if not self.allowance.take(server, self.clock()):
            raise TooManyLookups
        name = await self.public_name(repository)
        return repository_project(name) if repository_named(name) else None

    def is_full(self, project: ProjectId, server: str, current: list[RoomWatch]) -> bool:
        """Whether this server watches as many repositories as it may."""
        here = {watch.project for watch in current if watch.repository and watch.server == server}
        return project not in here and len(here) >= self.per_server

    async def refused(self, project: Project, refusal: SourceRefused | None) -> None:
        """A source of the repository refuses, or works again: what nobody can see for long is watched no more."""
        if refusal is None:
            self._hidden_since.pop(project.id, None)
            return
        if isinstance(refusal, ProjectHidden):
            since = self._hidden_since.setdefault(project.id, self.clock())
            if self.clock() - since < HIDDEN_FOR:
                return
        elif not isinstance(refusal, ProjectReplaced):
            return
        try:
            await self._end(project)
        except StoreUnavailable as full:
            log.error("a watch could not be ended; the next poll tries again", project=project.id, reason=str(full))  # noqa: TRY400 - its sentence says all

    async def _end(self, project: Project) -> None:
        """No room watches it any more, and each is told in a sentence."""
        now = self.clock()
        async with self.store.writing(project.id) as tx:
            rooms = [watch.room for watch in await room_watches.every(tx) if watch.project == project.id]
            for room in rooms:
                await room_watches.remove(tx, room, project.id)
                await watches.end(tx, project.id, room, now)
                await drop_unwatched(tx, project.id, room, now)
            await outbox.add(tx, [_notice(project, rooms, now)] if rooms else [], now)
        self._hidden_since.pop(project.id, None)
        log.warning(
            "a repository is watched no more: nobody can see it", repository=project.repository, rooms=len(rooms)
        )


def _notice(project: Project, rooms: list[RoomAddress], now: datetime) -> PlannedMessage:
    name = short_hash("watch ended", project.id, now.isoformat())
    return PlannedMessage(
        project=ProjectId(""),
        subject=str(SubjectId("notice", _NOTICES, name)),
        kind="new",
        message=no_longer_public(project.repository),
        lane=Lane.SECURITY,
        revisions=dict.fromkeys(rooms, 1),
    )
