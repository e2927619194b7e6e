"""What `/status` says of deliveries and chats: what waits, what is refused or parked, and how soon news arrives."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chatbot.core.checks.result import CheckResult, attention, grouped
from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries.answers.arrival import words as arrival_words
from chatbot.core.queries.answers.status import Broken, ForMaintainers, Health, Refusing
from chatbot.runtime.queries.arrival import arrival
from chatbot.runtime.queries.names import chat_name
from chatbot.store import outbox, parsing
from chatbot.store.database.db import Tx
from chatbot.store.outbox import deliveries
from chatbot.store.outbox.deliveries import Listed

Checks = Mapping[str, tuple[datetime, Sequence[CheckResult]]]  # by chat: when it was checked last, and what that showed

_WAITING = (State.PENDING, State.SENDING, State.DOUBTFUL, State.REFUSED)


@dataclass(frozen=True, slots=True)
class RoomsShown:
    """Which rooms may be named to the asker: those of the projects that they keep (`keeps`), and the one where it is asked.
    `word` is what people call a room in that chat."""

    here: RoomAddress
    word: str
    keeps: Collection[RoomAddress]
    name_of: Callable[[RoomAddress], str]

    def refusing(self, room: RoomAddress, reason: str, waiting: int) -> Refusing:
        """A room that takes no messages. Which it is, and why, is for those who keep it."""
        is_shown = room in self.keeps or room == self.here
        return Refusing(room=self.name_of(room) if is_shown else "", reason=reason if is_shown else "", waiting=waiting)


def rooms_of(projects: Collection[Project], rooms: Sequence[Room]) -> frozenset[RoomAddress]:
    """The rooms that watch one of these projects, and their maintainers' rooms."""
    ids = {project.id for project in projects}
    watching = {room.address for room in rooms if ids & set(room.projects)}
    return frozenset(watching | {project.maintainers_room for project in projects if project.maintainers_room})


async def health_of(
    tx: Tx,
    projects: Collection[ProjectId],
    rooms: RoomsShown,
    stopped: Mapping[str, str],
    checks: Checks,
    now: datetime,
    itself: Sequence[str] = (),
) -> Health:
    """How these projects fare; what waits of others would hint at them. `stopped`: the chats that are, each with the reason;
    `checks`: what the last check of each chat showed; `itself`: what is wrong with the version of the bot that runs."""
    counted = await outbox.counts(tx, projects=projects)
    unparsed: dict[str, list[tuple[str, str]]] = {}
    for item in await parsing.quarantined(tx, projects, now):
        unparsed.setdefault(item.project, []).append((item.name, item.reason))
    refusing = await outbox.refusing(tx, projects=projects)
    more = None
    if rooms.keeps:
        parked = await deliveries.listing(tx, (State.PARKED,))
        at_odds = {room for room, _, _ in refusing}
        ours = [each for each in parked if _is_of(each, projects)]
        more = _for_maintainers(rooms, checks, at_odds, ours, {name for name, reason in stopped.items() if reason})
        more = replace(more, itself=itself)
    return Health(
        waiting=sum(counted.get(state, 0) for state in _WAITING),
        unparsed=unparsed,
        refusing=[rooms.refusing(*each) for each in refusing],
        failing=await outbox.failing(tx, projects=projects),
        stopped={chat_name(name): reason for name, reason in stopped.items()},
        parked=counted.get(State.PARKED, 0),
        oldest_waiting=await outbox.oldest_pending(tx, projects=projects),
        arrival=arrival_words(await arrival(tx, projects, rooms.here, now), rooms.word),
        more=more,
    )


def _for_maintainers(
    rooms: RoomsShown,
    checks: Checks,
    refusing: Collection[RoomAddress],
    parked: Sequence[Listed],
    stopped: Collection[str],
) -> ForMaintainers:
    """What the last checks of their rooms showed. A room that refuses a message is named with its reason already."""
    chats = {room.chat for room in rooms.keeps}
    ours = {chat: check for chat, check in checks.items() if chat in chats}
    accounts = {chat: [each for each in results if each.kind == "account"] for chat, (_, results) in ours.items()}
    seen = [each for _, results in ours.values() for each in results if RoomAddress(each.subject) in rooms.keeps]
    others = [each for each in attention(seen) if each.subject not in refusing]
    broken = [
        *((chat_name(chat), each) for chat, results in accounts.items() for each in attention(results)),
        *((rooms.name_of(RoomAddress(each.subject)), each) for each in grouped(others)),
    ]
    return ForMaintainers(
        checked=len(seen),
        checked_at=min((at for at, _ in ours.values()), default=None),
        broken=[Broken(room=name, words=each.words) for name, each in broken],
        chats=[chat_name(chat) for chat, results in sorted(accounts.items()) if results and not attention(results)],
        unchecked=[chat_name(chat) for chat in sorted(chats - ours.keys() - set(stopped))],
        parked=[(rooms.name_of(each.room), each.title) for each in parked if each.room in rooms.keeps],
    )


def _is_of(delivery: Listed, projects: Collection[ProjectId]) -> bool:
    """Whether it is about one of the projects; an answer to somebody is nobody else's."""
    return bool(delivery.subject) and SubjectId.parse(delivery.subject).project in projects
