"""Looking back in a room: whether a message of ours is already there, and what was said while we were away."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chatbot.chats.matrix.format import MARK
from chatbot.chats.matrix.homeserver import Refusal, in_room
from chatbot.chats.matrix.rooms import Event, Room
from chatbot.chats.matrix.session import Session
from chatbot.chats.matrix.sync import Gap, is_message
from chatbot.ports import ChatRefused, MessageGone, Outgoing

PAGE = 100
OWN_PAGES = 30  # of our own messages
GAP_PAGES = 20  # of everybody's
SLACK = timedelta(hours=1)  # clocks of servers differ


async def find(session: Session, room: Room, outgoing: Outgoing) -> str | None:
    """The event id of an earlier attempt at `outgoing`. Raises MessageGone where a moderator removed it."""
    oldest = outgoing.first_attempt_at - SLACK if outgoing.first_attempt_at else None
    try:
        async for event in _back(session, room.id, {"filter": json.dumps({"senders": [session.us]})}, OWN_PAGES):
            if oldest is not None and said_at(event) < oldest:
                return None
            if _is_attempt(session, room, event, outgoing):
                return str(event.get("event_id", ""))
    except Refusal as refusal:
        raise ChatRefused(f"the history of {room.id} cannot be read ({refusal.code}): let the bot read it") from refusal
    return None


async def missed(session: Session, gap: Gap, since: str | None, oldest: datetime) -> list[Event]:
    """What was said in a gap, oldest first, as far as it is young enough to be answered. Without `since` it has no other end."""
    if gap.behind is not None and said_at(gap.behind) < oldest:
        return []
    events = list[Event]()
    try:
        async for event in _back(session, gap.room, {"from": gap.before} | ({"to": since} if since else {}), GAP_PAGES):
            if said_at(event) < oldest:
                break
            if is_message(event):
                events.append(event)
    except Refusal:  # we are not in the room any more
        return []
    return events[::-1]


def said_at(event: Event) -> datetime:
    """When the event's server says it was sent; a nonsense time is the beginning of time."""
    stamp = event.get("origin_server_ts")
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC) if isinstance(stamp, int) else datetime.fromtimestamp(0, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


async def _back(session: Session, room: str, query: Mapping[str, Any], pages: int) -> AsyncIterator[Event]:
    parameters = {"dir": "b", "limit": PAGE, **query}
    for _ in range(pages):
        answer = await session.server.get(in_room(room, "messages"), parameters)
        chunk = answer.get("chunk")
        for event in chunk if isinstance(chunk, list) else []:
            if isinstance(event, Mapping):
                yield event
        end = answer.get("end")
        if not isinstance(end, str) or end == parameters.get("to"):
            return
        parameters["from"] = end


def _is_attempt(session: Session, room: Room, event: Event, outgoing: Outgoing) -> bool:
    unsigned = event.get("unsigned")
    unsigned = unsigned if isinstance(unsigned, Mapping) else {}
    ours = unsigned.get("transaction_id") == outgoing.key
    if ours and ("redacted_because" in unsigned or not event.get("content")):
        raise MessageGone("a moderator removed the message")
    if ours:
        return True
    content = event.get("content")
    mark = content.get(MARK) if isinstance(content, Mapping) else None
    if not isinstance(mark, Mapping) and event.get("type") == "m.room.encrypted":
        clear = session.crypto.incoming.read(room.id, event) or {}
        mark = clear.get("content", {}).get(MARK)
    if not isinstance(mark, Mapping) or not isinstance(content, Mapping):
        return False
    relation = content.get("m.relates_to")
    amends = isinstance(relation, Mapping) and (relation.get("rel_type") == "m.replace" or _answers(relation))
    same = mark.get("announcement") == outgoing.announcement and not outgoing.replaces and not amends
    return mark.get("key") == outgoing.key or (same and not outgoing.reply_to)


def _answers(relation: Mapping[str, Any]) -> bool:
    """Whether an event is a reply on purpose; what only stands in a thread names a message for clients that know no threads."""
    if relation.get("is_falling_back") is True:
        return False
    reply = relation.get("m.in_reply_to")
    event = reply.get("event_id") if isinstance(reply, Mapping) else None
    return event is not None and event != relation.get("event_id")
