"""The ports: what a source and a chat are to the rest, how they fail, and what they may remember."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.facts import Observed
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.knowledge import PrivateForm
from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.model.message import Message
from chatbot.core.model.source_profile import ForgeProfile, SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion

Clock = Callable[[], datetime]  # aware, UTC


# ---- how the outside fails: try again, or final -------------------------------------------------------------------------


class SourceUnavailable(Exception):
    """The source did not answer this time; try again, not before `retry_after`."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


class SourceRefused(Exception):
    """The source will not answer until somebody fixes something: a wrong name, a revoked token."""


class ProjectHidden(SourceRefused):
    """There is nothing to see under the name: the project is gone, or not public. Which of the two is not said."""


class ProjectReplaced(SourceRefused):
    """Another project stands under the configured name than before. The text says what to do."""


class ChatUnavailable(Exception):
    """The chat did not take the message this time. `doubtful`: it may have taken it all the same."""

    def __init__(self, reason: str, retry_after: timedelta | None = None, *, doubtful: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.retry_after, self.doubtful = reason, retry_after, doubtful


class ChatRefused(Exception):
    """This room does not take our messages now: gone, left, or a permission is missing. The text names the fix."""


class PersonLost(ChatRefused):
    """Nobody can be reached in this DM any more: the person left it, shares no server with the bot, or has no account now."""


class MessageRejected(Exception):
    """The chat finds the message itself at fault; repeating it is no use."""


class MessageGone(Exception):
    """The message to be edited or answered was removed, or a moderator removed what we just sent: do not say it again."""


class ChatStopped(Exception):
    """The account itself is refused (revoked token): this chat ends until the operator fixes it; the others go on."""


# ---- sources ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one look at a source brought.

    `observed` are new or changed facts (all of a listing, or what changed); `present` are the subjects of a whole listing
    when every page was read, else None: only then does absence mean anything by itself. `absent` are the subjects that are
    proved to be missing without that. `gap` says why a listing that should be whole is not: what was read is the baseline
    then, and what it lacks may still be there. `cursor` is opaque to everybody but the
    source and is stored with the facts. `read_at` is the server's own time. `unchanged`: nothing is new since the cursor.
    `unreadable` are one-line reasons for what was passed over. `signal` are tags that a listing must
    confirm. `remarks` are sentences for the operator and the project's maintainers, each told once. `private_form` says
    whether the forge's form for private reports is switched on; "" where nobody asked. `lifecycle` is what somebody else says
    of the support of release lines.
    """

    observed: tuple[Observed, ...] = ()
    present: frozenset[str] | None = None
    absent: frozenset[str] = frozenset()
    gap: str = ""
    cursor: Mapping[str, str]
    read_at: datetime
    unchanged: bool = False
    unreadable: tuple[str, ...] = ()
    signal: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    private_form: PrivateForm | Literal[""] = ""
    lifecycle: Lifecycle | None = None


class Source(Protocol):
    """One thing to look at, for one project. Raises SourceUnavailable or SourceRefused."""

    @property
    def name(self) -> str:
        """Stable: the cursor is kept under it, such as `github-releases:projectid`."""

    @property
    def profile(self) -> SourceProfile:
        """What it lists, and whose word that is."""

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. `cursor` is what the last batch said, empty at first."""


class Listing(Source, Protocol):
    """A source that can look at one thing by its own address."""

    async def look(self, name: str, /) -> Observed | None:
        """The fact as it stands there, or None where it is not published any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of a project and how it is asked: `listing` where what it lists is confirmed one by one, `metered` where
    each look costs quota of the forge's API."""

    source: Source
    listing: Listing | None = None
    metered: bool = False


class Forge(Protocol):
    """A place where projects publish."""

    @property
    def profile(self) -> ForgeProfile:
        """Its words."""

    def serves(self, project: Project) -> bool:
        """Whether the project's repository is there."""

    def feeds(self, project: Project) -> Sequence[Feed]:
        """The sources of a project there; listings before the signals that nudge them."""


# ---- chats --------------------------------------------------------------------------------------------------------------


class Ability(StrEnum):
    EDIT = "edit"
    REPLY = "reply"
    THREAD = "thread"
    HISTORY = "history"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One delivery as a chat gets it.

    `key` (at most 24 characters of [a-z0-9]) is the same for every attempt at this delivery: the chat's idempotency key.
    `announcement` marks the message in the room, the same for all its revisions. `replaces` is the reference of the message
    to edit, `reply_to` that of the one to answer. `room` is an address, or a person's (`discord:user:1`,
    `matrix:@alice:example.org`) for a direct chat. A reference is opaque to all but the chat.
    """

    key: str
    announcement: str
    room: RoomAddress
    message: Message
    replaces: str = ""
    reply_to: str = ""
    first_attempt_at: datetime | None = None


class Chat(Protocol):
    """One account in one chat. `send` and `edit` raise ChatUnavailable, ChatRefused, MessageRejected, MessageGone or
    ChatStopped, and nothing else."""

    @property
    def profile(self) -> ChatProfile:
        """What the chat says of itself."""

    @property
    def name(self) -> str:
        """The first word of its rooms' addresses."""

    @property
    def abilities(self) -> frozenset[Ability]: ...

    async def run(self) -> None:
        """Hold the connection and hand questions over until cancelled. Raises ChatStopped when the account is refused."""

    async def ready(self) -> None:
        """Return when messages can be sent."""

    async def send(self, outgoing: Outgoing) -> str:
        """Say something new (or, with `reply_to`, answer) and return its reference."""

    async def edit(self, outgoing: Outgoing) -> str:
        """Put new words in the place of `outgoing.replaces`, pinging nobody; return the reference."""

    async def find(self, outgoing: Outgoing) -> str | None:
        """Look in the room whether `outgoing` is already there (by its announcement's mark, in this revision where it is an
        edit); return its reference or None. Raises ChatRefused, naming the permission, where the room cannot be read."""

    async def remove(self, room: RoomAddress, reference: str) -> None:
        """Take a message of ours out of the room again, where the chat can. Raises as `send` does; what is gone is no error."""

    def beside(self) -> AbstractAsyncContextManager[None]:
        """Open the account for a few messages, beside a process that may hold it: nothing is listened to, and nothing else is
        changed there. Raises ChatUnavailable and ChatStopped."""

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        """What works and what is wrong: a result for the account, and one for each of the rooms unless the account itself is
        refused or out of reach. Nothing is written there. Raises ChatUnavailable, ChatRefused and ChatStopped."""

    def room_name(self, room: RoomAddress) -> str:
        """What people call a room, such as `#releases`; empty where it is not known (yet). Somebody else's words."""

    async def close(self) -> None: ...


@runtime_checkable
class DirectMessages(Protocol):
    """The way into a person's DM, by that person's own command only: nothing else opens one."""

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        """Say this in the person's DM, opened where the chat lets a bot do so; return its address as a room. `key` is its
        idempotency key. Raises ChatRefused (its text tells the person what to do), ChatUnavailable or ChatStopped."""


class Pauses(Protocol):
    """What an account must not do for a while, remembered through restarts. Both raise ChatUnavailable where that fails."""

    async def until(self, what: str) -> datetime | None:
        """Until when `what` must not be done; None where it never had to pause."""

    async def pause(self, what: str, until: datetime) -> None: ...


class Answerer(Protocol):
    """Who answers questions: `runtime.answer`, handed to the chats."""

    async def answer(self, ask: CommandRequest) -> Message:
        """The answer; never raises for a bad question, only says so."""

    async def suggest(self, ask: CommandRequest, parameter: str, typed: str) -> list[Suggestion]:
        """At most 25 labels with their values for a parameter, newest first, that fit what was typed; a label and a value have 1
        to 100 UTF-16 units each."""


# ---- what a chat with a sync loop must remember, kept by the store --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A parsed command that came in by sync. Its text is not kept. `event` is its id, `place` the room's id."""

    event: str
    place: str
    thread: str = ""
    ask: CommandRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """What sync told of a room, as JSON of raw state that the chat itself understands; `left` where we are out."""

    place: str
    facts: Mapping[str, object]
    left: bool = False


class SyncMemory(Protocol):
    """What the sync loop of one account keeps between syncs. Each call is one transaction."""

    async def token(self) -> str | None: ...

    async def rooms(self) -> dict[str, Mapping[str, object]]: ...

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        """Remember the questions (a repeated event id changes nothing), the rooms and the token: all or nothing. The
        answers then come out of the outbox as deliveries whose `reply_to` is the question's event."""

    async def moved(self, old: str, new: str) -> None:
        """A room was upgraded: its address leads to the new one from now on, and what waits is said there. Told once in
        every run."""
