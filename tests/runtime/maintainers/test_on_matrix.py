"""On Matrix: maintainers walk a release through all that they can do, by what they write in their room on a real homeserver."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.format import SIGNS
from chatbot.chats.matrix.reference import Reference
from chatbot.core.model.ids import RoomAddress
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import Question, RoomFacts
from chatbot.runtime.chats import addresses_of
from chatbot.runtime.queries.inbox import Inbox
from chatbot.store.inbox import StoredSyncMemory
from tests.patience import PATIENCE
from tests.runtime.harness import Harness
from tests.runtime.maintainers.walk import open_walk
from tests.standins.clock import ManualClock
from tests.standins.synapse import Synapse, User


@dataclass(frozen=True, slots=True)
class Noticing(StoredSyncMemory):
    """The bot's memory of its syncs; tells which events have come in. They were written when the clock says that they came: the
    homeserver's own time does not move with it."""

    clock: ManualClock = field(default_factory=ManualClock)
    came: dict[str, asyncio.Event] = field(default_factory=dict)

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        now = self.clock()
        questions = [replace(each, ask=replace(each.ask, asked_at=now)) for each in questions]
        await StoredSyncMemory.remember(self, token, questions, rooms)
        for question in questions:
            self.came.setdefault(Reference.parse(question.event).event, asyncio.Event()).set()

    async def until(self, event: str) -> None:
        """Wait until the question has come in."""
        async with asyncio.timeout(PATIENCE):
            await self.came.setdefault(event, asyncio.Event()).wait()


@dataclass
class Matrix:
    """A room of the project and one of its maintainers, on one homeserver."""

    harness: Harness
    bot: User
    memory: Noticing
    mira: User
    ola: User
    project_room: str
    ops: str
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def approve(self, title: str, *, stranger: bool = False) -> str:
        (card,) = [body for body in await self.cards() if f"Announce {title}?" in body]
        (line,) = [line for line in card.splitlines() if line.startswith("Announce: send !")]
        return await self._ask(self.ola if stranger else self.mira, self.ops, line.partition("send ")[2])

    async def say(self, command: str, **arguments: str) -> str:
        return await self._ask(self.mira, self.ops, _line(command, arguments))

    async def trespass(self, title: str) -> None:
        """By a reply that quotes a maintainer's words, by an edit of a maintainer's message and of one's own, by reactions, and by
        the command in every room."""
        (card,) = [body for body in await self.cards() if f"Announce {title}?" in body]
        (line,) = [line for line in card.splitlines() if line.startswith("Announce: send !")]
        command = line.partition("send ")[2]
        events = await asyncio.to_thread(self.mira.history, self.ops)
        at = next(each["event_id"] for each in events if each["content"].get("body") == card)
        theirs = await asyncio.to_thread(self.mira.send_text, self.ops, f"Shall we {command} or not?")
        mine = await asyncio.to_thread(self.ola.send_text, self.ops, "!announc now v1.2.0")
        quote = f"> <{self.mira.id}> {command}\n\n{command}"
        new = {"msgtype": "m.text", "body": command}
        for content, kind in (
            (
                {"msgtype": "m.text", "body": quote, "m.relates_to": {"m.in_reply_to": {"event_id": theirs}}},
                "m.room.message",
            ),
            ({"msgtype": "m.text", "body": "1", "m.relates_to": {"m.in_reply_to": {"event_id": at}}}, "m.room.message"),
            (
                {**new, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": theirs}},
                "m.room.message",
            ),
            (
                {**new, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": mine}},
                "m.room.message",
            ),
            ({"m.relates_to": {"rel_type": "m.annotation", "event_id": at, "key": "1️⃣"}}, "m.reaction"),
            ({"m.relates_to": {"rel_type": "m.annotation", "event_id": at, "key": "✅"}}, "m.reaction"),
        ):
            await asyncio.to_thread(self.ola.send, self.ops, content, kind)
        for room in (self.ops, self.project_room):
            assert "goes out now" not in await self._ask(self.ola, room, command)

    async def ask(self, command: str, **arguments: str) -> str:
        return await self._ask(self.ola, self.project_room, _line(command, arguments))

    async def room(self) -> list[tuple[str, bool]]:
        titles = [_title(body) for body, reply in await self._posts(self.project_room) if not reply]
        return [(title.removesuffix(" (withdrawn)"), title.endswith(" (withdrawn)")) for title in titles]

    async def cards(self) -> list[str]:
        return [body for body, reply in await self._posts(self.ops) if not reply]

    async def _ask(self, person: User, room: str, line: str) -> str:
        event = await asyncio.to_thread(person.send_text, room, line)
        await self.memory.until(event)
        services = self.harness.services
        async with self._asking:
            await Inbox(
                chat="matrix", store=services.store, answers=services.answers, clock=self.harness.clock
            ).answer_all()
        await self.harness.deliver()
        for body, reply in await self._posts(room):
            if reply == event:
                return body
        raise AssertionError(f"no answer to {line}")

    async def _posts(self, room: str) -> list[tuple[str, str]]:
        """The bot's messages as they are now, the oldest first, each with the question that it answers, if it does."""
        events = await asyncio.to_thread(self.mira.history, room)
        ours = [each for each in events if each["sender"] == self.bot.id and each["type"] == "m.room.message"]
        posts: dict[str, tuple[str, str]] = {}
        asked = {each["event_id"] for each in events if each["sender"] != self.bot.id}
        for each in ours:
            relation = each["content"].get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                of, _ = posts[relation["event_id"]], None
                posts[relation["event_id"]] = (each["content"]["m.new_content"]["body"], of[1])
            else:
                answers = relation.get("m.in_reply_to", {}).get("event_id", "")
                posts[each["event_id"]] = (each["content"]["body"], answers if answers in asked else "")
        return list(posts.values())


def real_time() -> datetime:
    """The homeserver's: how old a question is does not follow the clock that the test moves."""
    return datetime.now(UTC)


def _line(command: str, arguments: dict[str, str]) -> str:
    values = [value for name, value in arguments.items() if name not in ("reason", "severity")]
    named = [f"{name}:{value}" for name, value in arguments.items() if name in ("reason", "severity")]
    return " ".join([f"!{command}", *values, *named])


def _title(body: str) -> str:
    """The line with the sign, or the one below it, where the sign stands before a label."""
    lines = body.splitlines()
    (at, *_) = [number for number, line in enumerate(lines) if line.startswith(tuple(SIGNS.values()))]
    first = lines[at].partition(" ")[2]
    return first if "Ferry" in first else lines[at + 1]


@asynccontextmanager
async def connected(chat: MatrixChat) -> AsyncIterator[None]:
    task = asyncio.create_task(chat.run())
    try:
        async with asyncio.timeout(PATIENCE):
            await chat.ready()
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await chat.close()


async def test_maintainers_walk_a_release_through_everything(homeserver: Synapse, tmp_path: Path) -> None:
    bot, mira, ola = (homeserver.register(name) for name in ("bot", "mira", "ola"))
    alias = f"ops-{bot.id[1:].partition(':')[0]}"
    rooms = [mira.create_room(invite=[bot.id, ola.id], **more) for more in ({}, {"room_alias_name": alias})]
    for room in rooms:
        ola.join(room)
        bot.join(room)
    here, ops = RoomAddress(f"matrix:{rooms[0]}"), RoomAddress(f"matrix:#{alias}:{homeserver.name}")
    clock = ManualClock(now=real_time())
    async with open_walk(tmp_path, clock, here, ops, RoomAddress(f"matrix:{mira.id}")) as walk:
        memory = Noticing(walk.harness.services.store, "matrix", "matrix", clock)
        account = Account(
            user_id=bot.id,
            store_path=tmp_path / "matrix",
            homeserver=homeserver.url,
            password=bot.password,
            allow_invites_from=(homeserver.name,),
        )
        chat = MatrixChat(
            account,
            memory,
            real_time,
            rooms=partial(addresses_of, walk.harness.services, "matrix"),
            allowance=RateAllowance(100, 1.0),
        )
        async with connected(chat):
            walk.harness.chat = chat  # type: ignore[assignment]  # a chat all the same
            walk.place = place = Matrix(walk.harness, bot, memory, mira, ola, rooms[0], rooms[1])
            await walk.all()
            events: list[Any] = await asyncio.to_thread(mira.history, here.place)
            assert not any(each["content"].get("m.mentions") for each in events if each["sender"] == bot.id)
            assert place.bot.id == bot.id
