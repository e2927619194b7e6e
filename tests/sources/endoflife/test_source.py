"""The lifecycle of a project's product: read when it changed, refused with the fix, and never lost by a bad answer."""

from dataclasses import replace

import pytest

from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.endoflife.source import EndOfLife
from tests.sources.endoflife.product import cycle, product
from tests.sources.harness import PROJECT, SourceHarness, open_harness
from tests.standins.github import faults
from tests.standins.github.faults import Fault

WINDLASS = replace(PROJECT, endoflife="windlass")


def source(harness: SourceHarness, name: str = "windlass") -> EndOfLife:
    return EndOfLife(replace(WINDLASS, endoflife=name), harness.fetcher, f"{harness.url}/eol/", reader=harness.reader)


async def test_it_is_read_again_only_when_it_changed() -> None:
    async with open_harness() as harness:
        harness.world.lifecycles["windlass"] = product(cycle("1.2"), name="windlass-server")
        first = await source(harness).poll({})
        assert first.lifecycle is not None
        assert (first.lifecycle.product, [each.name for each in first.lifecycle.cycles]) == ("windlass", ["1.2"])
        second = await source(harness).poll(first.cursor)
        assert (second.unchanged, second.lifecycle, second.cursor) == (True, None, first.cursor)
        assert harness.world.requests[-1].status == 304
        harness.world.lifecycles["windlass"] = product(cycle("1.2"), cycle("1.3"))
        third = await source(harness).poll(second.cursor)
        assert third.lifecycle is not None
        assert len(third.lifecycle.cycles) == 2


async def test_another_product_is_not_taken_for_an_unchanged_one() -> None:
    async with open_harness() as harness:
        harness.world.lifecycles |= {"windlass": product(cycle("1.2")), "capstan": product(cycle("9.0"))}
        first = await source(harness).poll({})
        other = await source(harness, "capstan").poll(first.cursor)
        assert other.lifecycle is not None
        assert [each.name for each in other.lifecycle.cycles] == ["9.0"]


async def test_a_product_that_does_not_exist_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        with pytest.raises(SourceRefused, match=r"has no product 'windlass'; correct projects\.endoflife"):
            await source(harness).poll({})


@pytest.mark.parametrize(
    "fault",
    [faults.empty, faults.truncated, faults.html_instead, faults.not_utf8, faults.huge(), faults.status(503)],
)
async def test_a_bad_answer_is_a_failure_of_one_line(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.world.lifecycles["windlass"] = product(cycle("1.2"))
        harness.world.faults.lay("*", fault, times=1)
        with pytest.raises(SourceUnavailable) as caught:
            await source(harness).poll({})
        assert "\n" not in str(caught.value)
        assert (await source(harness).poll({})).lifecycle is not None
