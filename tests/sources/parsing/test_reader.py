"""A reader among many documents: what is heavy is paid for once, and never by its neighbours."""

from datetime import timedelta

import pytest

from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.ports import SourceUnavailable
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.parsing.again import due_again, keep_again, read_whole, with_again
from chatbot.sources.parsing.documents import Document, Outcome, Parsed, Quarantined, Rejected, TooHeavy
from chatbot.sources.parsing.journal import AGAIN, STRIKES, MemoryJournal, Past
from chatbot.sources.parsing.outcomes import failure_of, value_of
from chatbot.sources.parsing.pool import ParserPool
from chatbot.sources.parsing.process import Limits
from chatbot.sources.parsing.reader import POSTPONED, Reader, open_reader
from tests.sources.harness import PROJECT, open_harness, release
from tests.sources.parsing.poisoned import HERE
from tests.standins.clock import START, ManualClock

LIMITS = Limits(seconds=1, lost_seconds=0.5, worker=HERE)
LONG = "\n\nAnd more words.\n" * 600


def page(words: str, name: str = "x") -> Document:
    return Document(kind="policy", project=ProjectId("p"), name=name, content=words.encode())


async def test_the_second_end_quarantines_until_a_day_has_passed_or_the_content_changes() -> None:
    clock = ManualClock()
    async with open_reader(clock, LIMITS) as reader:
        poison = page(f"POISON leave{LONG}")
        reason = "its parser ended with status 3"
        assert await reader.parse(poison) == Quarantined(reason, START + AGAIN)
        clock.advance(timedelta(hours=1))
        assert await reader.parse(poison) == Quarantined(reason, START + AGAIN), "not tried again"
        assert isinstance(await reader.parse(page(f"Harmless{LONG}")), Parsed)
        clock.advance(AGAIN)
        assert await reader.parse(poison) == Quarantined(reason, clock() + AGAIN), "tried again, once"


def test_what_is_known_of_a_document_adds_up() -> None:
    past, now = Past(), START
    for number in range(1, STRIKES):
        past = past.struck("why", now)
        assert (past.strikes, past.again_at(now)) == (number, None)
    past = past.struck("why", now)
    assert past.again_at(now) == now + AGAIN
    assert past.again_at(now + AGAIN) is None
    assert past.again_at(now - timedelta(days=1)) is None, "a clock that was set back keeps nothing shut"


async def test_many_that_are_too_heavy_leave_the_rest_for_later() -> None:
    clock = ManualClock()
    async with open_reader(clock, LIMITS) as reader:
        heavy = [page(f"POISON burn {number}{LONG}", f"heavy {number}") for number in range(3)]
        small, large = page("Small."), page(f"Large.{LONG}", "large")
        first = await reader.parse_all([*heavy, small, large])
        assert [failure_of(outcome) for outcome in first] == [
            "it took more than 1 s of computing time",
            POSTPONED,
            POSTPONED,
            "",
            POSTPONED,
        ]
        for _ in range(3):
            last = await reader.parse_all([*heavy, small, large])
        assert isinstance(last[4], Parsed), "in the end it had its turn"


async def test_a_page_whose_releases_waited_is_read_again_though_it_has_not_changed() -> None:
    async with open_harness() as harness:
        reader = Reader(ParserPool(LIMITS), MemoryJournal(harness.clock), harness.clock)
        one = GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=reader)
        harness.ferry.releases += [
            release("v1.0.0", 0, body=f"Honest.{LONG}"),
            release("v1.0.1", 1, body=f"POISON burn{LONG}"),
        ]
        batch = await one.poll({})
        releases = {fact.tag: fact for fact in batch.observed if isinstance(fact, Release)}
        assert (releases["v1.0.1"].notes, releases["v1.0.0"].unread) == ((), POSTPONED)
        batch = await one.poll(batch.cursor)
        releases = {fact.tag: fact for fact in batch.observed if isinstance(fact, Release)}
        assert "Honest." in repr(releases["v1.0.0"].notes)
        assert releases["v1.0.1"].unread
        batch = await one.poll(batch.cursor)
        assert batch.unchanged, "the other one rests for a day"
        harness.clock.advance(AGAIN)
        assert not (await one.poll(batch.cursor)).unchanged
        await reader.pool.close()


def test_the_note_in_a_cursor() -> None:
    noted = with_again({"etag": "x", "marks": "m"}, START)
    assert not due_again(noted, START - timedelta(seconds=1))
    assert due_again(noted, START)
    assert read_whole(noted, START - timedelta(seconds=1)) == noted
    assert "etag" not in read_whole(noted, START)
    assert read_whole(noted, START)["marks"] == "m"
    assert with_again(noted, None) == {"etag": "x", "marks": "m"}
    assert keep_again(noted, {"etag": "y"}) == with_again({"etag": "y"}, START)
    sooner = START - timedelta(hours=1)
    assert keep_again(noted, {}, sooner) == with_again({}, sooner)
    assert keep_again({}, {"etag": "y"}) == {"etag": "y"}


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Rejected("sent no list"), "host/page sent no list"),
        (TooHeavy("it took too long"), "host/page sent something that cannot be parsed: it took too long"),
        (Quarantined("it took too long", START), "host/page sent something that cannot be parsed: it took too long"),
        (Parsed(7), "host/page sent something else than was asked for"),
    ],
)
def test_what_is_no_value_is_a_source_that_failed(outcome: Outcome, words: str) -> None:
    with pytest.raises(SourceUnavailable) as raised:
        value_of(outcome, str, "host/page")
    assert raised.value.reason == words
    assert value_of(Parsed("x"), str, "host/page") == "x"
