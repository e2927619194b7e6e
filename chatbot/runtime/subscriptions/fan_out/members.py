"""Who may still know of a project that is not public: whoever is in the room where they subscribed to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import structlog

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.ports import ChatUnavailable
from chatbot.runtime.subscriptions.fan_out.registry import Registry
from chatbot.store.subscriptions.subscribers import Subscriber

log = structlog.get_logger(__name__)


@runtime_checkable
class Membership(Protocol):
    """A chat that can tell who is in a room."""

    async def shares(self, person: RoomAddress, room: RoomAddress, *, fresh: bool = False) -> bool | None:
        """Whether the person is in the room; None where nobody can tell. `fresh`: as of this moment, else an answer of the
        last minutes will do. Raises ChatUnavailable."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may be written to.

    subscribers: with the subscriptions because of which they may
    lost_ids: the subscriptions that have ended
    unsure: of whom nobody can tell at the moment, at least of some subscription
    """

    subscribers: Sequence[Subscriber]
    lost_ids: Sequence[int] = ()
    unsure: Sequence[RoomAddress] = ()


@dataclass(slots=True)
class Members:
    """Asks the chats. Where none can tell, the subscription stays and nothing is sent.

    registry: the projects and rooms of the configuration: other rooms say nothing about who may know of a project
    chats: by name, who can tell
    fresh: whether they are asked for this very moment: a person may have left the room a moment ago and asks now
    """

    registry: Callable[[], Registry]
    chats: Mapping[str, Membership] = field(default_factory=dict)
    fresh: bool = False
    _answers: dict[tuple[RoomAddress, RoomAddress], bool | None] = field(default_factory=dict)

    def forget(self) -> None:
        """Ask anew from now on."""
        self._answers.clear()

    def all_of(self, project_id: ProjectId, subscribers: Sequence[Subscriber]) -> Permission | None:
        """All of them, where everybody may know of the project; None where somebody must be asked (`ask`)."""
        project = self.registry().project(project_id)
        return Permission(subscribers) if project is not None and project.public else None

    async def ask(self, project_id: ProjectId, subscribers: Sequence[Subscriber]) -> Permission:
        """What may be sent about a project to these people. Whoever left the room ends their subscription by that."""
        people: list[Subscriber] = []
        lost_ids: list[int] = []
        unsure: list[RoomAddress] = []
        for subscriber in subscribers:
            homes = {each.id: each.home for each in subscriber.stored}
            answers = await self.verdicts(project_id, subscriber.person, homes)
            lost_ids += [number for number, answer in answers.items() if answer is False]
            unsure += [subscriber.person] if None in answers.values() else []
            mine = [number for number, answer in answers.items() if answer]
            if mine:
                people.append(subscriber.with_only(mine))
        return Permission(people, lost_ids, unsure)

    async def verdicts(
        self, project_id: ProjectId, person: RoomAddress, homes: Mapping[int, RoomAddress]
    ) -> dict[int, bool | None]:
        """Of a person's subscriptions to a project (by id, the room where each was made): whether they may know of it because of
        that; None where nobody can tell, or the configuration does not name the room: that may be a mistake (`timed.homes`)."""
        registry = self.registry()
        project = registry.project(project_id)
        if project is None:
            return dict.fromkeys(homes)
        if person in project.maintainers:  # they know of it wherever they are
            return dict.fromkeys(homes, True)
        rooms = registry.rooms_of(project_id)
        return {number: await self._shares(person, home, rooms) for number, home in homes.items()}

    async def _shares(self, person: RoomAddress, home: RoomAddress, rooms: frozenset[RoomAddress]) -> bool | None:
        if home not in rooms:
            return None
        chat = self.chats.get(home.chat)
        if chat is None or person.chat != home.chat:
            return None
        if (person, home) not in self._answers:
            try:
                self._answers[person, home] = await chat.shares(person, home, fresh=self.fresh)
            except ChatUnavailable as away:
                log.warning("membership could not be checked; nothing is sent", chat=home.chat, reason=away.reason)
                self._answers[person, home] = None
        return self._answers[person, home]
