"""The guarding process: hears the bot's heartbeats on its standard input, and ends a bot that has been silent for too long.

It imports nothing but the standard library and the module beside it, so that it takes a few megabytes. It ends with the bot.
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress

from chatbot.runtime.ops.watchdog.vitals import Silence, vitals_of

_TICK = 1.0  # seconds between two looks
_LAST_WORDS = 10.0  # seconds for the stacks to be written after SIGABRT


def main(arguments: list[str]) -> None:
    """Guard until the input ends. Arguments: the bot's process id, and for how many seconds it may be silent."""
    bot, most = int(arguments[0]), float(arguments[1])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the bot; a bot that does not obey is what we are for
    silence, looked_at = Silence(tick=min(_TICK, most / 4)), time.monotonic()
    while os.getppid() == bot:
        beat = _wait_for_beat(silence.tick)
        if beat is None:
            return
        if beat:
            silence.broken()
        now = time.monotonic()
        if now - looked_at >= silence.tick / 2:
            vitals = vitals_of(bot)
            if vitals is not None:
                silence.look(vitals, now - looked_at)
            looked_at = now
        if silence.seconds >= most:
            _end(bot, most)
            return


def _wait_for_beat(seconds: float) -> bool | None:
    """Whether the bot spoke within these seconds; None where it is gone."""
    ready, _, _ = select.select([0], [], [], seconds)
    return bool(os.read(0, 4096)) or None if ready else False


def _end(bot: int, most: float) -> None:
    """Have the bot write the stacks of all threads (faulthandler does that without the interpreter's lock) and end it."""
    words = f"the event loop has not turned for {most:.0f} s: the bot is ended, and its stacks follow\n"
    with suppress(OSError):
        os.write(2, words.encode())
    for number in (signal.SIGABRT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(bot, number)
        if _ends_within(_LAST_WORDS):
            return


def _ends_within(seconds: float) -> bool:
    """Whether the bot's end of the pipe is closed within these seconds."""
    until = time.monotonic() + seconds
    while (seconds_left := until - time.monotonic()) > 0:
        if _wait_for_beat(seconds_left) is None:
            return True
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
