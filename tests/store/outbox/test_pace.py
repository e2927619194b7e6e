"""How fast messages lately went out, measured by what was sent."""

from datetime import timedelta

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import outbox
from chatbot.store.database.db import Store
from chatbot.store.outbox import pace
from tests.store.make import NOW, at, planned_message

ROOM, OTHER = RoomAddress("discord:1"), RoomAddress("discord:2")


async def test_the_delay_of_a_room_is_that_of_its_urgent_news(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        assert await pace.delay(tx, [ROOM], NOW) is None
        for number, (lane, seconds) in enumerate(
            [(Lane.SECURITY, 1), (Lane.CRITICAL, 2), (Lane.SECURITY, 9), (Lane.ROUTINE, 600)]
        ):
            await outbox.add(tx, [planned_message(f"v{number}", [ROOM], lane=lane)], at(1000 * number))
            (claimed,) = await outbox.claim(tx, "discord", at(1000 * number), 9)
            await outbox.record_sent(tx, [(claimed, "ref")], at(1000 * number + seconds))
        assert await pace.delay(tx, [ROOM, OTHER], at(5000)) == timedelta(seconds=2)
        assert await pace.delay(tx, [OTHER], at(5000)) is None
        assert await pace.delay(tx, [ROOM], NOW + timedelta(days=30)) is None


async def test_the_rate_of_people_is_that_of_the_busiest_minute(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        for minute, many in enumerate((10, 90, 40)):
            dms = [f"discord:dm:{minute}{number:03}" for number in range(many)]
            await outbox.add(tx, [planned_message(f"v{minute}", dms, lane=Lane.ALERT)], at(60 * minute))
            claimed = await outbox.claim(tx, "discord", at(60 * minute), 200)
            await outbox.record_sent(tx, [(each, "ref") for each in claimed], at(60 * minute + 5))
        assert await pace.rate(tx, "discord", at(300)) == 1.5
        assert await pace.rate(tx, "matrix", at(300)) is None
