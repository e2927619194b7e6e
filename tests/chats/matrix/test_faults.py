"""A way to the homeserver on which things go wrong: what is in doubt is called so, and what is slow or limited holds up little."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatUnavailable
from tests.chats.matrix.bot import Bot, away, outgoing, running
from tests.chats.matrix.peer import ENCRYPTED, peer
from tests.patience import PATIENCE
from tests.standins.faults import Fault
from tests.standins.proxy import FaultyProxy
from tests.standins.synapse import Synapse, User

SENDS = r"PUT .*/send/m\.room\."
TWICE = 2  # aiohttp itself asks once more where a connection breaks
NEWS = Message(title="Mail 0.13.4", tone=Tone.ROUTINE)
URGENT = PATIENCE  # seconds, past which a test has failed: what hangs hangs for longer


@asynccontextmanager
async def on_the_way(server: Synapse, folder: Path, **more: Any) -> AsyncIterator[tuple[Bot, FaultyProxy]]:
    async with FaultyProxy(server.url) as way, running(server, folder, homeserver=way.url, **more) as bot:
        yield bot, way


async def rooms_of(alice: User, bot: Bot, number: int, **more: Any) -> list[str]:
    rooms = [await away(lambda: alice.create_room(invite=[bot.user.id], **more)) for _ in range(number)]
    for room in rooms:
        await bot.knows(room, joined=2)
    return rooms


def bodies_in(alice: User, room: str) -> list[str]:
    """The first words of the bot's messages, the oldest first."""
    events = [
        event for event in alice.history(room) if event["type"] == "m.room.message" and event["sender"] != alice.id
    ]
    return [event["content"]["body"].split(" ", 1)[1] for event in events]


def news(number: int) -> Message:
    return Message(title=f"news {number}", tone=Tone.ROUTINE)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop_after", where=SENDS, times=TWICE),
        Fault(kind="drop", where=SENDS, times=TWICE),
        Fault(kind="status_after", where=SENDS, status=502),
        Fault(kind="status", where=SENDS, status=503),
        Fault(kind="status_after", where=SENDS, status=200),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
async def test_what_may_have_arrived_is_doubtful_and_posted_once(
    homeserver: Synapse, tmp_path: Path, fault: Fault
) -> None:
    alice = homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path) as (bot, way):
        (room,) = await rooms_of(alice, bot, 1)
        await bot.post(room, news(1))
        way.faults.plant(fault)
        with pytest.raises(ChatUnavailable) as raised:
            await bot.post(room, news(2))
        assert raised.value.doubtful
        assert way.faults.left == 0
        arrived = fault.kind.endswith("_after")
        assert (await bot.chat.find(outgoing(room, news(2))) is not None) == arrived
        await bot.post(room, news(2))
        await bot.post(room, news(3))
        assert await away(bodies_in, alice, room) == ["news 1", "news 2", "news 3"]


async def test_an_edit_that_may_have_arrived_is_doubtful_too(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path) as (bot, way):
        (room,) = await rooms_of(alice, bot, 1)
        first = await bot.post(room, NEWS)
        edit = outgoing(room, news(2), replaces=first)
        way.faults.plant(Fault(kind="status_after", where=SENDS))
        with pytest.raises(ChatUnavailable) as raised:
            await bot.chat.edit(edit)
        assert raised.value.doubtful
        assert await bot.chat.find(edit) == first
        way.faults.plant(Fault(kind="status", where=r"GET .*/event/"))
        with pytest.raises(ChatUnavailable) as before:
            await bot.chat.edit(edit)
        assert not before.value.doubtful


async def test_what_fails_before_the_message_goes_out_is_not_doubtful(homeserver: Synapse, tmp_path: Path) -> None:
    """Joining, looking, opening a direct chat, handing out keys: none of them brings the message into the room."""
    alice = homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path) as (bot, way), peer(alice, tmp_path / "alice"):
        secret, new = await rooms_of(alice, bot, 1, initial_state=[ENCRYPTED]), alice.id
        public = await away(lambda: alice.create_room(preset="public_chat"))
        for place, where in (
            (public, r"POST .*/join/"),
            (public, r"GET .*/state/m\.room\.create"),
            ("#somewhere:hs.test", r"GET .*/directory/room/"),
            (new, r"POST .*/createRoom"),
            (secret[0], r"GET .*/joined_members"),
            (secret[0], r"POST .*/keys/claim"),
            (secret[0], r"PUT .*/sendToDevice/"),
        ):
            way.faults.plant(Fault(kind="status_after", where=where))
            with pytest.raises(ChatUnavailable) as raised:
                await bot.post(place, NEWS)
            assert (where, way.faults.left, raised.value.doubtful) == (where, 0, False)
        way.faults.plant(Fault(kind="status_after", where=SENDS))
        with pytest.raises(ChatUnavailable) as raised:
            await bot.post(secret[0], NEWS)
        assert raised.value.doubtful
        way.faults.plant(Fault(kind="status", where=r"GET .*/messages"))
        with pytest.raises(ChatUnavailable) as search_error:
            await bot.chat.find(outgoing(secret[0], NEWS))
        assert not search_error.value.doubtful


async def test_an_answer_counts_as_given_though_the_word_about_it_fails(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path, answers=False) as (bot, way):
        (room,) = await rooms_of(alice, bot, 1)
        way.faults.plant(Fault(kind="status", where=rf"{SENDS}.*-note$"))
        await away(alice.send_text, room, "!report")
        await bot.memory.until(lambda: bot.memory.questions)
        (question,) = bot.memory.questions
        private = Message(title="for you", tone=Tone.ANSWER, private=True)
        assert await bot.post(room, private, "answerforyou", reply_to=question)
        assert way.faults.left == 0


async def test_a_limited_account_is_refused_once_and_then_keeps_its_distance(
    homeserver: Synapse, tmp_path: Path
) -> None:
    admin, alice = homeserver.register("admin", admin=True), homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path) as (bot, way):
        (room,) = await rooms_of(alice, bot, 1)
        limit = {"messages_per_second": 1, "burst_count": 1}
        await away(admin.call, "POST", f"/_synapse/admin/v1/users/{bot.user.id}/override_ratelimit", limit)
        numbers = itertools.count()
        while 429 not in (answers := [status for path, status in way.passed if "/send/" in path]):
            await bot.post(
                room, news(next(numbers))
            )  # one after the other: a busy machine may be slower than the limit
        for _ in range(3):
            await bot.post(room, news(next(numbers)))
        answers = [status for path, status in way.passed if "/send/" in path]
        assert answers.count(429) <= 2
        assert (429, 429) not in itertools.pairwise(answers)  # nothing was asked in the time that a refusal named
    assert await away(bodies_in, alice, room) == [f"news {number}" for number in range(next(numbers))]


async def test_an_answer_overtakes_the_announcements_that_wait(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with on_the_way(homeserver, tmp_path) as (bot, way):
        first, *rooms = await rooms_of(alice, bot, 9)
        way.faults.plant(Fault(kind="limit", where=SENDS, retry_after=0.6))
        await bot.post(first, NEWS)  # from here on the account keeps 0.6 s between its messages
        waiting = [asyncio.create_task(bot.post(room, NEWS)) for room in rooms]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        await bot.post(first, Message(title="an answer", tone=Tone.ANSWER), reply_to=f"{first} $question - {alice.id}")
        assert not all(task.done() for task in waiting), "it did not wait for its turn behind them"
        await all_ended(waiting)


@pytest.mark.parametrize("version", ["", "encrypted"])
async def test_rooms_that_hang_hold_up_no_other(homeserver: Synapse, tmp_path: Path, version: str) -> None:
    alice = homeserver.register("alice")
    more: dict[str, Any] = {"initial_state": [ENCRYPTED]} if version else {}
    async with on_the_way(homeserver, tmp_path) as (bot, way):
        good, *slow = await rooms_of(alice, bot, 8, **more)
        way.faults.plant(Fault(kind="hang", where=SENDS, times=len(slow)))
        hanging = [asyncio.create_task(bot.post(room, NEWS)) for room in slow]
        async with asyncio.timeout(URGENT):
            while way.faults.left:
                await bot.chat.find(outgoing(good, NEWS))
            await bot.post(good, NEWS)
        assert not any(task.done() for task in hanging)
        await all_ended(hanging)


async def all_ended(tasks: Sequence[asyncio.Task[str]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
