"""What Matrix's sync tells of a room has that room tried again, once it is remembered."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.ports import RoomFacts
from chatbot.runtime.returning import Noticing
from chatbot.store.db import open_store
from chatbot.store.inbox import MatrixMemory


@dataclass(slots=True)
class Ears:
    heard: list[str] = field(default_factory=list)

    async def tried(self, rooms: Collection[str]) -> None:
        self.heard += sorted(rooms)


async def test_changed_rooms_are_tried_and_left_ones_are_not(tmp_path: Path) -> None:
    ears = Ears()
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        memory = Noticing(MatrixMemory(store, "matrix"), ears.tried)
        await memory.take_in("s1", [], [])
        assert ears.heard == []
        levels = RoomFacts(place="!a:hs.test", facts={"levels": {"events_default": 0}})
        await memory.take_in("s2", [], [levels, RoomFacts(place="!b:hs.test", facts={}, left=True)])
        assert ears.heard == ["matrix:!a:hs.test"]
        assert await memory.token() == "s2"
        assert set(await memory.rooms()) == {"!a:hs.test"}
        await memory.moved("!a:hs.test", "!c:hs.test")
        assert ears.heard == ["matrix:!a:hs.test", "matrix:!c:hs.test"]
