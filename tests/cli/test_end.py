"""Whatever holds a bot up that was told to end: it ends, and says where it stood."""

import asyncio
from asyncio.subprocess import PIPE

from tests.patience import PATIENCE
from tests.standins import forks


async def test_a_process_that_cannot_end_is_ended_with_its_stacks() -> None:
    process = await forks.start("tests.cli.endless:main", stderr=PIPE)
    async with asyncio.timeout(PATIENCE):
        _, err = await process.communicate()
    assert process.returncode == 1
    assert "endless.py" in err.decode()
