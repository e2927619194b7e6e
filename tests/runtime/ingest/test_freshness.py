"""An answer says when something was last read only where that was long ago, though nothing was new since the answer before."""

from datetime import timedelta
from pathlib import Path

from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.runtime.harness import open_harness, room
from tests.standins.clock import ManualClock
from tests.standins.github.faults import status


async def test_an_answer_names_the_age_of_the_last_poll_and_the_trouble_of_now(tmp_path: Path) -> None:
    clock, ferry = ManualClock(), Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:

        async def ask(command: str) -> str:
            return repr(
                await harness.services.answers.answer(
                    CommandRequest(command=command, asker=RoomAddress("console:user"), asked_at=clock.now)
                )
            )

        await harness.run_for()
        assert "I last read" not in await ask("latest")
        clock.advance(timedelta(hours=7))
        assert "I last read the releases on " in await ask("latest")
        await harness.poll()
        assert "I last read" not in await ask("latest")
        harness.world.faults.lay("*/releases", status(500))
        clock.advance(timedelta(minutes=1))
        await harness.poll()
        assert "could not be read: " in await ask("status")
