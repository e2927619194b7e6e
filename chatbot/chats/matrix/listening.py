"""The sync loop: one long question after another, each answer taken in whole before the next."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from chatbot.chats.matrix.history import missed
from chatbot.chats.matrix.homeserver import JSON, LARGEST_ANSWER, LARGEST_SYNC, Refusal, TooLargeError
from chatbot.chats.matrix.membership import Membership
from chatbot.chats.matrix.questions import TOO_OLD, Questions
from chatbot.chats.matrix.rooms import Event, Tracked
from chatbot.chats.matrix.session import Session
from chatbot.chats.matrix.sync import FILTER, SMALL_FILTER, Gap, SyncChanges, understand
from chatbot.chats.matrix.waiting import Waiting
from chatbot.ports import ChatStopped, ChatUnavailable, Question

log = structlog.get_logger(__name__)

HOLD = 30.0  # seconds the server may hold the line
GRACE = 30.0  # and how much longer we wait for it
FIRST_SYNC = 600.0
LONGEST_PAUSE = 60.0
PATIENT = 5  # failures after which a gap that cannot be read is left behind
UNKNOWN = 2  # refusals in a row after which the homeserver does not know the token any more


@dataclass(slots=True)
class Listening:
    """`taken` is told of each batch of questions once it is written down, `sealed` of each message that cannot be read.
    `refused` counts refusals of the token in a row; `small`: the last answer was too large."""

    session: Session
    questions: Questions
    membership: Membership
    on_questions: Callable[[Sequence[Question]], None]
    sealed: Callable[[Waiting], None]
    failures: int = 0
    refused: int = 0
    small: bool = False

    async def run(self) -> None:
        """Sync until cancelled. Raises ChatStopped when the account is refused."""
        hold = 0.0
        while True:
            try:
                await self.once(hold)
                if self.failures:
                    log.info("sync works again", failures=self.failures)
                self.failures, hold = 0, HOLD
            except ChatStopped:
                raise
            except ChatUnavailable as busy:
                await self._pause(busy.reason, busy.retry_after.total_seconds() if busy.retry_after else 0.0)
            except Refusal as refusal:
                await self._pause(str(refusal), 0.0)
            except Exception as broken:  # the store or a strange answer: the same sync is asked for again
                log.exception("a sync could not be processed")
                await self._pause(type(broken).__name__, 0.0)

    async def once(self, hold: float) -> None:
        """One sync: understood, written down in one transaction, and only then acted upon."""
        session, is_unknown = self.session, self.refused >= UNKNOWN
        since = None if is_unknown else session.token
        answer = await self._asked_for(since, hold)
        if is_unknown:
            session.crypto.forget_devices()
        async with session.changing, _unless_it_fails(session):
            changes = understand(answer, session.tracked, session.us)
            rooms = [*session.tracked.rooms.values(), *changes.rooms.values()]
            clear = await session.crypto.read_sync(answer, dict.fromkeys(room.id for room in rooms if room.encrypted))
            questions = await self._questions_in(changes, clear, since) if session.token else []
            await session.remember(list(changes.rooms.values()), questions, changes.token)
        self.refused = 0
        if since is None or any(room.invited_by or room.successor for room in changes.rooms.values()):
            self.membership.due.set()
        self.on_questions(questions)
        self._tell_unread(session.crypto.incoming.unread())
        await session.crypto.upkeep()

    def _tell_unread(self, unread: Sequence[Waiting]) -> None:
        """Encrypted messages whose key does not come: a line in the log, and a word to whoever wrote to us alone."""
        foreign = [one for one in unread if one.sender != self.session.us]
        if foreign:
            log.warning(
                "messages cannot be decrypted: their keys did not arrive",
                count=len(foreign),
                room=self.session.tracked.get(foreign[0].room).in_logs,
            )
        for one in foreign:
            self.sealed(one)

    async def _asked_for(self, since: str | None, hold: float) -> JSON:
        """The server's answer, from `since` on; after a refused token, from what it knows itself."""
        small = self.small or not since
        query = {"filter": json.dumps(SMALL_FILTER if small else FILTER), "timeout": int(hold * 1000)}
        query |= {"since": since} if since else {}
        within = hold + GRACE if since else FIRST_SYNC
        largest = LARGEST_SYNC if small else LARGEST_ANSWER  # reading it holds everything else up
        try:
            answer = await self.session.server.request("GET", "/v3/sync", query=query, within=within, largest=largest)
        except TooLargeError:
            self.small = True
            raise
        except Refusal as refusal:
            self.refused = self.refused + 1 if since and refusal.status == 400 else 0
            if self.refused == UNKNOWN:
                log.error("the homeserver no longer knows our sync token; starting over", reason=str(refusal))  # noqa: TRY400 - its sentence says all
            raise
        self.small = False
        return answer

    async def _questions_in(
        self, changes: SyncChanges, clear: Sequence[tuple[str, Event]], since: str | None
    ) -> list[Question]:
        session = self.session
        session.tracked = Tracked({**session.tracked.rooms, **changes.rooms})
        events = list[tuple[str, Event]]()
        for gap in changes.gaps:
            for event in await self._missed(gap, since):
                sealed = event.get("type") == "m.room.encrypted"
                event_heard = session.crypto.incoming.hear(gap.room, event) if sealed else (gap.room, event)
                events += [event_heard] if event_heard else []
        return await self.questions.among([*events, *changes.events, *clear])

    async def _missed(self, gap: Gap, since: str | None) -> list[Event]:
        try:
            return await missed(self.session, gap, since, self.session.clock() - TOO_OLD)
        except ChatUnavailable as busy:
            if self.failures < PATIENT:
                raise
            log.warning(
                "messages missed during an outage could not be read",
                room=self.session.tracked.get(gap.room).in_logs,
                reason=busy.reason,
            )
            return []

    async def _pause(self, reason: str, seconds_asked: float) -> None:
        self.failures += 1
        wait = max(min(0.5 * 2 ** min(self.failures, 10), LONGEST_PAUSE) * random.uniform(0.5, 1.0), seconds_asked)  # noqa: S311 - jitter
        log.warning("sync failed", reason=reason, again_in=round(wait, 1))
        await asyncio.sleep(wait)


@asynccontextmanager
async def _unless_it_fails(session: Session) -> AsyncIterator[None]:
    """What is not written down is not known: the same sync will be asked for again."""
    before = session.tracked
    try:
        yield
    except BaseException:
        session.tracked = before
        raise
