"""Matrix behind the Chat port: opens the account, holds its loops, and says what it is given."""

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import structlog

from chatbot.chats.matrix.commands import Listener
from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.opening import display_name, open_beside, open_session
from chatbot.chats.matrix.format import in_reply, to_content
from chatbot.chats.matrix.homeserver import Refusal
from chatbot.chats.matrix.inspection import inspect
from chatbot.chats.matrix.listening import Listening
from chatbot.chats.matrix.membership import Membership
from chatbot.chats.matrix.people.company import Company
from chatbot.chats.matrix.people.greeting import greet
from chatbot.chats.matrix.places import Places, room_and_thread
from chatbot.chats.matrix.profile import PROFILE
from chatbot.chats.matrix.questions import Questions
from chatbot.chats.matrix.reference import Reference, can_be_named, link_to
from chatbot.chats.matrix.rooms import Room
from chatbot.chats.matrix.sender import Sender
from chatbot.chats.matrix.typing import Typing
from chatbot.chats.matrix.waiting import Waiting
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone, paragraph
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import (
    Ability,
    ChatRefused,
    ChatUnavailable,
    Clock,
    MessageRejected,
    Outgoing,
    Question,
    SyncMemory,
)

log = structlog.get_logger(__name__)

SLOW_DOWN = Message(title="That is more than I can answer at once. Please ask again in a minute.", tone=Tone.UNSURE)
UNREADABLE = Message(
    title="I can't read that message",
    tone=Tone.UNSURE,
    body=(
        paragraph(
            "Your app has not given me the key to it. "
            "If it sends to verified devices only, allow it to send to mine, and write again."
        ),
    ),
)
LAST_MOMENT = 2.0  # seconds
T = TypeVar("T")
AGAIN = (2, 5, 15, 30, 60)  # seconds between attempts to log in while the homeserver is away


def _one(room: RoomAddress) -> list[RoomAddress]:
    return [room]


class MatrixChat:
    """One Matrix account. `rooms` gives the addresses that the configuration names now; questions are left in `memory`.
    `only_in`: the one room where anything happens, in a rehearsal: elsewhere nothing is answered, joined or declined."""

    profile = PROFILE
    name = PROFILE.name
    abilities = frozenset({Ability.EDIT, Ability.REPLY, Ability.THREAD, Ability.HISTORY, Ability.REMOVE})

    def __init__(
        self,
        account: Account,
        memory: SyncMemory,
        clock: Clock,
        *,
        rooms: Callable[[], Sequence[RoomAddress]] = tuple,
        allowance: RateAllowance | None = None,
        only_in: RoomAddress | None = None,
    ) -> None:
        self._account, self._memory, self._clock = account, memory, clock
        self._only_in = None if only_in is None else RoomAddress(f"matrix:{room_and_thread(only_in.place)[0]}")
        self._rooms = rooms if self._only_in is None else partial(_one, self._only_in)
        self._allowance = allowance or RateAllowance()
        self._unread = RateAllowance(
            at_once=1, every=3600.0
        )  # of rooms: how often they hear that a message cannot be read
        self._opened = asyncio.Event()
        self._sender: Sender | None = None
        self._typing: Typing | None = None
        self._company: Company | None = None
        self._under_way, self._still = 0, asyncio.Event()
        self._still.set()
        self._asides = set[asyncio.Task[None]]()
        self._names: dict[str, str] = {}  # of rooms that were checked

    async def run(self) -> None:
        """Log in, then sync until cancelled. Raises ChatStopped when the account is refused."""
        for failures in itertools.count():
            try:
                await self._hold()
            except ChatUnavailable as busy:
                wait = max(
                    AGAIN[min(failures, len(AGAIN) - 1)], busy.retry_after.total_seconds() if busy.retry_after else 0
                )
                log.warning("Matrix is unavailable; trying again", reason=busy.reason, again_in=wait)
                await asyncio.sleep(wait)

    async def _hold(self) -> None:
        async with open_session(self._account, self._memory, self._clock) as session:
            places = Places(session)
            for room in self._rooms():
                with suppress(ChatRefused, ChatUnavailable):  # said with its reason when something is sent there
                    await places.resolve(room_and_thread(room.partition(":")[2])[0])
            listener = Listener(us=session.us, name=await display_name(session))
            typing, self._sender = Typing(session), Sender(session, places)
            self._typing = typing
            questions = Questions(session, places, listener, self._rooms, self._allowance, typing.free)
            self._company = Company(session, places, self._rooms)
            guests = self._company if self._account.direct_chats == "members" else None
            membership = Membership(session, places, self._account.allow_invites_from, self._rooms, guests)
            questions.is_open = membership.is_open = partial(self._is_open, places)
            listening = Listening(
                session, questions, membership, lambda incoming: self._on_questions(incoming, questions), self._sealed
            )
            log.info("logged in to Matrix", user=session.us, device=session.device.device_id)
            self._opened.set()
            try:
                await self._until_one_ends(listening, membership)
            finally:
                self._opened.clear()
                await typing.close()
                self._sender = self._typing = self._company = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST_MOMENT):  # what is under way may end before the connection does
                        await self._still.wait()

    async def ready(self) -> None:
        """Return when messages can be sent."""
        await self._opened.wait()

    async def send(self, outgoing: Outgoing) -> str:
        """Say something new, or answer; a repeat with the same key within a day is the same message."""
        try:
            return await self._guarded(lambda sender: sender.send(outgoing))
        finally:
            if self._typing is not None and outgoing.reply_to:
                self._typing.end(outgoing.reply_to)

    async def edit(self, outgoing: Outgoing) -> str:
        """Put new words in the place of a message, pinging nobody."""
        return await self._guarded(lambda sender: sender.edit(outgoing))

    async def find(self, outgoing: Outgoing) -> str | None:
        """Look in the room's history for an earlier attempt; an edit's reference is that of the message it edits."""
        return await self._guarded(lambda sender: sender.find(outgoing))

    async def remove(self, room: RoomAddress, reference: str) -> None:  # noqa: ARG002 - the reference says where
        """Take a message of ours out of its room again."""
        await self._guarded(lambda sender: sender.remove(Reference.parse(reference)))

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Log in without listening; where a running bot has the device, as far as that goes without its keys."""
        async with open_beside(self._account, self._memory, self._clock) as session:
            self._sender = Sender(session, Places(session))
            try:
                yield
            finally:
                self._sender = None

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        """Say this in the DM that the person has opened; where there is none, ChatRefused says how to open it."""
        return await self._guarded(lambda sender: greet(sender, sender.places, person, message, key))

    async def shares(self, person: RoomAddress, room: RoomAddress, *, fresh: bool = False) -> bool | None:  # noqa: ARG002 - always
        """Whether the person is in the room now; None where the homeserver does not say."""
        return None if self._company is None else await self._company.shares(person.place, room)

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        """What works and what is wrong: the account, and each of the rooms."""
        return await inspect(self._account, rooms, self._names)

    def room_name(self, room: RoomAddress) -> str:
        """The room's name, by sync or by the last check."""
        place, _ = room_and_thread(room.place)
        return (self._sender.session.tracked.get(place).name if self._sender else "") or self._names.get(room, "")

    def link(self, reference: str) -> str:
        """Where a message is on the web; matrix.to asks the reader's own client to open it."""
        return link_to(Reference.parse(reference), self._account.user_id.partition(":")[2])

    async def close(self) -> None:
        """Nothing is left open: `run` closes what it opened."""

    async def _guarded(self, work: Callable[[Sender], Awaitable[T]]) -> T:
        """Do something with the open account; nothing but the port's own errors comes out, also while it is closed."""
        sender = self._open_sender
        self._under_way += 1
        self._still.clear()
        try:
            return await work(sender)
        except Refusal as refusal:
            raise MessageRejected(f"the homeserver rejects the message: {refusal}") from refusal
        except Exception as broken:
            if self._sender is sender:
                raise
            doubtful = broken.doubtful if isinstance(broken, ChatUnavailable) else True
            raise ChatUnavailable("the bot is stopping", doubtful=doubtful) from broken
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._still.set()

    @property
    def _open_sender(self) -> Sender:
        if self._sender is None:
            raise ChatUnavailable("the bot is not logged in to Matrix yet")
        return self._sender

    async def _until_one_ends(self, listening: Listening, membership: Membership) -> None:
        """Both loops until cancelled; the first error ends them, as itself and not in a group."""
        tasks = {asyncio.create_task(listening.run()), asyncio.create_task(membership.run())}
        try:
            finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _is_open(self, places: Places, room: Room) -> bool:
        """Whether anything may happen in a room: in a rehearsal in one of them only."""
        return self._only_in is None or places.address(room.id, "", [self._only_in]) == self._only_in

    def _on_questions(self, incoming: Sequence[Question], questions: Questions) -> None:
        if self._typing is not None:
            for question in incoming:
                self._typing.begin(question.event)
        slow, questions.slow_down = questions.slow_down, []
        for reference in slow[:1]:  # one word is enough, and costs the account's rate too
            self._pacify(reference)

    def _sealed(self, waiting: Waiting) -> None:
        """Somebody's message to us alone cannot be read: say so, once an hour."""
        room, event = waiting.room, str(waiting.event.get("event_id", ""))
        if self._only_in is not None:
            return
        session = self._open_sender.session
        direct = session.tracked.get(room).is_direct
        if direct and can_be_named(room, event) and self._unread.take(room, self._clock()):
            self._aside(UNREADABLE, Reference(room=room, event=event))

    def _pacify(self, question: Reference) -> None:
        """Tell somebody in a direct chat that they ask too much."""
        self._aside(SLOW_DOWN, question)

    def _aside(self, message: Message, question: Reference) -> None:
        """Say something besides, without keeping a delivery of it."""
        key = hashlib.sha256(f"{message.title} {question.event}".encode()).hexdigest()[:24]
        content = in_reply(to_content(message, {"key": key}), question.event, question.thread)

        async def say() -> None:
            with suppress(Refusal, ChatRefused, ChatUnavailable, MessageRejected):
                sender = self._open_sender
                await sender.put(sender.session.tracked.get(question.room), content, key)

        self._asides.add(task := asyncio.create_task(say()))
        task.add_done_callback(self._asides.discard)
