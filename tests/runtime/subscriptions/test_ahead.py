"""Who is read ahead of a fan-out's slices: everybody once, and as they are by now."""

from pathlib import Path

from chatbot.core.subscriptions.subscription import Scope
from chatbot.runtime.subscriptions.fan_out.ahead import ReadAhead
from chatbot.store.database.db import Store, open_store
from chatbot.store.subscriptions import changes, subscriptions
from tests.runtime.subscriptions.people import FERRY_ID, person, subscribe_many
from tests.standins.clock import ManualClock


async def slice_of(store: Store, ahead: ReadAhead, dm: str) -> tuple[list[str], str, bool]:
    async with store.reading() as tx:
        them, more = await ahead.after(tx, FERRY_ID, dm, 7, await changes.count(tx))
        return [each.person for each in them], them[-1].dm if them else "", more


async def test_everybody_comes_once_and_a_change_of_mind_counts_at_once(tmp_path: Path, clock: ManualClock) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await subscribe_many(store, 90, [Scope("project")], clock.now)
        ahead, there, dm, more = ReadAhead(at_once=30), list[str](), "", True
        while more:
            them, dm, more = await slice_of(store, ahead, dm)
            there += them
            assert len(them) <= 7
            if len(there) == 14:
                async with store.writing() as tx:
                    await subscriptions.remove(
                        tx, [each.id for each in await subscriptions.of(tx, person(89, "console"))]
                    )
        everybody = [person(number, "console") for number in range(89)]
        assert sorted(there) == sorted(everybody), "none twice, none lost, and not who has gone"
        again, *_ = await slice_of(store, ahead, "")
        assert again == there[:7]
