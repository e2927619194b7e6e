"""`chatbot health`: yes while the bot runs, no before and after, and nothing of the configuration is read for it."""

import signal
from pathlib import Path

from chatbot.runtime.ops.pulse import last_pulse, place_of
from tests.cli.process import environment, harbour
from tests.cli.shell import Shell
from tests.cli.test_run import bot, end
from tests.patience import until


async def test_it_knows_whether_the_bot_runs(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        file = place_of(there.config, environment())
        async with bot(there) as process:
            await until(lambda: (pulse := last_pulse(file)) and not pulse.wrong, "the bot has written that all is well")
            ready = await there.type("health", "--ready")
            assert (ready.status, ready.err) == (0, "")
            assert f"the bot (process {process.pid}) is running" in ready.out
            await end(process, signal.SIGTERM)
        after = await there.type("health")
        assert (after.status, after.out) == (1, "no bot is running with this configuration file\n")
        assert not file.exists()


def test_it_reads_no_configuration(shell: Shell, tmp_path: Path) -> None:
    ran = shell("health", "--config", tmp_path / "nowhere.toml")
    assert (ran.status, ran.err) == (1, "")
