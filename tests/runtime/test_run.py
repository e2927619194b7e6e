"""`chatbot run` seen from outside: each release once in each room, through restarts and kills, and a clean end."""

import asyncio
import signal
from pathlib import Path

from tests.runtime.bot_process import BotHarness, open_bot
from tests.standins.synapse import Synapse


async def _until_running(there: BotHarness) -> None:
    await there.start()
    await there.baseline()


async def test_each_release_is_shown_once_through_restarts_and_kills(homeserver: Synapse, tmp_path: Path) -> None:
    async with open_bot(tmp_path, homeserver) as there:
        await _until_running(there)
        assert there.in_discord() == [], "the baseline is silent"
        assert there.in_matrix() == []

        there.publish("v1.0.1")
        await there.until_shown(["1.0.1"])
        began = asyncio.get_running_loop().time()
        assert await there.end(signal.SIGTERM) == 0
        assert asyncio.get_running_loop().time() - began < 50, (
            "SIGTERM stops it cleanly; ten times the five seconds that it promises"
        )

        there.publish("v1.0.2")  # while it is down
        await _until_running(there)
        await there.until_shown(["1.0.1", "1.0.2"])

        there.publish("v1.0.3", "v1.1.0")
        await there.until(lambda: len(there.in_discord()) >= 3, "the next release is in Discord")
        await there.end(signal.SIGKILL)  # between announcements: Matrix has them or not
        await _until_running(there)
        await there.until_shown(["1.0.1", "1.0.2", "1.0.3", "1.1.0"])

        there.publish("v1.1.1")
        await there.until(lambda: any("1.1.1" in title for title in there.in_matrix()), "the last one is in Matrix")
        await there.end(signal.SIGKILL)
        await _until_running(there)
        await there.until_shown(["1.0.1", "1.0.2", "1.0.3", "1.1.0", "1.1.1"])

        question = await there.discord.slash("supported", {"version": "1.0"}, at=there.channel)
        assert "Ferry 1.0.x gets security fixes" in str(await question.answer())
        event = there.reader.send_text(there.room, "!supported 1.0")
        answer = there.reader.wait_for(
            there.room,
            lambda event_: event_["content"].get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == event,
        )
        assert "Ferry 1.0.x gets security fixes" in answer["content"]["body"]
        assert await there.end(signal.SIGTERM) == 0
        text = there.log.read_text()
        assert "test-token-of-the-reader" not in text
        assert there.discord.token not in text
