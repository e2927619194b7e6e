"""Questions that came in by sync → answers in the outbox: once each, however often the process is killed."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from chatbot.core.announce.messages import short_hash
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import find
from chatbot.core.queries.query_context import unsure
from chatbot.ports import Clock, Question
from chatbot.runtime.queries.answer import Answers
from chatbot.store import inbox, outbox
from chatbot.store.database.db import Store, StoreUnavailable, Tx
from chatbot.store.subscriptions import people

log = structlog.get_logger(__name__)

TOO_LATE = timedelta(minutes=15)  # an answer to an older question only puzzles
AFTER_TROUBLE = 5.0  # seconds
NO_ANSWER = unsure("I couldn't answer that", "Something in me failed. The operator can see what in my log.")


@dataclass(slots=True)
class Inbox:
    """Answers the questions of one chat's inbox. The answer is a delivery keyed by the question's event."""

    chat: str
    store: Store
    answers: Answers
    clock: Clock
    _passed: set[str] = field(default_factory=set)  # what could not even be marked as done

    async def run(self) -> None:
        """Answer until cancelled; whatever was left by a former process first."""
        waker = self.store.waker(f"inbox:{self.chat}")
        while True:
            waker.clear()
            try:
                await self.answer_all()
            except StoreUnavailable as full:
                log.error("questions wait for the database", chat=self.chat, reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            await waker.wait()

    async def answer_all(self) -> None:
        """Answer every waiting question; one that fails is passed, and the others have their turn. Raises StoreUnavailable."""
        async with self.store.reading() as tx:
            questions = await inbox.pending(tx, self.chat)
        for question in questions:
            if question.event in self._passed:
                continue
            try:
                await self._answer(question)
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("a question could not be answered", chat=self.chat, key=question.event)
                await self._pass(question)

    async def _pass(self, question: Question | inbox.Unread) -> None:
        """Say that there is no answer, if that can be said, and never come back to the question."""
        now = self.clock()
        asked_at = question.ask.asked_at if isinstance(question, Question) else question.asked_at
        say = bool(question.place) and now - asked_at <= TOO_LATE
        for planned_message in (True, False) if say else (False,):
            try:
                async with self.store.writing() as tx:
                    if planned_message:
                        key = short_hash("answer", question.event)
                        await outbox.add_answer(tx, self._room(question.place), question.event, NO_ANSWER, key, now)
                    await inbox.mark_done(tx, question.event, now)
            except StoreUnavailable:
                raise
            except Exception:
                log.exception(
                    "a question could not be skipped", chat=self.chat, key=question.event, said=planned_message
                )
            else:
                return
        self._passed.add(question.event)

    async def _answer(self, question: Question | inbox.Unread) -> None:
        if isinstance(question, inbox.Unread):
            log.warning("a stored question cannot be read", chat=self.chat, key=question.event)
            await self._pass(question)
            return
        now, ask = self.clock(), question.ask
        late = now - ask.asked_at > TOO_LATE
        message = None if late else await self.answers.answer(ask)
        async with self.store.writing() as tx:
            if message is not None:
                await self._enqueue(tx, question, message)
            await inbox.mark_done(tx, question.event, now, forget=ask.command == "forget-me")
        log.info("too late to answer" if late else "question answered", command=ask.command, key=question.event)

    async def _enqueue(self, tx: Tx, question: Question, message: Message) -> None:
        """The answer as a reply; one for the asker alone goes to a direct chat, and the room is told so."""
        now, ask, key = self.clock(), question.ask, short_hash("answer", question.event)
        place = ask.dm or self._room(question.place)  # under its DM's address an answer is found again by its numbers
        command = find(ask.command)
        if command is None or not (command.private and message.private) or not ask.room:
            await outbox.add_answer(tx, place, question.event, message, key, now)
            return
        note = Message(title="I've sent you the answer in a DM.", tone=Tone.ANSWER)
        person = await people.get(tx, ask.asker)
        dm = person.dm if person is not None else NOWHERE
        await outbox.add_answer(tx, dm or ask.asker, "", message, key, now)
        await outbox.add_answer(tx, place, question.event, note, short_hash("note", question.event), now)

    def _room(self, place: str) -> RoomAddress:
        return RoomAddress(f"{self.chat}:{place}")
