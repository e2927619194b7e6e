"""Lists that cannot be read to their end, and what the pages that can be read prove all the same."""

from datetime import timedelta

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, SourceUnavailable
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.releases import GithubReleases
from tests.demo.make import advisory
from tests.sources.harness import PROJECT, SourceHarness, open_harness, release
from tests.standins.clock import START
from tests.standins.github import faults

HOUR = timedelta(hours=1)
FOLLOWING = "/repositories/*"


def releases(harness: SourceHarness, count: int) -> GithubReleases:
    harness.ferry.releases += [release(f"v1.0.{number}", number / 10_000) for number in range(count)]
    return GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)


def absent(batch: Batch) -> list[str]:
    return sorted(subject.removeprefix("ferry/") for subject in batch.absent)


async def test_of_more_than_a_thousand_releases_those_that_github_lists_are_read() -> None:
    async with open_harness(token="owner") as harness:
        one = releases(harness, 1250)
        batch = await one.poll({})
        assert len(batch.observed) == 1000
        assert batch.present is None, "what is not listed may still be there"
        assert batch.gap == "only the first 1,000 items could be read: GitHub gives no more of this list"
        before = harness.request_count()
        assert (await one.poll(batch.cursor)).unchanged
        assert harness.request_count() - before == 1, "it is not read whole at every look"
        harness.ferry.releases.append(release("v2.0.0", 1))
        news = await one.poll(batch.cursor)
        assert "v2.0.0" in {fact.tag for fact in news.observed if hasattr(fact, "tag")}
        assert (len(news.observed), news.gap, news.absent) == (100, "", frozenset())
        harness.clock.advance(timedelta(hours=24))
        assert len((await one.poll(news.cursor)).observed) == 1000, "all of it is read again daily"


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(500), faults.status(404), faults.status(403), faults.html_instead, faults.body(b"{}"), faults.body(b""),
        faults.huge(), faults.dropped, faults.cut_short,
    ],
)  # fmt: skip
async def test_a_page_that_cannot_be_had_twice_is_left_out(fault: faults.Fault) -> None:
    async with open_harness(token="owner") as harness:
        one = releases(harness, 350)
        first = (await one._api.get("/repos/harbour/ferry/releases?per_page=100")).next_url
        assert first
        harness.world.faults.lay(FOLLOWING, fault)
        with pytest.raises(Exception, match=r"repositories|GitHub"):
            await one.poll({})
        batch = await one.poll({})
        assert len(batch.observed) == 100
        assert batch.present is None
        assert batch.gap.startswith("only the first 100 items could be read: ")
        harness.world.faults.clear()
        harness.clock.advance(2 * HOUR)
        healed = await one.poll(batch.cursor)
        assert healed.present is not None, "it is asked for again within the hour"
        assert len(healed.present) == 350


async def test_a_first_page_that_cannot_be_had_is_a_failed_poll_each_time() -> None:
    async with open_harness() as harness:
        one = releases(harness, 3)
        harness.world.faults.lay("*", faults.status(500))
        for _ in range(3):
            with pytest.raises(SourceUnavailable):
                await one.poll({})


async def test_news_on_a_following_page_wait_for_it_and_are_not_passed_by() -> None:
    async with open_harness(token="owner") as harness:
        one = releases(harness, 150)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases += [release(f"v2.0.{number}", 1 + number / 10_000) for number in range(150)]
        harness.world.faults.lay(FOLLOWING, faults.status(502), times=1)
        with pytest.raises(SourceUnavailable):
            await one.poll(cursor)
        assert len((await one.poll(cursor)).observed) >= 150


@pytest.mark.parametrize("removed", ["v1.0.149", "v1.0.148", "v1.0.100", "v1.0.55"])
async def test_a_first_page_that_shows_older_ones_proves_what_is_missing(removed: str) -> None:
    async with open_harness() as harness:
        one = releases(harness, 150)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases = [each for each in harness.ferry.releases if each.tag != removed]
        batch = await one.poll(cursor)
        assert (batch.present, absent(batch)) == (None, [removed])
        harness.ferry.releases.append(release("v2.0.0", 1))
        later = await one.poll(batch.cursor)
        assert absent(later) == [], "it is proved once; its own address is asked then"


async def test_what_stands_behind_the_first_page_is_not_missing() -> None:
    async with open_harness() as harness:
        one = releases(harness, 150)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases = [each for each in harness.ferry.releases if each.tag != "v1.0.3"]
        harness.ferry.releases.append(release("v2.0.0", 1))
        assert absent(await one.poll(cursor)) == []


async def test_a_draft_published_late_and_a_tag_that_moves_back_do_not_look_like_removals() -> None:
    async with open_harness() as harness:
        one = releases(harness, 150)
        draft = release("v0.9.9", -5, published_at=None)
        harness.ferry.releases.append(draft)
        cursor = (await one.poll({})).cursor
        draft.published_at = START + HOUR  # it stands at the end of the list: the order is that of the commits
        harness.ferry.release("v1.0.149").body = "Other words."
        batch = await one.poll(cursor)
        assert absent(batch) == []
        harness.ferry.release("v1.0.149").created_at = START - timedelta(days=9)
        moved = await one.poll(batch.cursor)
        assert absent(moved) == ["v1.0.149"], "its own address says that it is there"
        assert await one.look("v1.0.149") is not None


@pytest.mark.parametrize("how", ["closed", "taken out", "changed"])
async def test_an_advisory_that_is_closed_is_missing_on_the_first_page(how: str) -> None:
    async with open_harness() as harness:
        harness.ferry.advisories += [
            advisory(f"GHSA-2222-2222-{number:04}", number % 90, cve=f"CVE-2031-{number:04}")
            for number in range(1000, 1150)
        ]
        one = GithubAdvisories(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)
        batch = await one.poll({})
        newest = batch.cursor["marks"].split()[7].partition("@")[0]
        item = harness.ferry.advisory(newest)
        if how == "closed":
            item.state = "closed"
        elif how == "taken out":
            harness.ferry.advisories.remove(item)
        else:
            item.updated_at = START + HOUR
        next_batch = await one.poll(batch.cursor)
        assert absent(next_batch) == ([] if how == "changed" else [newest])


async def test_a_redirected_request_keeps_its_query() -> None:
    async with open_harness() as harness:
        one = releases(harness, 3)
        assert one.name
        harness.world.moved["harbour/old"] = "harbour/ferry"
        old = GithubReleases(
            Project(id=ProjectId("ferry"), name="", repository="harbour/old"),
            harness.api,
            clock=harness.clock,
            reader=harness.reader,
        )
        await old.poll({})
        assert harness.world.requests[-1].query["per_page"] == "100"
