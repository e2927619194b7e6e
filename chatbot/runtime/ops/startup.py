"""What an operator needs to know after a start or a reload: what was read, and which rooms have problems."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from chatbot.core.line_roles.server_roles import server_roles
from chatbot.core.line_roles.wanted import has_roles
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Project
from chatbot.ports import Chat, ChatRefused, ChatStopped, ChatUnavailable, Note
from chatbot.runtime.services import Services, ServicesConfig
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.knowledge.summary import Summary, baselines, summary

log = structlog.get_logger(__name__)

SETTLE_SECONDS = 5.0  # seconds until a chat that has just connected has joined the rooms that it is invited to


@dataclass(slots=True)
class StartReport:
    """Logs it in the background, and holds nothing up. `reported` are the projects that were reported on; `new` those that
    had not been read when they were first configured."""

    services: Services
    chats: Sequence[Chat]
    settle_seconds: float = SETTLE_SECONDS
    reported: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)

    async def begin(self) -> None:
        """Before the first poll: remember which projects have not been read yet."""
        async with self.services.store.reading() as tx:
            baselines_by_project = await baselines(tx)
        self.new |= {
            project.id
            for project in self.services.config.projects
            if project.id not in {*baselines_by_project, *self.reported}
        }

    async def run(self) -> None:
        """Report on every project that was not reported on, and on every room."""
        self.reported &= {project.id for project in self.services.config.projects}
        projects = [project for project in self.services.config.projects if project.id not in self.reported]
        await asyncio.gather(*map(self._project, projects), *map(self._rooms, self.chats))

    async def _project(self, project: Project) -> None:
        watches = [watch for watch in self.services.pollers if watch.project.id == project.id]
        await asyncio.gather(*(watch.polled.wait() for watch in watches))
        try:
            async with self.services.store.reading() as tx:
                counts = await summary(tx, project.id)
        except StoreUnavailable as full:
            log.warning("the start report could not be made", project=project.id, reason=str(full))
            return
        self.reported.add(project.id)
        self._tell(project, counts)

    def _tell(self, project: Project, counts: Summary) -> None:
        line = log.bind(project=project.id)
        rooms = sum(project.id in room.projects for room in self.services.config.rooms)
        for source, reason in sorted(counts.unread.items()):
            line.warning("not everything could be read", source=source, reason=reason)
        if counts.baseline_at is None:
            line.warning("the releases have not been read yet; nothing is announced until then")
            return
        line.info(
            "project read",
            repository=project.repository,
            releases=counts.releases,
            advisories=counts.advisories,
            policy=_policy(counts),
            rooms=rooms,
        )
        if project.id in self.new and rooms:
            newest = (
                "the newest release is posted once in each room; "
                if self.services.ingestor.planner.newcomers.introduce
                else ""
            )
            line.info(f"first start: {newest}what was published before it will not be announced")

    async def _rooms(self, chat: Chat) -> None:
        rooms = rooms_to_check(self.services.config, chat.name)
        await chat.ready()
        await asyncio.sleep(self.settle_seconds)
        try:
            sentences = [*await chat.check(rooms), *await role_problems(self.services.config, chat)]
        except (ChatUnavailable, ChatRefused, ChatStopped) as error:
            log.warning("the rooms could not be checked", chat=chat.name, reason=str(error))
        except Exception:  # a check must end nothing
            log.exception("the rooms could not be checked", chat=chat.name)
        else:
            problems = [problem for problem in sentences if not isinstance(problem, Note)]
            for problem in problems:
                log.warning("a room needs attention", problem=problem, chat=chat.name)
            log.info("rooms checked", chat=chat.name, rooms=len(rooms), problems=len(problems))


def rooms_to_check(config: ServicesConfig, chat: str) -> dict[RoomAddress, Mention | None]:
    """The rooms of a chat that the configuration names, maintainers' rooms included, each with whom it mentions there."""
    rooms: dict[RoomAddress, Mention | None] = {}
    for room in config.rooms:  # it may watch several projects, by the file and by command, and mention somebody for one
        rooms[room.address] = rooms.get(room.address) or room.watch_filter.mention
    for project in config.projects:
        if project.maintainers_room:
            rooms.setdefault(project.maintainers_room, None)
    return {address: mention for address, mention in rooms.items() if address.chat == chat}


async def role_problems(config: ServicesConfig, chat: Chat) -> list[str]:
    """What keeps rooms of a chat from having the line roles that they are configured to have, a sentence each."""
    wanting = [
        room.address
        for room in config.rooms
        if room.address.chat == chat.name and any(has_roles(project, room) for project in config.projects)
    ]
    roles = server_roles(chat)
    if roles is None:
        return [Note(f"{room}: `line_roles` has no effect here, as this chat has no roles") for room in wanting]
    return await roles.problems(wanting) if wanting else []


def _policy(counts: Summary) -> str:
    unreadable, policy = counts.unreadable_policy, counts.policy
    if unreadable is not None and unreadable.page.exists:
        return f"{_name(unreadable)} cannot be read"
    if unreadable is not None or policy is None:
        return "none"
    committed = policy.page.committed_at
    return f"{_name(policy)} of {committed:%Y-%m-%d}" if committed is not None else _name(policy)


def _name(policy: TrackedPolicy) -> str:
    return policy.page.path or policy.page.link or "the page"
