"""A policy page is read once, and a long one beside the event loop."""

import asyncio

from chatbot.runtime.reading import MOST, PolicyReader

PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| {}.x | yes |\n"


async def test_what_was_prepared_is_not_read_again() -> None:
    reader = PolicyReader()
    page = PAGE.format(1)
    await reader.prepare(page)
    kept = reader.read(page)
    await reader.prepare(page)
    assert reader.read(page) is kept
    assert reader.readable(page)
    assert not reader.readable(" \n")


async def test_a_page_of_many_lines_does_not_hold_up_the_loop() -> None:
    """The event loop goes on while the page is read: it turns more than once."""
    reader, turns = PolicyReader(), 0
    preparing = asyncio.create_task(reader.prepare(PAGE.format(1) + "- one of many lines\n" * 2_000))
    while not preparing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 2


def test_the_oldest_reading_is_forgotten() -> None:
    reader = PolicyReader()
    first = reader.read(PAGE.format(0))
    for number in range(1, MOST + 1):
        reader.read(PAGE.format(number))
    assert reader.read(PAGE.format(0)) is not first
