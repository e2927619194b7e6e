"""`chatbot db backup`, more news, `chatbot db restore`: what was lost with the backup is found in its channel, not posted again."""

import asyncio
import signal
from asyncio.subprocess import STDOUT
from pathlib import Path

from tests.cli.process import environment
from tests.patience import PATIENCE
from tests.runtime.bot_process import now
from tests.runtime.many_channels import ManyChannels, open_many_channels
from tests.standins import forks


async def typed(there: ManyChannels, *words: str) -> None:
    """Run a command to its end."""
    with there.log.open("ab") as log:
        process = await forks.start(
            forks.CHATBOT, *words, "--config", str(there.config), stdout=log, stderr=STDOUT, env=environment()
        )
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0, there.log.read_text()[-2000:]


async def restored(there: ManyChannels, backup: Path) -> None:
    """End the bot, put the backup in the store's place, and begin again long after: Discord knows no nonce any more. What was
    lost is sent or found before the next release is said."""
    assert await there.end(signal.SIGTERM) == 0
    await typed(there, "db", "restore", str(backup))
    there.discord.world.forget_nonces()
    posted = there.message_requests("POST")
    await there.start()
    there.release()
    await there.until_shown()
    assert there.message_requests("POST") == posted + len(there.channels), "all was found"


async def test_what_was_posted_since_the_backup_is_not_posted_again(tmp_path: Path) -> None:
    async with open_many_channels(tmp_path, 5) as there:
        await there.begin()
        there.release()
        await there.until_shown()
        await typed(there, "db", "backup", str(tmp_path / "kept.db"))
        there.release(advisory="Flaw number 101")
        there.release()
        await there.until_shown()
        await restored(there, tmp_path / "kept.db")


async def test_what_was_posted_and_edited_since_the_backup_is_not_posted_again(tmp_path: Path) -> None:
    async with open_many_channels(tmp_path, 5) as there:
        await there.begin()
        await typed(there, "db", "backup", str(tmp_path / "kept.db"))
        there.release()
        await there.until_shown()
        (mark,) = there.expected.releases
        released = there.repository.release(f"v{mark}")
        released.body, released.updated_at = "Said better.", now()
        there.expected.edited[mark] = "Said better."
        await there.until_shown()
        await restored(there, tmp_path / "kept.db")


async def test_many_releases_since_the_backup_are_not_announced_again_as_one(tmp_path: Path) -> None:
    async with open_many_channels(tmp_path, 2) as there:
        await there.begin()
        await typed(there, "db", "backup", str(tmp_path / "kept.db"))
        for _ in range(3):
            for _ in range(2):
                there.release()
            await there.until_shown()
        await restored(there, tmp_path / "kept.db")
