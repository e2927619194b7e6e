"""`/watch`, `/watching` and `/unwatch`: the right was checked at the call; what may be watched and pinged is decided here."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import structlog

from chatbot.chats import PROFILES, profile_named
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries.answers import watching as answers
from chatbot.core.queries.answers.arrival import words as arrival_words
from chatbot.core.queries.answers.watching import Place, Watched
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.guidance import which_project
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reach import names_of
from chatbot.core.queries.suggest import Suggestion, project_suggestions
from chatbot.core.text import patterns
from chatbot.core.watching.example import last_announcement
from chatbot.core.watching.options import Options, filter_of, may_ping, read_options, value_of
from chatbot.core.watching.room_watch import RoomWatch, can_be_watched, is_of_repository
from chatbot.core.watching.words import options_of
from chatbot.ports import Clock, SourceUnavailable
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.queries.arrival import arrival
from chatbot.runtime.watching.repositories import EVERY, Repositories, TooManyLookups
from chatbot.store import room_watches, watches
from chatbot.store.database.db import Store, Tx
from chatbot.store.outbox.deliveries import drop_unwatched

log = structlog.get_logger(__name__)

_Configuration = tuple[Sequence[Project], Sequence[Room]]
_MENTIONS = {profile.name: patterns.compile(profile.mention) for profile in PROFILES}
_EARLIEST = 1980  # a watch without a time by the source's clock has one of 1970


@dataclass(slots=True, kw_only=True)
class WatchCommands:
    """Changes what rooms watch, one command after the other.

    by_operator: the operator's projects and rooms
    current: the same as they are now, with what rooms watch by command
    follow: makes what was written down count at once
    first_look: waits for a moment until a project's first poll is over
    late: how long after its publication a project's news usually arrives
    repositories: what may be watched beyond the operator's projects
    context: what an answer about a project is computed from
    """

    store: Store
    clock: Clock
    by_operator: Callable[[], _Configuration]
    current: Callable[[], _Configuration]
    newcomers: Newcomers
    follow: Callable[[], Awaitable[None]]
    first_look: Callable[[ProjectId], Awaitable[None]]
    late: Callable[[ProjectId], timedelta]
    repositories: Repositories
    context: Callable[[Tx, Project, CommandRequest], Awaitable[QueryContext]]
    failpoint: Callable[[str], None] = lambda _name: None
    names: frozenset[str] = frozenset({"watch", "watching", "unwatch"})
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def answer(self, ask: CommandRequest) -> Message:
        """The answer to one of the commands by somebody who has the right. Raises StoreUnavailable."""
        profile = profile_named(RoomAddress(ask.asker).chat)
        place = Place(room_word=profile.room_word, prefix=profile.command_prefix, server_word=profile.server_word)
        if not ask.room:
            return replace(answers.in_a_room_only(place), private=True)
        if ask.command == "watching":
            return await self._watching(ask, place)
        repository = None
        if ask.command == "watch" and not self._is_named(ask):
            try:
                repository = await self.repositories.find(ask.arguments.get("project", ""), ask.server)
            except SourceUnavailable as away:
                log.info("a repository could not be looked up", reason=away.reason)
                return answers.cannot_look()
            except TooManyLookups:
                return answers.too_many_lookups(math.ceil(EVERY / 60))
        async with self._turn:
            if ask.command == "unwatch":
                return await self._unwatch(ask, place)
            return await self._watch(ask, place, profile, repository)

    def suggest(self, ask: CommandRequest, text: str) -> list[Suggestion]:
        """The projects that may be watched, or that are; none where the asker does not manage the room."""
        if not ask.room:
            return []
        candidates = self._watched_here(ask.room) if ask.command == "unwatch" else self._watchable(ask.room)
        return project_suggestions(candidates, text)

    # ---- watch ---------------------------------------------------------------------------------------------------------

    def _is_named(self, ask: CommandRequest) -> bool:
        """Whether a project is named that this room may watch or watches, or none."""
        text = ask.arguments.get("project", "").strip().lower()
        return not text or any(text in names_of(each) for each in self._nameable(ask.room))

    async def _watch(
        self, ask: CommandRequest, place: Place, profile: ChatProfile, repository: Project | None
    ) -> Message:
        project = self._project_in(ask, repository)
        if isinstance(project, Message):
            return project
        if self._is_by_file(ask.room, project.id):
            return answers.set_by_operator(project.name, place)
        options = read_options(ask.arguments, _mentions(profile), _zones())
        if isinstance(options, str):
            return unsure(options)
        if not may_ping(value_of(options, "mention"), ask.may_ping):
            return answers.may_not_ping(value_of(options, "mention"), place)
        if is_of_repository(project.id) and await self._is_full(ask, project):
            return answers.too_many(self.repositories.per_server, place)
        is_new = project.id not in {each.id for each in self._watched_here(ask.room)}
        await self._put(ask, project, options)
        async with self.store.reading() as tx:
            context = await self.context(tx, project, ask)
        example = last_announcement(context.snapshot, filter_of(options, ZoneInfo))
        return answers.watch_answer(
            _shown_name(project),
            options,
            self.late(project.id),
            example,
            place,
            is_new=is_new,
            is_read=context.knowledge.baseline_at is not None,
        )

    def _project_in(self, ask: CommandRequest, repository: Project | None) -> Project | Message:
        """The project that is meant; of a public repository that the operator configured, the operator's."""
        if repository is None:
            return self._project_of(ask, self._nameable(ask.room), implied=self._unwatched(ask.room))
        names = (each for each in self._nameable(ask.room) if each.repository.lower() == repository.repository.lower())
        return next(names, repository)

    async def _is_full(self, ask: CommandRequest, project: Project) -> bool:
        async with self.store.reading() as tx:
            return self.repositories.is_full(project.id, ask.server, await room_watches.every(tx))

    async def _put(self, ask: CommandRequest, project: Project, options: Options) -> None:
        """Write it down, with its silent baseline: all of it or nothing."""
        watch = RoomWatch(
            room=ask.room,
            project=project.id,
            options=options,
            repository=project.repository if is_of_repository(project.id) else "",
            server=ask.server,
            began_at=self.clock(),
        )
        async with self.store.writing(project.id) as tx:
            await room_watches.put(tx, watch)
            await self.newcomers.begin(tx, project.id, watch.room)
            self.failpoint("watch written")
        self.failpoint("watch committed")
        await self.follow()
        if watch.repository:
            await self.first_look(project.id)
        log.info("a room watches a project by command", room=ask.room, project=project.id, **dict(options))

    # ---- unwatch -------------------------------------------------------------------------------------------------------

    async def _unwatch(self, ask: CommandRequest, place: Place) -> Message:
        here = self._watched_here(ask.room)
        by_command = [each for each in here if not self._is_by_file(ask.room, each.id)]
        if not here and not ask.arguments.get("project", "").strip():
            return answers.watching_answer([], place)
        project = self._project_of(ask, self._nameable(ask.room), implied=by_command or here)
        if isinstance(project, Message):
            return project
        if self._is_by_file(ask.room, project.id):
            return answers.set_by_operator(project.name, place)
        async with self.store.writing(project.id) as tx:
            was_there = await room_watches.remove(tx, ask.room, project.id)
            if was_there:
                await watches.end(tx, project.id, ask.room, self.clock())
                await drop_unwatched(tx, project.id, ask.room, self.clock())
        await self.follow()
        if not was_there:
            return answers.not_watched(project.name, place)
        log.info("a room no longer watches a project", room=ask.room, project=project.id)
        return answers.unwatch_answer(_shown_name(project), place)

    # ---- watching ------------------------------------------------------------------------------------------------------

    async def _watching(self, ask: CommandRequest, place: Place) -> Message:
        projects, rooms = self.current()
        by_id = {str(project.id): project for project in projects}
        pairs = [
            (room, by_id[name]) for room in rooms if room.address == ask.room for name in room.projects if name in by_id
        ]
        rows: list[Watched] = []
        async with self.store.reading() as tx:
            for room, project in pairs:
                since = (await watches.since(tx, project.id)).get(ask.room)
                rows.append(
                    Watched(
                        name=_shown_name(project),
                        options=options_of(room),
                        by_file=self._is_by_file(ask.room, project.id),
                        since=since if since is not None and since.year >= _EARLIEST else None,
                        late=self.late(project.id),
                    )
                )
            soon = await arrival(tx, [project.id for _, project in pairs], ask.room, self.clock())
        return answers.watching_answer(rows, place, arrival_words(soon, place.room_word))

    # ---- which project -------------------------------------------------------------------------------------------------

    def _project_of(
        self, ask: CommandRequest, candidates: Sequence[Project], *, implied: Sequence[Project]
    ) -> Project | Message:
        """The project that is meant: of those that may be named, or, where none is named, the only one that is implied."""
        text = ask.arguments.get("project", "").strip()
        prefix = profile_named(RoomAddress(ask.asker).chat).command_prefix
        if text:
            match = next((each for each in candidates if text.lower() in names_of(each)), None)
            return match or which_project(
                ask, implied or candidates, prefix, f"There is no project “{text[:40]}” here."
            )
        return implied[0] if len(implied) == 1 else which_project(ask, implied or candidates, prefix)

    def _watchable(self, room: RoomAddress) -> list[Project]:
        """What this room may watch, or watches."""
        projects, rooms = self.by_operator()
        return can_be_watched(projects, rooms, room)

    def _nameable(self, room: RoomAddress) -> list[Project]:
        here = self._watched_here(room)
        return [*here, *(each for each in self._watchable(room) if each not in here)]

    def _unwatched(self, room: RoomAddress) -> list[Project]:
        """What this room may watch and does not; all of it where there is nothing else."""
        here = {each.id for each in self._watched_here(room)}
        watchable = self._watchable(room)
        return [each for each in watchable if each.id not in here] or watchable

    def _watched_here(self, room: RoomAddress) -> list[Project]:
        projects, rooms = self.current()
        here = {name for each in rooms if each.address == room for name in each.projects}
        return [project for project in projects if project.id in here]

    def _is_by_file(self, room: RoomAddress, project: ProjectId) -> bool:
        return any(each.address == room and project in each.projects for each in self.by_operator()[1])


def _shown_name(project: Project) -> str:
    """A project's name; of a repository that nobody configured its full name, which tells it from others."""
    return project.repository if is_of_repository(project.id) else project.name


def _mentions(profile: ChatProfile) -> Callable[[str], bool]:
    return lambda text: _MENTIONS[profile.name].fullmatch(text) is not None


@cache
def _zones() -> frozenset[str]:
    return frozenset({"UTC", *available_timezones()})
