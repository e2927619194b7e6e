"""What somebody may still know of: a project that is not public exists for who is in the room where they subscribed to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries import reach
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.runtime.subscriptions.fan_out.members import Members, Membership
from chatbot.runtime.subscriptions.fan_out.registry import Registry

Verdicts = Mapping[int, bool | None]
"""By subscription: whether its person may know of its project; None where nobody can tell at the moment."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The projects and rooms at the moment of a command."""

    projects: Sequence[Project]
    rooms: Sequence[Room]


async def verdicts(
    ask: CommandRequest, own: Sequence[Subscription], now: Configured, chats: Mapping[str, Membership]
) -> Verdicts:
    """What holds of the asker's subscriptions at this moment. A chat is asked only about projects that are not public; who
    asks in the room itself is in it, and maintainers know of their project everywhere."""
    answers: dict[int, bool | None] = {each.id: True for each in own}
    for project in now.projects:
        if project.public or reach.maintains(ask, project):
            continue
        here = ask.room if reach.is_watched_here(ask, project, now.rooms) else None
        away = tuple(each for each in own if each.project == project.id and each.home != here)
        if away:
            answers |= await _asked(ask.asker, project, away, now, chats)
    return answers


async def _asked(
    person: RoomAddress,
    project: Project,
    away: tuple[Subscription, ...],
    now: Configured,
    chats: Mapping[str, Membership],
) -> dict[int, bool | None]:
    asked_now = Members(lambda: Registry(now), chats, fresh=True)  # what was answered to a fan-out is of another moment
    return await asked_now.verdicts(project.id, person, {each.id: each.home for each in away})
