"""A planned release as an event of a chat's server, which its members can be reminded of: what it shows, and the port to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from chatbot.core.announce.digest import digest, moment_facts
from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule.phases import LATE_AFTER
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Project

Changed = Literal["changed", "begun", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """What an event shows. `location`: where to read on; `ends`: when nobody waits for it any more."""

    name: str
    description: str
    location: str
    begins: datetime
    ends: datetime

    @property
    def digest(self) -> str:
        """Stands for all of it."""
        times = [moment_facts(self.begins), moment_facts(self.ends)]
        return digest(["event", self.name, self.description, self.location, *times])


def event_of(project: Project, entry: Scheduled, page: str) -> ServerEvent:
    """The event of a planned release. All words are ours, as in its post. `page`: where the project publishes."""
    return ServerEvent(
        name=f"{project.name} {entry.version}: security release",
        description=f"It fixes a problem of {entry.severity} severity. Plan time to upgrade then. "
        "Its details are published with it.",
        location=page,
        begins=entry.at,
        ends=entry.at + LATE_AFTER,
    )


def server_events(chat: object) -> "ServerEvents | None":
    """The events of a chat's servers; None for a chat that has no such thing."""
    events = getattr(chat, "events", None)
    return events if isinstance(events, ServerEvents) else None


@runtime_checkable
class ServerEvents(Protocol):
    """A server is called as its chat calls it (`discord:1234`). All raise ChatRefused, with a sentence that says what to do, and
    ChatUnavailable."""

    async def server_of(self, room: RoomAddress) -> str:
        """The server that a room belongs to."""

    async def ours_with_name(self, server: str, name: str) -> Sequence[str]:
        """The events with this name that the bot made and that are not over, the oldest first."""

    async def make(self, server: str, event: ServerEvent) -> str:
        """Make an event; return its id."""

    async def change(self, server: str, number: str, event: ServerEvent) -> Changed:
        """Make it show this. One that has begun, or is over, or was deleted by somebody, stays as it is."""

    async def finish(self, server: str, number: str, *, came: bool) -> None:
        """What it was for came, or will not come. What is over, or deleted, stays as it is."""
