"""The age that an answer names is that of the last look, though nothing was new since the answer before."""

from datetime import timedelta
from pathlib import Path

from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from tests.demo.conftest import Hands, release
from tests.runtime.walk import room, walking
from tests.standins.github.faults import status


async def test_an_answer_names_the_age_of_the_last_look_and_the_trouble_of_now(tmp_path: Path) -> None:
    clock, ferry = Hands(), Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    async with walking(ferry, clock, tmp_path / "bot.db", [room("console")]) as walk:

        async def ask(command: str) -> str:
            return repr(
                await walk.services.answers.answer(
                    CommandRequest(command=command, asker="console:user", asked_at=clock.now)
                )
            )

        await walk.pass_by()
        assert "just now" in await ask("latest")
        clock.tick(timedelta(hours=3))
        assert "3 hours ago" in await ask("latest")
        await walk.look()
        assert "just now" in await ask("latest")
        walk.world.faults.lay("*/releases", status(500))
        clock.tick(timedelta(minutes=1))
        await walk.look()
        assert "github-releases:ferry" in await ask("status")
