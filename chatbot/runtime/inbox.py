"""Questions that came in by sync → answers in the outbox: once each, however often the process is killed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chatbot.core.saying import short_hash
from chatbot.ports import Clock, Question
from chatbot.runtime.answer import Answers
from chatbot.store import inbox, outbox
from chatbot.store.db import Store, StoreUnavailable

log = structlog.get_logger(__name__)

TOO_LATE = timedelta(minutes=15)  # an answer to an older question only puzzles
KEPT = timedelta(days=30)
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
        now = self.clock()
        late = now - question.ask.asked_at > TOO_LATE
        message = None if late else await self.answers.answer(question.ask)
        async with self.store.writing() as tx:
            if message is not None:
                key = short_hash("answer", question.event)
                room = f"{self.chat}:{question.place}"
                await outbox.add_answer(tx, room, question.event, message, key, now, asker=question.ask.asker)
            await inbox.done(tx, question.event, now)
            await inbox.forget(tx, now - KEPT)
        log.info(
            "answered" if message is not None else "too late to answer",
            command=question.ask.command,
            key=question.event,
        )
