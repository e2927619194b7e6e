"""What an operator needs to know after a start or a reload: what was read, and which rooms have problems."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from chatbot.core.checks.result import LONGEST_NAME, CheckResult, attention, grouped
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.watches import Project
from chatbot.core.text.visible import printable
from chatbot.ports import Chat
from chatbot.runtime.checks.rooms import RoomChecks
from chatbot.runtime.services import Services
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.knowledge.summary import Summary, baselines, summary

log = structlog.get_logger(__name__)

_WRONG = ("an account needs attention", "a room needs attention")
_FINE_AGAIN = ("an account is fine again", "a room is fine again")

EVERY = 1800.0  # seconds between two looks at the rooms of a chat
SETTLE_SECONDS = 5.0  # seconds until a chat that has just connected has joined the rooms that it is invited to


@dataclass(slots=True)
class StartReport:
    """Logs it in the background, and holds nothing up. `reported` are the projects that were reported on; `new` those that
    had not been read when they were first configured."""

    services: Services
    chats: Sequence[Chat]
    settle_seconds: float = SETTLE_SECONDS
    every: float = EVERY
    checks: RoomChecks = field(init=False)
    reported: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.checks = RoomChecks(self.services.clock)
        self.services.answers.checks = self.checks.by_chat

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

    async def keep(self) -> None:
        """Report, and look at the rooms again and again, so that what breaks between two starts is known before the next
        announcement."""
        await asyncio.gather(self.run(), *map(self._look_again, self.chats))

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
        await chat.ready()
        await asyncio.sleep(self.settle_seconds)
        if (results := await self._checked(chat)) is None:
            return
        for result in grouped(attention(results)):
            _complain(result)
        problems, rooms = len(attention(results)), sum(result.kind == "room" for result in results)
        log.info("rooms checked", chat=chat.name, rooms=rooms, problems=problems)

    async def _look_again(self, chat: Chat) -> None:
        """Check the rooms of a chat now and then, and log what has changed since."""
        while True:
            await asyncio.sleep(self.every)
            await chat.ready()
            _, before = self.checks.by_chat.get(chat.name, (None, ()))
            wrong_before = {result.subject: result.words for result in attention(before)}
            results = await self._checked(chat) or ()
            news = [each for each in attention(results) if wrong_before.get(each.subject) != each.words]
            for result in grouped(news):
                _complain(result)
            for result in results:
                if result.verdict == "fine" and result.subject in wrong_before:
                    log.info(_FINE_AGAIN[result.kind == "room"], chat=result.chat, **_called(result))

    async def _checked(self, chat: Chat) -> Sequence[CheckResult] | None:
        """What a check showed; None where it failed by a fault of ours."""
        try:
            return await self.checks.check(self.services.config, chat)
        except Exception:  # a check must end nothing
            log.exception("the rooms could not be checked", chat=chat.name)
            return None


def _complain(result: CheckResult) -> None:
    """One line for an account or a room that needs somebody."""
    if result.verdict == "away":
        log.warning("the rooms could not be checked", chat=result.chat, reason=result.words, **_called(result))
    else:
        log.warning(_WRONG[result.kind == "room"], chat=result.chat, problem=result.words, **_called(result))


def _called(result: CheckResult) -> dict[str, str]:
    if result.kind != "room":
        return {}
    name = printable(result.name).strip()[:LONGEST_NAME]
    return {"room": result.subject, "room_name": name} if name else {"room": result.subject}


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
