"""A harmless message is posted in one room, read back, edited and removed: for `chatbot test-message`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.chats import PROFILES, profile_named
from chatbot.core.announce.messages import short_hash
from chatbot.core.checks.result import CheckResult
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone, paragraph
from chatbot.core.text import patterns
from chatbot.ports import (
    Ability,
    Chat,
    ChatRefused,
    ChatStopped,
    ChatUnavailable,
    Clock,
    MessageGone,
    MessageRejected,
    Outgoing,
)
from chatbot.runtime.app import config_of
from chatbot.runtime.chats import chat_named
from chatbot.runtime.checks.online import IN_MEMORY
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.services import open_services
from chatbot.runtime.settings.settings import Settings

MESSAGE = Message(
    title="This is a test: nothing was released",
    tone=Tone.ROUTINE,
    label="Test message",
    body=(
        paragraph(
            "Somebody tries whether the bot can post here. It is removed in a moment; if it stays, you can delete it."
        ),
    ),
)
EDITED = replace(MESSAGE, title="This is a test, and it was edited")
_CANNOT = "this chat cannot do that; the bot does without"


class Interrupted(Exception):
    """Somebody ended it before all was done; the text says what became of the message."""


_ADDRESSES = {profile.name: patterns.compile(profile.room_address) for profile in PROFILES}


class UnusableRoomError(Exception):
    """The address is none that a message could be tried in; the text says what to write."""


def room_address(text: str) -> RoomAddress:
    """The address of a room. Raises UnusableRoomError for anything else."""
    room = RoomAddress(text)
    pattern = _ADDRESSES.get(room.chat)
    if pattern is None or not pattern.fullmatch(room):
        examples = ", ".join(example for each in PROFILES for example in each.room_examples)
        raise UnusableRoomError(f"{text[:100]!r} is not the address of a room; write one of {examples}")
    return room


async def try_message(settings: Settings, room: RoomAddress, clock: Clock) -> list[CheckResult]:
    """Post it there with the configured account, and clean up; a result for each step. A bot that runs is not disturbed.
    Raises UnusableRoomError where the room's chat is not configured, and Interrupted where it is cancelled."""
    async with open_services(replace(config_of(settings), database=IN_MEMORY), clock) as services:
        chat = chat_named(room.chat, settings, services, typed_lines(None), clock)
        if chat is None:
            title = profile_named(room.chat).title
            raise UnusableRoomError(
                f"{title} is not configured, so {room} cannot be reached: set its account in the configuration"
            )
        trial = Trial(chat, room, clock())
        try:
            return await trial.run()
        except asyncio.CancelledError:
            raise Interrupted(trial.rest) from None
        finally:
            await chat.close()


@dataclass(slots=True)
class Trial:
    """One test message in one room. `rest` says what is left of it."""

    chat: Chat
    room: RoomAddress
    now: datetime
    results: list[CheckResult] = field(default_factory=list)
    rest: str = "interrupted; nothing was posted"

    async def run(self) -> list[CheckResult]:
        """Do it all, whatever fails: what was posted is removed."""
        try:
            async with self.chat.beside():
                await self._steps()
        except ChatStopped as refused:
            self._note("log in", wrong=str(refused))
        except ChatUnavailable as away:
            self._note("log in", away=str(away))
        return self.results

    async def _steps(self) -> None:
        name = short_hash("test-message", self.room, self.now.isoformat())
        outgoing = Outgoing(key=name, announcement=name, room=self.room, message=MESSAGE, first_attempt_at=self.now)
        self.rest = f"interrupted; if the test message is in {self.room}, delete it there"
        posting = asyncio.ensure_future(self._post(outgoing))
        reference = None
        try:
            reference = await asyncio.shield(posting)
            if reference is not None:
                await self._read_back(outgoing, reference)
                await self._edit(outgoing, reference)
        finally:
            reference = reference or await posting  # whoever interrupts it while it is on its way leaves nothing behind
            if reference is not None and await self._remove(reference):
                self.rest = "interrupted; the test message was removed"

    async def _post(self, outgoing: Outgoing) -> str | None:
        """The reference of the message; None where it is certainly not there, or nobody can tell where."""
        try:
            reference = await self.chat.send(outgoing)
        except ChatUnavailable as away:
            self._note("post", away=str(away))
            return await self._look(outgoing) if away.doubtful else None
        except (ChatRefused, MessageRejected, MessageGone) as refused:
            self._note("post", wrong=str(refused))
            return None
        self._note("post", right="the message was accepted")
        return reference

    async def _look(self, outgoing: Outgoing) -> str | None:
        try:
            return await self.chat.find(outgoing) if Ability.HISTORY in self.chat.abilities else None
        except (ChatUnavailable, ChatRefused, MessageGone):
            return None

    async def _read_back(self, outgoing: Outgoing, reference: str) -> None:
        async with self._step("read back", Ability.HISTORY, "it was found in the room") as step:
            if step.is_possible and await self.chat.find(outgoing) != reference:
                raise ChatRefused("it was not found in the room: let the bot read the history there")

    async def _edit(self, outgoing: Outgoing, reference: str) -> None:
        async with self._step("edit", Ability.EDIT, "its words were replaced") as step:
            if step.is_possible:
                key = short_hash("test-message edited", outgoing.key)
                await self.chat.edit(replace(outgoing, key=key, replaces=reference, message=EDITED))

    async def _remove(self, reference: str) -> bool:
        """Whether it is gone."""
        async with self._step("remove", Ability.REMOVE, "it is gone again") as step:
            if step.is_possible:
                await self.chat.remove(self.room, reference)
        return step.is_possible and self.results[-1].verdict == "fine"

    @asynccontextmanager
    async def _step(self, name: str, ability: Ability, success: str) -> AsyncIterator["_Step"]:
        """Write down how a step ended. One that the chat is not able to do is no fault."""
        step = _Step(ability in self.chat.abilities)
        try:
            yield step
        except ChatUnavailable as away:
            self._note(name, away=str(away))
        except (ChatRefused, MessageRejected, MessageGone) as refused:
            self._note(name, wrong=str(refused))
        else:
            self._note(name, right=success if step.is_possible else "", note="" if step.is_possible else _CANNOT)

    def _note(self, step: str, *, right: str = "", note: str = "", wrong: str = "", away: str = "") -> None:
        rights, notes, wrongs = ((text,) if text else () for text in (right, note, wrong))
        self.results.append(
            CheckResult(
                kind="step", chat=self.chat.name, subject=step, right=rights, notes=notes, wrong=wrongs, away=away
            )
        )


@dataclass(frozen=True, slots=True)
class _Step:
    is_possible: bool
