"""What Matrix's sync tells of a room has that room tried again, once it is remembered."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import RoomFacts
from chatbot.runtime.delivery.refusal_retry import NoticingMemory, RefusalRetry
from chatbot.store import outbox
from chatbot.store.database.db import open_store
from chatbot.store.inbox import StoredSyncMemory


@dataclass(slots=True)
class Ears:
    tried_rooms: list[str] = field(default_factory=list)

    async def tried(self, rooms: Collection[str]) -> None:
        self.tried_rooms += sorted(rooms)


async def test_a_change_in_an_upgraded_room_has_what_is_addressed_to_the_old_one_tried(tmp_path: Path) -> None:
    now = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
    old, new, other = "matrix:!a:hs.test", "matrix:!b:hs.test", "matrix:!x:hs.test"
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await StoredSyncMemory(store, "matrix", "matrix").moved("!a:hs.test", "!b:hs.test")
        async with store.writing() as tx:
            for room in (old, other):
                await outbox.add_answer(
                    tx, RoomAddress(room), "", Message(title="Hello", tone=Tone.ANSWER), room[-9:], now
                )
            for claimed in await outbox.claim(tx, "matrix", now, 9):
                await outbox.refuse(tx, claimed, now + timedelta(hours=1), "no right to speak")
        await RefusalRetry(store, lambda: now, lambda: [RoomAddress(old), RoomAddress(other)]).tried(
            "matrix", [RoomAddress(new)]
        )
        async with store.writing() as tx:
            (tried,) = await outbox.claim(tx, "matrix", now, 9)
    assert tried.outgoing.room == old


async def test_changed_rooms_are_tried_and_left_ones_are_not(tmp_path: Path) -> None:
    ears = Ears()
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        memory = NoticingMemory(StoredSyncMemory(store, "matrix", "matrix"), "matrix", ears.tried)
        await memory.remember("s1", [], [])
        assert ears.tried_rooms == []
        levels = RoomFacts(place="!a:hs.test", facts={"levels": {"events_default": 0}})
        await memory.remember("s2", [], [levels, RoomFacts(place="!b:hs.test", facts={}, left=True)])
        assert ears.tried_rooms == ["matrix:!a:hs.test"]
        assert await memory.token() == "s2"
        assert set(await memory.rooms()) == {"!a:hs.test"}
        await memory.moved("!a:hs.test", "!c:hs.test")
        assert ears.tried_rooms == ["matrix:!a:hs.test", "matrix:!c:hs.test"]
