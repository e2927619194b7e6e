"""Messages of a sync → questions to be remembered: whom they come from, with which rights, and whether they were meant for us."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatbot.chats.matrix.commands import HELP, PICK, Listener, ParsedCommand
from chatbot.chats.matrix.history import said_at
from chatbot.chats.matrix.homeserver import Refusal, in_room
from chatbot.chats.matrix.places import Places
from chatbot.chats.matrix.reference import Reference, can_be_named
from chatbot.chats.matrix.rooms import Event, Room
from chatbot.chats.matrix.session import Session
from chatbot.core.model.ids import DIRECT, NOWHERE, RoomAddress
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import ChatStopped, ChatUnavailable, Question

log = structlog.get_logger(__name__)

TOO_OLD = timedelta(minutes=15)
MOST_MISREAD = 500  # messages that may still be corrected


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do in a room, and whom they may ping there of what they named."""

    rights: frozenset[Right] = frozenset({Right.EVERYONE})
    may_ping: frozenset[str] = frozenset()


@dataclass(slots=True)
class Questions:
    """`names` gives the addresses of the configuration; `free`: how many further questions may wait for
    an answer at this moment; `slow_down` are questions of direct chats that were too many."""

    session: Session
    places: Places
    listener: Listener
    names: Callable[[], Sequence[RoomAddress]]
    allowance: RateAllowance
    free: Callable[[], int]
    is_open: Callable[[Room], bool] = lambda _room: True  # whether questions in a room are answered
    slow_down: list[Reference] = field(default_factory=list)
    _free: int = 0
    _misread: OrderedDict[str, str] = field(default_factory=OrderedDict)  # events that were answered with help, by whom

    async def among(self, events: Iterable[tuple[str, Event]]) -> list[Question]:
        """The questions among what was said. Nothing but the parsed command is kept of them."""
        questions, self._free = dict[str, Question](), self.free()
        for place, event in events:
            try:
                question = await self._question(self.session.tracked.get(place), event)
            except (
                Refusal,
                ChatUnavailable,
            ) as failed:  # one question that cannot be looked into must not hold up the sync
                log.warning("a question is ignored", room=self.session.tracked.get(place).in_logs, reason=str(failed))
                continue
            except ChatStopped:
                raise
            except Exception:  # a strange event: the sync that brought it must not be asked for again for ever
                log.exception("an event could not be read", room=self.session.tracked.get(place).in_logs)
                continue
            if question is not None:
                questions.setdefault(question.event, question)
                self._free -= 1
        return list(questions.values())

    async def _question(self, room: Room, event: Event) -> Question | None:
        now, sender, event_id = self.session.clock(), str(event.get("sender", "")), str(event.get("event_id", ""))
        if not self.is_open(room):
            return None
        if now - said_at(event) > TOO_OLD or not can_be_named(room.id, event_id, sender):
            return None
        command = self.listener.hear(self._corrected(event, sender), direct=room.is_direct)
        if command is None:
            return None
        if command.command is HELP:  # it was not understood: its sender may correct it
            self._misread[event_id] = sender
            while len(self._misread) > MOST_MISREAD:
                self._misread.popitem(last=False)
        thread = command.thread if can_be_named(command.thread) else ""
        reference = Reference(room=room.id, event=event_id, thread=thread, asker=sender)
        if self._free <= 0 or not self.allowance.take(sender, now):  # first of all: what follows costs requests
            log.info("a question is ignored: too many at once", room=room.in_logs)
            if room.is_direct:
                self.slow_down.append(reference)
            return None
        if command.if_ours and not await self._is_ours(room, command):
            return None
        self.places.expect(sender)
        if command.command.name == "redirect":  # however it was written: whom it is about is looked up here
            return await self._redirect(room, command, reference, min(now, said_at(event)))
        return self._question_of(reference, await self._ask(room, command, reference, min(now, said_at(event))))

    def _corrected(self, event: Event, sender: str) -> Event:
        """An edit of a message that was not understood is a message of its own; every other one stays an edit."""
        content = _content(event)
        relation = content.get("m.relates_to")
        if not isinstance(relation, Mapping) or relation.get("rel_type") != "m.replace":
            return event
        old, new = str(relation.get("event_id", "")), content.get("m.new_content")
        if self._misread.get(old) != sender or not isinstance(new, Mapping):
            return event
        del self._misread[old]
        return {**event, "content": new}

    async def _ask(
        self, room: Room, command: ParsedCommand, reference: Reference, asked_at: datetime
    ) -> CommandRequest:
        standing = Standing()
        if command.command.right is not Right.EVERYONE and not room.is_direct:
            standing = await self._standing(room, reference.asker, command.arguments.get("mention", ""))
        arguments = dict(command.arguments)
        if command.command is PICK and (message := arguments.pop("message", "")) and can_be_named(message):
            arguments["message"] = str(Reference(room=room.id, event=message))  # as it is remembered where we said it
        return CommandRequest(
            command=command.command.name,
            arguments=arguments,
            asker=RoomAddress(f"matrix:{reference.asker}"),
            room=NOWHERE if room.is_direct else self.places.address(room.id, reference.thread, self.names()),
            dm=RoomAddress(f"matrix:{DIRECT}{room.id}" if room.is_direct else ""),
            rights=standing.rights,
            server="" if room.is_direct else f"matrix:{room.id}",
            may_ping=standing.may_ping,
            asked_at=asked_at,
            key=reference.event,
        )

    async def _standing(self, room: Room, user: str, mention: str) -> Standing:
        """What the person may do in the room at this moment, and whom they may ping of what they named, by the server's word;
        nothing where it does not say."""
        try:
            fresh = await self.session.look_up(room)
            if not await self._is_in(room, user):
                return Standing()
            person = mention.strip().removeprefix("user:")
            is_here = person.startswith("@") and can_be_named(person) and await self._is_in(room, person)
        except (Refusal, ChatUnavailable) as silent:
            log.warning("permissions could not be checked; treated as none", room=room.in_logs, reason=str(silent))
            return Standing()
        rights = {Right.EVERYONE}
        rights |= {Right.ROOM_ADMIN} if fresh.is_admin(user) else set()
        rights |= {Right.MODERATOR} if fresh.may_redact(user) else set()
        may_ping = {"room"} if fresh.may_ping_room(user) else set[str]()
        may_ping |= {f"user:{person}"} if is_here else set()
        return Standing(frozenset(rights), frozenset(may_ping))

    async def _is_in(self, room: Room, user: str) -> bool:
        """Whether a person is in the room at this moment. Raises Refusal where the server does not know the person there."""
        try:
            member = await self.session.server.get(in_room(room.id, "state", "m.room.member", user))
        except Refusal as refusal:
            if refusal.status == 404:
                return False
            raise
        return bool(member.get("membership", _content(member).get("membership")) == "join")

    async def _redirect(
        self, room: Room, command: ParsedCommand, reference: Reference, asked_at: datetime
    ) -> Question | None:
        """By a moderator: in reply to a message it removes the message and is about its author, else about the member named."""
        whole = await self._ask(room, command, reference, asked_at)
        ask = replace(whole, arguments={name: value for name, value in whole.arguments.items() if name == "project"})
        if Right.MODERATOR not in ask.rights:
            return self._question_of(reference, ask)
        author = await self._author(room, command)
        if author and command.answers:
            await self._remove(room, command.answers)
        return self._question_of(reference, replace(ask, target=RoomAddress(f"matrix:{author}") if author else NOWHERE))

    async def _author(self, room: Room, command: ParsedCommand) -> str:
        """Who wrote the message, or the person named if they are in the room at this moment; never we ourselves."""
        try:
            if command.answers:
                event_json = await self.session.server.get(in_room(room.id, "event", command.answers))
                author = str(event_json.get("sender", ""))
            else:
                author = command.arguments.get("author", "").strip().removeprefix("matrix:")
                if not author.startswith("@") or not can_be_named(author):
                    return ""
                if not await self._is_in(room, author):
                    return ""  # whoever may invite could name anybody
        except Refusal:
            return ""
        return "" if author == self.session.us or not can_be_named(author) else author

    async def _remove(self, room: Room, event: str) -> None:
        """Remove the message if we may. The transaction id is the message's own: a repeat removes nothing else."""
        transaction = hashlib.sha256(event.encode()).hexdigest()[:24]
        try:
            await self.session.server.put(
                in_room(room.id, "redact", event, transaction), {"reason": "reported privately"}
            )
        except Refusal as refusal:
            log.info("a message could not be removed", room=room.id, reason=str(refusal))

    async def _is_ours(self, room: Room, command: ParsedCommand) -> bool:
        """Whether the message it answers, or the root of its thread, is of our own making."""
        for event in {command.answers, command.thread} - {""}:
            try:
                event_json = await self.session.server.get(in_room(room.id, "event", event))
            except Refusal:
                continue
            if event_json.get("sender") == self.session.us:
                return True
        return False

    def _question_of(self, reference: Reference, ask: CommandRequest) -> Question:
        return Question(event=str(reference), place=reference.room, thread=reference.thread, ask=ask)


def _content(event: Mapping[str, Any]) -> Mapping[str, Any]:
    content = event.get("content")
    return content if isinstance(content, Mapping) else {}
