"""What came of the decisions about one subject in one room: announced or not, why, and what followed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce.messages import Decision
from chatbot.core.announce.plan_builder import BRIDGED, EDITED, SAME_AS
from chatbot.core.model.ids import RoomAddress

TimedDecision = tuple[datetime, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What was decided for one room.

    announced_at: when it was announced; None where it was not, or nobody knows when
    is_announced: whether it was
    reason: why it was announced, or why not
    waits: it was not announced yet
    events: what happened to the announcement since, each with its time
    """

    announced_at: datetime | None
    is_announced: bool
    reason: str
    waits: bool
    events: tuple[tuple[datetime, str], ...]


def by_room(decisions: Iterable[TimedDecision]) -> dict[RoomAddress, list[TimedDecision]]:
    """The decisions of each room. That two ids mean the same advisory is for the id that stays to tell."""
    rooms: dict[RoomAddress, list[TimedDecision]] = {}
    for at, decision in decisions:
        if not decision.reason.startswith(SAME_AS):
            rooms.setdefault(decision.room, []).append((at, decision))
    return rooms


def course_of(decisions: Sequence[TimedDecision], *, all_rooms: bool) -> Course:
    """What came of the decisions for one room. What was waited for matters only while it is waited for."""
    announced = next(((at, decision) for at, decision in decisions if decision.verdict == "announce"), None)
    is_announced = announced is not None or any(decision.verdict in ("amend", "escalate") for _, decision in decisions)
    last = decisions[-1][1]
    reason = announced[1].reason if announced else "" if is_announced else last.reason
    if reason.startswith(BRIDGED) and not all_rooms:
        reason = "a room that is bridged with this one shows it"
    return Course(
        announced_at=announced[0] if announced else None,
        is_announced=is_announced,
        reason=reason.removesuffix("."),
        waits=not is_announced and last.verdict == "hold",
        events=tuple(_events(decisions)),
    )


def _events(decisions: Sequence[TimedDecision]) -> list[tuple[datetime, str]]:
    """Edits and replies. Several edits in a row count as the last one."""
    events: list[tuple[datetime, str]] = []
    edits = 0
    for at, decision in decisions:
        if decision.verdict == "escalate":
            events.append((at, f"got worse: {_as_part(decision.reason)}"))
            edits = 0
        elif decision.verdict == "amend" and decision.reason == EDITED:
            edits += 1
            if edits > 1:
                events.pop()
            events.append((at, "edited" if edits == 1 else f"edited, for the {_ordinal(edits)} time"))
        elif decision.verdict == "amend":
            events.append((at, decision.reason))
            edits = 0
    return events


def _as_part(sentences: str) -> str:
    """Sentences as the end of another one."""
    words = sentences.strip().removesuffix(".")
    return words[:1].lower() + words[1:]


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
