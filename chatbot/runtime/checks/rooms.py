"""The rooms of a chat, checked: by `check --online`, at each start and reload, and now and then while the bot runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.checks.result import CheckResult, RoomToCheck, account_away, account_wrong
from chatbot.core.line_roles.server_roles import server_roles
from chatbot.core.line_roles.wanted import has_roles
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.ports import Chat, ChatRefused, ChatStopped, ChatUnavailable, Clock
from chatbot.runtime.config import ServicesConfig

_NO_ROLES = "`line_roles` has no effect here, as this chat has no roles"


def rooms_to_check(config: ServicesConfig, chat: str) -> list[RoomToCheck]:
    """The rooms of a chat that the configuration names, maintainers' rooms included, each with what it needs there."""
    mentions: dict[RoomAddress, Mention | None] = {}
    line_roles: dict[RoomAddress, tuple[ProjectId, ...]] = {}
    for room in config.rooms:  # it may watch several projects, by the file and by command, and mention somebody for one
        mentions[room.address] = mentions.get(room.address) or room.watch_filter.mention
        wanting = [project.id for project in config.projects if has_roles(project, room)]
        line_roles[room.address] = tuple(dict.fromkeys([*line_roles.get(room.address, ()), *wanting]))
    of_maintainers = {project.maintainers_room for project in config.projects if project.maintainers_room}
    return [
        RoomToCheck(
            address=address,
            mention=mentions.get(address),
            line_roles=line_roles.get(address, ()),
            of_maintainers=address in of_maintainers,
            maintainers=_maintainers_in(config, address),
        )
        for address in dict.fromkeys([*mentions, *sorted(of_maintainers)])
        if address.chat == chat
    ]


def _maintainers_in(config: ServicesConfig, room: RoomAddress) -> tuple[str, ...]:
    """Those of the chat of a maintainers' room."""
    projects = [project for project in config.projects if project.maintainers_room == room]
    addresses = dict.fromkeys(each for project in projects for each in project.maintainers)
    return tuple(each for each in addresses if RoomAddress(each).chat == room.chat)


async def check_chat(config: ServicesConfig, chat: Chat) -> list[CheckResult]:
    """Try the account of a chat and its rooms; nothing is written there. An account that is refused or away is one result."""
    rooms = rooms_to_check(config, chat.name)
    try:
        results = await chat.check(rooms)
    except ChatUnavailable as away:
        return [account_away(chat.name, str(away), rooms)]
    except (ChatRefused, ChatStopped) as refused:
        return [account_wrong(chat.name, str(refused), rooms)]
    by_address = {room.address: room for room in rooms}
    has_no_roles = server_roles(chat) is None
    return [_completed(result, by_address, has_no_roles=has_no_roles) for result in results]


def _completed(result: CheckResult, rooms: Mapping[RoomAddress, RoomToCheck], *, has_no_roles: bool) -> CheckResult:
    """The result with what the configuration alone knows of the room."""
    room = rooms.get(RoomAddress(result.subject))
    if result.kind != "room" or room is None:
        return result
    notes = result.notes
    if room.line_roles and has_no_roles:
        notes = (*notes, _NO_ROLES)
    if room.of_maintainers:
        notes = (*notes, "a maintainers' room")
    return replace(result, notes=notes)


@dataclass(slots=True)
class RoomChecks:
    """What the last check of each chat showed; the name of a chat leads to when it was, and its results."""

    clock: Clock
    by_chat: dict[str, tuple[datetime, Sequence[CheckResult]]] = field(default_factory=dict)

    async def check(self, config: ServicesConfig, chat: Chat) -> Sequence[CheckResult]:
        """Check a chat, and keep what it showed."""
        results = await check_chat(config, chat)
        self.by_chat[chat.name] = (self.clock(), results)
        return results
