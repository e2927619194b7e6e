"""The named points at which a test ends the process, as a power cut would: nothing is finished, nothing is tidied up."""

import os
from collections.abc import Callable, Mapping

VARIABLE = "CHATBOT_CRASH_AT"
KILLED = 137  # as a shell reports SIGKILL
FAILPOINTS = (
    "parsing",  # what is about to be parsed is written down, nothing is parsed
    "fetched",  # a batch was read, nothing is written
    "before commit",  # facts, decisions and deliveries are written, not committed
    "committed",
    "claimed",  # deliveries are ours, nothing is sent
    "sent",  # the chat took a message, nothing is recorded
    "before mark",  # what became of it is written, not committed
    "recorded",
)


def nowhere(_point: str) -> None:
    """Go on: outside of tests nothing happens at the points."""


def failpoint_of(environment: Mapping[str, str]) -> Callable[[str], None]:
    """What is called at each point. `CHATBOT_CRASH_AT=sent:3` ends the process when it has sent for the third time."""
    if VARIABLE not in environment:
        return nowhere
    name, _, times = environment[VARIABLE].partition(":")
    if name not in FAILPOINTS:
        raise ValueError(f"{VARIABLE} names {name}, which is none of: {', '.join(FAILPOINTS)}")
    left = int(times or 1)

    def reached(failpoint: str) -> None:
        nonlocal left
        left -= failpoint == name
        if left <= 0:
            os._exit(KILLED)

    return reached
