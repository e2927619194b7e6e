"""A repository's advisories through the loopback GitHub: all published ones, cheaply, and never anything else."""

import json
from datetime import timedelta

import pytest

from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.demo.github import data
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.sources.github.advisories import GithubAdvisories
from tests.sources.harness import PROJECT, SourceHarness, open_harness
from tests.standins.clock import START
from tests.standins.github import faults
from tests.standins.github.faults import Fault

LIST = "/security-advisories"


def ghsa(number: int) -> str:
    return f"GHSA-aaaa-bbbb-{number:04d}"


def advisory(number: int, days: float = 0, **more: object) -> data.Advisory:
    """An advisory published `days` after the start."""
    at = START + timedelta(days=days)
    values: dict[str, object] = {
        "ghsa": ghsa(number),
        "summary": "A mailbox name is not escaped",
        "severity": "high",
        "created_at": at,
        "published_at": at,
    }
    return data.Advisory(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def source(harness: SourceHarness) -> GithubAdvisories:
    return GithubAdvisories(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)


def ids_of(batch: Batch) -> list[str]:
    return [fact.id for fact in batch.observed if isinstance(fact, Advisory)]


async def test_an_advisory_becomes_a_fact() -> None:
    async with open_harness() as harness:
        harness.ferry.advisories.append(advisory(1, cve="CVE-2031-0001"))
        batch = await source(harness).poll({})
    (fact,) = batch.observed
    assert isinstance(fact, Advisory)
    assert (fact.key, fact.severity, fact.published_at) == (f"ferry/{ghsa(1)}", Severity.HIGH, START)
    assert fact.aliases == {"CVE-2031-0001"}
    assert batch.present == frozenset({f"ferry/{ghsa(1)}"})


async def test_every_page_at_first_then_a_304_then_only_what_changed() -> None:
    async with open_harness() as harness:
        harness.ferry.advisories += [advisory(number, number / 1000) for number in range(250)]
        one = source(harness)
        first = await one.poll({})
        assert len(ids_of(first)) == 250
        assert first.present is not None
        assert harness.request_count(LIST) == 3
        assert (await one.poll(first.cursor)).unchanged
        harness.ferry.advisories[3].updated_at = START + timedelta(days=3)
        harness.ferry.advisories[3].severity = "critical"
        before = harness.request_count(LIST)
        batch = await one.poll(first.cursor)
        assert ids_of(batch)[0] == ghsa(3)
        assert batch.present is None
        assert harness.request_count(LIST) - before == 1


async def test_more_changes_than_a_page_holds_are_read_to_the_first_known_one() -> None:
    async with open_harness() as harness:
        harness.ferry.advisories += [advisory(number, number / 1000) for number in range(250)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        for each in harness.ferry.advisories[:130]:
            each.updated_at = START + timedelta(days=3)
        before = harness.request_count(LIST)
        batch = await one.poll(cursor)
        assert {ghsa(number) for number in range(130)} <= set(ids_of(batch))
        assert harness.request_count(LIST) - before == 2


async def test_every_page_is_read_at_least_daily() -> None:
    async with open_harness() as harness:
        harness.ferry.advisories += [advisory(number, number / 1000) for number in range(120)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.clock.advance(timedelta(hours=24))
        batch = await one.poll(cursor)
        assert batch.present is not None
        assert len(batch.present) == 120


@pytest.mark.parametrize("state", ["draft", "triage", "closed"])
async def test_what_is_not_published_leaves_no_trace_whatever_the_token_may_see(state: str) -> None:
    async with open_harness(token="owner") as harness:
        harness.ferry.advisories += [
            advisory(1),
            advisory(6, 1, state=state, summary="SECRET", published_at=None if state != "closed" else START),
        ]
        one = source(harness)
        batch = await one.poll({})
        assert ids_of(batch) == [ghsa(1)]
        harness.world.faults.lay("*", _everything(harness))
        unfiltered = await one.poll({})
        assert ids_of(unfiltered) == [ghsa(1)]
        for each in (batch, unfiltered):
            assert ghsa(6) not in repr(each)
            assert "SECRET" not in repr(each)
            assert each.unreadable == ()
        harness.world.faults.clear()
        assert await one.look(ghsa(6)) is None


def _everything(harness: SourceHarness) -> Fault:
    """The list as a server would give it that ignores the asked state."""
    items = [
        {
            "ghsa_id": each.ghsa,
            "state": each.state,
            "summary": each.summary,
            "published_at": each.published_at.isoformat() if each.published_at else None,
        }
        for each in harness.ferry.advisories
    ]
    return faults.body(json.dumps(items).encode())


async def test_a_withdrawn_one_says_so_at_its_own_address_and_a_removed_one_is_gone() -> None:
    async with open_harness() as harness:
        harness.ferry.advisories += [advisory(1), advisory(2)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.advisories[0].state = "withdrawn"
        harness.ferry.advisories[0].withdrawn_at = START + timedelta(days=1)
        del harness.ferry.advisories[1]
        batch = await one.poll(cursor)
        assert batch.present == frozenset()
        withdrawn = await one.look(ghsa(1))
        assert withdrawn is not None
        assert withdrawn.withdrawn_at == START + timedelta(days=1)
        assert await one.look(ghsa(2)) is None
        assert await one.look("../../../user") is None


async def test_nothing_is_withdrawn_because_the_whole_repository_is_hidden() -> None:
    async with open_harness() as harness:
        harness.ferry.private = True
        with pytest.raises(SourceRefused, match="no repository"):
            await source(harness).look(ghsa(1))
        with pytest.raises(SourceRefused, match="no repository"):
            await source(harness).poll({})


@pytest.mark.parametrize(
    "fault",
    [
        faults.empty,
        faults.truncated,
        faults.html_instead,
        faults.not_utf8,
        faults.huge(),
        faults.gzip_bomb(20),
        faults.status(502),
        faults.body(b"null"),
        faults.body(b"{}"),
        faults.body(b'"x"'),
    ],
)
async def test_a_bad_answer_fails_the_poll_in_one_sentence(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.ferry.advisories.append(advisory(1))
        harness.world.faults.lay(f"*{LIST}", fault)
        one = source(harness)
        with pytest.raises(SourceUnavailable) as caught:
            await one.poll({})
        assert "\n" not in str(caught.value)
        harness.world.faults.clear()
        assert ids_of(await one.poll({})) == [ghsa(1)]


GOOD = {"ghsa_id": ghsa(1), "state": "published", "published_at": "2031-03-01T09:00:00Z", "summary": "one"}


@pytest.mark.parametrize("item", [None, 17, "x", [], {**GOOD, "ghsa_id": None}, {**GOOD, "ghsa_id": "../x"}])
async def test_a_bad_item_is_skipped_and_reported(item: object) -> None:
    async with open_harness() as harness:
        harness.world.faults.lay(f"*{LIST}", faults.body(json.dumps([item, GOOD]).encode()))
        batch = await source(harness).poll({})
    assert ids_of(batch) == [ghsa(1)]
    assert len(batch.unreadable) == 1
    assert batch.present == frozenset({f"ferry/{ghsa(1)}"})
    assert batch.gap == "1 item could not be read", "its silence proves nothing"


async def test_one_that_cannot_be_read_is_still_there() -> None:
    bad = {**GOOD, "ghsa_id": ghsa(2), "published_at": "soon"}
    async with open_harness() as harness:
        harness.world.faults.lay(f"*{LIST}", faults.body(json.dumps([bad, GOOD]).encode()))
        batch = await source(harness).poll({})
    assert ids_of(batch) == [ghsa(1)]
    assert batch.present == frozenset({f"ferry/{ghsa(1)}", f"ferry/{ghsa(2)}"})
    assert len(batch.unreadable) == 1
