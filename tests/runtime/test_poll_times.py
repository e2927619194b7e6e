"""When a source is looked at again: sooner for what may settle by it, and never in haste for what waits for another source."""

from datetime import timedelta
from pathlib import Path

from chatbot.demo.github.data import Repository
from tests.demo.make import advisory
from tests.runtime.harness import SETTLE, open_harness, room
from tests.standins.clock import START, ManualClock


async def test_what_waits_for_one_source_does_not_hurry_the_others(tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    clock = ManualClock()
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console:open")]) as harness:
        await harness.run_for()
        flaw = advisory("GHSA-2222-2222-2222", 0)
        flaw.created_at = flaw.published_at = START + timedelta(minutes=5)
        ferry.advisories.append(flaw)
        clock.advance(timedelta(minutes=10))
        dues = {watch.source.name: await watch.look() for watch in harness.services.pollers}
        assert dues["github-advisories:ferry"] == clock() + SETTLE
        clock.advance(2 * SETTLE)
        (releases,) = [watch for watch in harness.services.pollers if watch.source.name == "github-releases:ferry"]
        assert await releases.look() > clock() + timedelta(seconds=5)  # GitHub's advisories do not answer meanwhile
