"""What became of attempts, written down: sent, tried again later, parked, refused, given up – and who is told of it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

import structlog

from chatbot.core.delivery import expires_at, next_attempt
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.ports import ChatStopped, Clock
from chatbot.runtime.delivery import direct, notices
from chatbot.runtime.delivery.attempt import Failed, Gone, Outcome, Parked, Refused, Sent
from chatbot.runtime.delivery.in_flight import Result
from chatbot.runtime.delivery.outage import Outage
from chatbot.runtime.delivery.room_recovery import RoomRecovery
from chatbot.store import outbox
from chatbot.store.database.db import Tx
from chatbot.store.outbox import Claimed, backoff
from chatbot.store.subscriptions import subscriptions

log = structlog.get_logger(__name__)

ATTEMPTS = 12  # a message that still fails then, while others get through, is parked for a person
FAULTS = 3  # failures in turn with messages that got through: fewer may be the last of an outage
_REFUSED = 6  # a room that refuses is asked again after a minute first


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes for one chat. `maintainers_room` and `recovery` are as in `Delivery`; `outage` is what its sender has seen;
    `room_name` gives what people call a room."""

    chat: str
    clock: Clock
    maintainers_room: Callable[[ProjectId], RoomAddress]
    recovery: RoomRecovery | None
    outage: Outage
    room_name: Callable[[RoomAddress], str] = str

    async def prepare(self, results: Sequence[tuple[Claimed, Result]]) -> None:
        """Before the transaction that records these results."""
        rooms = _back([(claimed, it.reference) for claimed, it in results if isinstance(it, Sent)])
        if rooms and self.recovery is not None:
            await self.recovery.prepare(rooms)

    async def record(self, tx: Tx, results: Sequence[tuple[Claimed, Result]]) -> ChatStopped | None:
        """Write it all down; return the refusal of the account, if there was one."""
        stopped: ChatStopped | None = None
        await self._record_sent(tx, [(claimed, it.reference) for claimed, it in results if isinstance(it, Sent)])
        for claimed, result in results:
            match result:
                case ChatStopped():
                    stopped = result
                    await outbox.retry_at(tx, claimed, self.clock(), str(result), doubtful=False)
                case Exception():  # one poisoned message must not block the queue behind it
                    reason = Parked(f"an error in the bot ({type(result).__name__}); please report it")
                    await self._keep(tx, claimed, reason, fault=result)
                case _:
                    await self._keep(tx, claimed, result)
        return stopped

    async def _record_sent(self, tx: Tx, deliveries: Sequence[tuple[Claimed, str]]) -> None:
        if not deliveries:
            return
        now = self.clock()
        await outbox.record_sent(tx, deliveries, now)
        alerts = [
            claimed for claimed, _ in deliveries if claimed.kind == "new" and claimed.subject.startswith("alert/")
        ]
        if alerts:
            await subscriptions.alerted(tx, [(claimed.outgoing.room, claimed.project) for claimed in alerts])
        if self.outage.has_ended(now):
            await backoff.reset(tx, self.chat, now)
            log.info("messages get through again", chat=self.chat)
        if self.recovery is not None:
            for room in _back(deliveries):
                await self.recovery.back(tx, room)
        for room in _back(deliveries):
            log.info("the room accepts messages again", **self._room(room))

    def _room(self, room: RoomAddress) -> dict[str, str]:
        """A room as a log line names it; whose DM it is stays between them and us."""
        if room.is_personal:
            return {"room": direct.NAME}
        name = self.room_name(room)
        return {"room": room, "room_name": name} if name and name != room else {"room": room}

    async def _keep(self, tx: Tx, claimed: Claimed, outcome: Outcome, *, fault: BaseException | None = None) -> None:
        """Write one outcome down, and log it in one line. `fault` is our own error behind it."""
        now, answer = self.clock(), claimed.answer
        line = log.bind(
            title="an answer" if answer else claimed.outgoing.message.title,
            **self._room(claimed.outgoing.room),
            **({} if answer else {"subject": claimed.subject}),
            delivery=claimed.id,
        )
        if not isinstance(outcome, Failed):
            self.outage.forget(claimed.id)
        match outcome:
            case Sent():
                line.info("message delivered", kind=claimed.kind, revision=claimed.revision, attempts=claimed.attempts)
            case Failed():
                await self._record_failure(tx, claimed, outcome, line)
            case Refused() if claimed.outgoing.room.is_direct:
                await direct.suspend(tx, claimed, outcome, now)
                line.warning("a person's DM takes no messages; nothing more is sent there", reason=outcome.reason)
            case Refused(reason=reason):
                due = next_attempt(claimed.refusals + _REFUSED, None, now, random.random())  # noqa: S311 - jitter, no secret
                await outbox.refuse(tx, claimed, due, reason)
                if not claimed.refusals:
                    await notices.refused(tx, self._maintainers_of(claimed), claimed, reason, now)
                line.warning("the room refused a message", reason=reason, next_attempt=_at(due))
            case Parked(reason=reason):
                await outbox.park(tx, claimed, reason, now)
                await notices.parked(tx, self._maintainers_of(claimed), claimed, reason, now)
                line.error("message parked; see `chatbot deliveries list`", reason=reason, exc_info=fault)
            case Gone(reason=reason):
                await outbox.drop(tx, claimed, reason, now)
                line.info("message dropped", reason=reason)
            case _ as unreachable:
                assert_never(unreachable)

    async def _record_failure(self, tx: Tx, claimed: Claimed, outcome: Failed, line: Any) -> None:
        """Try again later, unless it is too old by now or fails while other messages get through."""
        now = self.clock()
        counted = outcome.retry_after is None and outcome.counted
        faults = self.outage.record_failure(claimed.id, now) if counted else 0
        if now >= expires_at(claimed.lane, claimed.enqueued_at):
            self.outage.forget(claimed.id)
            await outbox.expire(tx, claimed, outcome.reason, now)
            line.error("message given up: too old", reason=outcome.reason, attempts=claimed.attempts)
            if not claimed.answer:
                await notices.given_up(tx, self._maintainers_of(claimed), claimed, outcome.reason, now)
        elif claimed.tries >= ATTEMPTS and faults >= FAULTS:
            await self._keep(tx, claimed, Parked(outcome.reason))
        else:
            failures = claimed.tries if outcome.retry_after is None else 1  # who asks us to wait knows for how long
            due = next_attempt(failures, outcome.retry_after, now, random.random())  # noqa: S311 - jitter, no secret
            not_before = None if outcome.retry_after is None else now + outcome.retry_after
            await outbox.retry_at(tx, claimed, due, outcome.reason, doubtful=outcome.doubtful, not_before=not_before)
            line.warning(
                "delivery failed; will retry", reason=outcome.reason, attempts=claimed.attempts, next_attempt=_at(due)
            )

    def _maintainers_of(self, claimed: Claimed) -> RoomAddress:
        to_a_person = claimed.outgoing.room.is_personal
        return self.maintainers_room(claimed.project) if claimed.project and not to_a_person else NOWHERE


def _at(moment: datetime) -> str:
    """A moment as a log line shows it."""
    return moment.isoformat(timespec="seconds")


def _back(deliveries: Sequence[tuple[Claimed, str]]) -> list[RoomAddress]:
    """The rooms that refused messages and take them again."""
    return sorted({claimed.outgoing.room for claimed, _ in deliveries if claimed.refusals})
