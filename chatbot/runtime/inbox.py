"""Questions that came in by sync → answers in the outbox: once each, however often the process is killed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chatbot.core.commands import find
from chatbot.core.message import Message, Tone
from chatbot.core.saying import short_hash
from chatbot.ports import Clock, Question
from chatbot.runtime.answer import Answers
from chatbot.store import inbox, outbox
from chatbot.store.db import Store, StoreUnavailable, Tx

log = structlog.get_logger(__name__)

TOO_LATE = timedelta(minutes=15)  # an answer to an older question only puzzles
AFTER_TROUBLE = 5.0  # seconds


@dataclass(slots=True)
class Inbox:
    """Answers the questions of one chat's inbox. The answer is a delivery keyed by the question's event."""

    chat: str
    store: Store
    answers: Answers
    clock: Clock

    async def run(self) -> None:
        """Answer until cancelled; whatever was left by a former process first."""
        waker = self.store.waker(f"inbox:{self.chat}")
        while True:
            waker.clear()
            try:
                await self.answer_all()
            except StoreUnavailable as full:
                log.error("questions wait for the store", chat=self.chat, reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            await waker.wait()

    async def answer_all(self) -> None:
        """Answer every waiting question."""
        async with self.store.reading() as tx:
            questions = await inbox.pending(tx, self.chat)
        for question in questions:
            await self._answer(question)

    async def _answer(self, question: Question) -> None:
        now, ask = self.clock(), question.ask
        late = now - ask.asked_at > TOO_LATE
        message = None if late else await self.answers.answer(ask)
        async with self.store.writing() as tx:
            if message is not None:
                await self._enqueue(tx, question, message)
            await inbox.done(tx, question.event, now)
        log.info("too late to answer" if late else "answered", command=ask.command, key=question.event)

    async def _enqueue(self, tx: Tx, question: Question, message: Message) -> None:
        """The answer as a reply; one for the asker alone goes to a direct chat, and the room is told so."""
        now, ask, key = self.clock(), question.ask, short_hash("answer", question.event)
        place = f"{self.chat}:{question.place}"
        command = find(ask.command)
        if command is None or not command.private or not ask.room:
            await outbox.add_answer(tx, place, question.event, message, key, now)
            return
        note = Message(title="I have answered you in a direct chat.", tone=Tone.ANSWER)
        await outbox.add_answer(tx, ask.asker, "", message, key, now)
        await outbox.add_answer(tx, place, question.event, note, short_hash("note", question.event), now)
