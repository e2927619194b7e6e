"""Saying things: a delivery → one event in the right room, formatted, encrypted where the room is, at the account's pace."""

import hashlib
from dataclasses import dataclass, replace

from chatbot.chats.matrix.format import MARK, Content, in_reply, in_thread, shortened, to_content, to_edit
from chatbot.chats.matrix.history import find
from chatbot.chats.matrix.homeserver import JSON, Refusal, in_room, quoted
from chatbot.chats.matrix.pace import LONGEST_WAIT
from chatbot.chats.matrix.places import Places, room_and_thread
from chatbot.chats.matrix.reference import Reference
from chatbot.chats.matrix.rooms import Room
from chatbot.chats.matrix.session import Session
from chatbot.core.announce.render.correction import matters
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused, ChatUnavailable, MessageGone, MessageRejected, Outgoing

MOST_EDITS = 50  # of one message, taken away with it
ELSEWHERE = Message(title="I've sent you the answer in a DM.", tone=Tone.ANSWER)


@dataclass(slots=True)
class Sender:
    session: Session
    places: Places

    async def send(self, outgoing: Outgoing) -> str:
        """Say something new. What only the asker may see goes to a direct chat, and the room is told so."""
        question = Reference.parse(outgoing.reply_to) if outgoing.reply_to else None
        room = await self.target(outgoing)
        earlier = await self._said_by_an_earlier_device(room, outgoing)
        if earlier is not None:
            return str(earlier)
        in_dm = question is not None and room.is_direct
        may_ping = room.may_ping_room(self.session.us)
        content = to_content(
            outgoing.message, _mark(outgoing), may_ping_room=may_ping, in_dm=in_dm, numbered=room.is_direct
        )
        here = question is not None and question.room in ("", room.id)
        if question is not None and here:
            content = in_reply(content, question.event, question.thread)
        place, thread = room_and_thread(outgoing.room.place)
        if thread and await self.places.resolve(place) != room.id:
            thread = ""  # it stayed behind in a room that was upgraded
        if thread and question is None:
            content = in_thread(content, thread, await self._newest_in(room, thread))
        event = await self.put(room, content, outgoing.key, answer=bool(question and question.asker))
        if question is not None and question.asker and not here:
            await self._point_elsewhere(question, outgoing.key)
        return str(Reference(room=room.id, event=event, thread=thread))

    async def edit(self, outgoing: Outgoing) -> str:
        """Put new words in the place of a message. From an upgraded room it cannot be edited: what matters is said briefly
        again."""
        old = Reference.parse(outgoing.replaces)
        room = await self.places.open(outgoing.room)
        earlier = await self._said_by_an_earlier_device(room, outgoing)
        if earlier is not None:
            return str(earlier)
        if old.room and old.room != room.id:
            if not matters(outgoing.message):
                return outgoing.replaces
            event = await self.put(
                room, to_content(shortened(outgoing.message), _mark(outgoing)), outgoing.key, answer=False
            )
            return str(Reference(room=room.id, event=event))
        await self._must_be_there(room, old.event)
        may_ping = room.may_ping_room(self.session.us)
        content = to_edit(outgoing.message, _mark(outgoing), old.event, may_ping_room=may_ping, numbered=room.is_direct)
        await self.put(room, content, outgoing.key, answer=False)
        return outgoing.replaces

    async def find(self, outgoing: Outgoing) -> str | None:
        """The reference of an earlier attempt, None where there is none."""
        reference = await self._look(await self.target(outgoing), outgoing)
        if reference is None:
            return None
        edited = outgoing.replaces and Reference.parse(outgoing.replaces).room in ("", reference.room)
        if edited:
            return outgoing.replaces
        place, thread = room_and_thread(outgoing.room.place)
        stays = thread and await self.places.resolve(place) == reference.room
        return str(replace(reference, thread=thread if stays else ""))

    async def remove(self, message: Reference) -> None:
        """Remove a message of our own, with its edits, which some clients show as messages. Raises ChatRefused where the room
        does not let us."""
        path = f"/v1/rooms/{quoted(message.room)}/relations/{quoted(message.event)}/m.replace"
        try:
            chunk = (await self.session.server.get(path, {"limit": MOST_EDITS})).get("chunk")
            edits = [str(each.get("event_id", "")) for each in chunk or () if each.get("sender") == self.session.us]
            for event in (*edits, message.event):
                transaction = f"remove{hashlib.sha256(event.encode()).hexdigest()[:18]}"
                await self.session.server.put(in_room(message.room, "redact", event, transaction), {}, lasting=True)
        except Refusal as refusal:
            raise ChatRefused(f"the message cannot be removed ({refusal.code})") from refusal

    async def put(self, room: Room, content: Content, key: str, *, answer: bool = True) -> str:
        """One event under a transaction id; a repeat within a day gives the same event again."""
        session = self.session
        give_up = session.pace.now() + LONGEST_WAIT
        async with session.pace.crowd(answer=answer):
            while True:
                kind, sealed = await self._sealed(room, content)
                await session.pace.turn(answer=answer, within=give_up - session.pace.now())
                began = session.pace.now()
                try:
                    response = await session.server.put(in_room(room.id, "send", kind, key), sealed, lasting=True)
                except ChatUnavailable as busy:
                    if busy.retry_after is None:
                        raise
                    session.pace.refused(busy.retry_after.total_seconds(), began)
                    if session.pace.free_at > give_up:
                        raise
                except Refusal as refusal:
                    raise _translated(refusal, room, session.us) from refusal
                else:
                    session.pace.accepted()
                    return _event_of(response)

    async def target(self, outgoing: Outgoing) -> Room:
        """The room a delivery belongs in."""
        question, message = Reference.parse(outgoing.reply_to) if outgoing.reply_to else None, outgoing.message
        if question is None or not question.asker or not message.private or message.tone is Tone.UNSURE:
            return await self.places.open(outgoing.room, urgent=question is not None)
        where = self.session.tracked.get(question.room)
        there = where.is_direct and where.direct == question.asker
        return await self.places.open(RoomAddress(f"matrix:{where.id if there else question.asker}"), urgent=True)

    async def _sealed(self, room: Room, content: Content) -> tuple[str, JSON]:
        room_known = self.session.tracked.get(room.id)
        if not room_known.encrypted and not room.encrypted:
            return "m.room.message", content
        invited = [room.direct] if room.direct and room.other == "invite" else []
        try:
            sealed = await self.session.crypto.encrypt(room_known if room_known.encrypted else room, content, invited)
        except Refusal as refusal:
            raise _translated(refusal, room, self.session.us) from refusal
        mark = content[MARK]
        # the key, a number without meaning, stays readable: a later device must recognise what this one said
        return "m.room.encrypted", {**sealed, MARK: {"key": mark["key"]}} if isinstance(mark, dict) else sealed

    async def _said_by_an_earlier_device(self, room: Room, outgoing: Outgoing) -> Reference | None:
        """A transaction id is bound to its device: what an earlier one may have said is looked for first."""
        first = outgoing.first_attempt_at
        if first is None or first >= self.session.device.began:
            return None
        return await self._look(room, outgoing)

    async def _look(self, room: Room, outgoing: Outgoing) -> Reference | None:
        """An earlier attempt: in the room, or in one that was upgraded to it since."""
        for place in (room, *self.places.before(room)):
            event = await find(self.session, place, outgoing)
            if event is not None:
                return Reference(room=place.id, event=event)
        return None

    async def _newest_in(self, room: Room, thread: str) -> str:
        """The newest message of a thread, or its root where the server does not tell."""
        path = f"/v1/rooms/{quoted(room.id)}/relations/{quoted(thread)}/m.thread"
        try:
            chunk = (await self.session.server.get(path, {"limit": 1, "dir": "b"})).get("chunk")
        except (Refusal, ChatUnavailable):
            return thread
        first = chunk[0] if isinstance(chunk, list) and chunk and isinstance(chunk[0], dict) else {}
        event = first.get("event_id")
        return event if isinstance(event, str) and event else thread

    async def _must_be_there(self, room: Room, event: str) -> None:
        try:
            old = await self.session.server.get(in_room(room.id, "event", event))
        except Refusal as refusal:
            raise MessageGone(f"the message to be edited is not there any more ({refusal.code})") from refusal
        if "redacted_because" in old.get("unsigned", {}) or not old.get("content"):
            raise MessageGone("the message to be edited was removed")

    async def _point_elsewhere(self, question: Reference, key: str) -> None:
        room = self.session.tracked.get(question.room)
        if room.left or not question.room:
            return
        content = in_reply(to_content(ELSEWHERE, {"key": f"{key}-note"}), question.event, question.thread)
        try:
            await self.put(room, content, f"{key}-note")
        except (ChatRefused, ChatUnavailable, MessageRejected):
            return  # the answer was given, and counts as given; the room need not hear of it


def _event_of(answer: JSON) -> str:
    event = answer.get("event_id")
    if not isinstance(event, str) or not event:
        raise ChatUnavailable("the homeserver's answer names no event", doubtful=True)
    return event


def _mark(outgoing: Outgoing) -> dict[str, str]:
    return {"key": outgoing.key, "announcement": outgoing.announcement}


def _translated(refusal: Refusal, room: Room, us: str) -> Exception:
    """What a refused message means: the room's fault, or the message's."""
    if refusal.code == "M_TOO_LARGE" or refusal.status == 413:
        return MessageRejected("the message is too large for Matrix")
    if refusal.code in ("M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN", "M_GUEST_ACCESS_FORBIDDEN"):
        return ChatRefused(f"{us} may not write in {room.id} ({refusal.code}): invite it, or give it the level to")
    return MessageRejected(f"the homeserver rejects the message: {refusal}")
