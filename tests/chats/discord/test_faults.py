"""Faults are told once in full, and then counted."""

import structlog

from chatbot.chats.discord.faults import FaultLog


def test_a_flood_of_one_fault_is_logged_a_few_times() -> None:
    faults = FaultLog()
    with structlog.testing.capture_logs() as lines:
        for _ in range(1000):
            faults.tell("an event broke", KeyError("x"), kind="a")
        faults.tell("an event broke", ValueError("y"), kind="a")
    assert [line["count"] for line in lines] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1]
    assert ["exc_info" in line for line in lines] == [True, *[False] * 9, True]
