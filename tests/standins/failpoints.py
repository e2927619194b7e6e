"""The named points at which a test ends the process, as a power cut would: nothing is finished, nothing is tidied up."""

import os
from collections.abc import Callable, Mapping

VARIABLE = "CRASH_AT"
KILLED = 137  # as a shell reports SIGKILL
FAILPOINTS = (
    "parsing",  # what is about to be parsed is written down, nothing is parsed
    "fetched",  # a batch was read, nothing is written
    "before commit",  # facts, decisions and deliveries are written, not committed
    "committed",
    "before slice commit",  # what some subscribers get is written, not committed
    "slice committed",
    "claimed",  # deliveries are ours, nothing is sent
    "sent",  # the chat took a message, nothing is recorded
    "before mark",  # what became of it is written, not committed
    "recorded",
)

BY_THE_CLOCK = (
    "digest written",  # a digest and its decisions are written, not committed
    "digest committed",
    "digest corrected",  # an edit is written, not committed
    "lists written",  # what some people are listed is written, not committed
    "lists committed",
    "reminders written",  # reminders and what was said are written, not committed
)

OF_IMAGES = (
    "images written",  # what registries said is written with what follows from it, not committed
    "images committed",
)

BY_WORD = (
    "change planned",  # what a maintainer said is written with what follows from it, not committed
    "change committed",
)

BY_COMMAND = (
    "watch written",  # what a room watches is written with its baseline, not committed
    "watch committed",  # nobody acts on it yet
)

Failpoint = Callable[[str], None]


def go_on(_failpoint: str) -> None:
    """Do nothing at a named point."""


def crash_at(name: str, times: int = 1) -> Failpoint:
    """What is called at each point, and ends the process when it reaches the one called `name` for the last of `times`."""
    remaining = times

    def reach(failpoint: str) -> None:
        nonlocal remaining
        remaining -= failpoint == name
        if remaining <= 0:
            os._exit(KILLED)

    return reach


def failpoint_of(environment: Mapping[str, str]) -> Failpoint:
    """The failpoint that the environment names: `CRASH_AT=sent:3` ends the process when it has sent for the third time."""
    name, _, times = environment[VARIABLE].partition(":")
    points = (*FAILPOINTS, *BY_WORD, *BY_THE_CLOCK, *OF_IMAGES)
    if name not in points:
        raise ValueError(f"{VARIABLE} names {name}, which is none of: {', '.join(points)}")
    return crash_at(name, int(times or 1))
