"""A repository's releases through the loopback GitHub: everything at first, little afterwards, nothing that is a draft."""

from datetime import timedelta

import pytest

from chatbot.core.model.facts import Assets, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import paragraph
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.sources.github.release_json import bare_release
from chatbot.sources.github.releases import GithubReleases
from tests.sources.harness import PROJECT, SourceHarness, open_harness, release
from tests.standins.clock import START
from tests.standins.github import faults

LIST = "/releases"


def source(harness: SourceHarness, project: Project = PROJECT) -> GithubReleases:
    return GithubReleases(project, harness.api, clock=harness.clock, reader=harness.reader)


def tags(batch: Batch) -> list[str]:
    return [fact.tag for fact in batch.observed if isinstance(fact, Release)]


async def test_a_release_becomes_a_fact() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.2.0", name=" Ferry\n1.2 ", body="Fixes *two*\n", prerelease=True))
        batch = await source(harness).poll({})
    assert batch.observed == (
        Release(
            project=ProjectId("ferry"),
            tag="v1.2.0",
            name="Ferry 1.2",
            url=f"{harness.url}/harbour/ferry/releases/tag/v1.2.0",
            published_at=START,
            prerelease=True,
            created_at=START,
            notes=batch.observed[0].notes,  # type: ignore[union-attr]  # the markdown reader's tests look at it
        ),
    )
    assert batch.read_at == START
    assert batch.present == frozenset({"ferry/v1.2.0"})
    assert batch.unreadable == ()


async def test_attached_files_are_counted_and_those_that_are_not_there_yet_named() -> None:
    async with open_harness() as harness:
        item = release("v1.2.0", assets=("a.zip", "b.zip"), uploading=(" c\n.zip", "d" * 500), immutable=True)
        harness.ferry.releases += [item, release("v1.1.0")]
        batch = await source(harness).poll({})
    assets = {fact.tag: fact.assets for fact in batch.observed if isinstance(fact, Release)}
    assert assets == {
        "v1.1.0": Assets(number=0),
        "v1.2.0": Assets(number=4, uploading=("c .zip", "d" * 100), immutable=True),
    }


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (None, None),
        ("many", None),
        ([7, {"state": "starter"}, {"name": "x", "state": "uploaded"}], ("a file without a name",) * 2),
    ],
)
def test_what_is_not_said_to_be_uploaded_is_not(items: object, expected: tuple[str, ...] | None) -> None:
    fact = bare_release(
        {"tag_name": "v1", "published_at": "2031-01-01T00:00:00Z", "assets": items}, project=ProjectId("ferry")
    )
    assert (fact.assets.uploading if fact.assets is not None else None) == expected


async def test_notes_come_as_blocks() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.2.0", body="Fixes two"))
        batch = await source(harness).poll({})
    assert [fact.notes for fact in batch.observed if isinstance(fact, Release)] == [(paragraph("Fixes two"),)]


async def test_the_first_poll_reads_every_page_and_the_next_one_costs_a_304() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 100) for number in range(250)]
        one = source(harness)
        first = await one.poll({})
        assert len(first.observed) == 250
        assert first.present is not None
        assert len(first.present) == 250
        assert harness.request_count(LIST) == 3
        second = await one.poll(first.cursor)
        assert second.unchanged
        assert second.observed == ()
        assert second.present is None
        assert harness.request_count(LIST) == 4
        assert harness.world.requests[-1].status == 304


async def test_a_new_release_costs_one_page() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 100) for number in range(150)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases.append(release("v1.1.0", 5))
        batch = await one.poll(cursor)
        assert "v1.1.0" in tags(batch)
        assert batch.present is None
        assert harness.request_count(LIST) == 3
        assert (await one.poll(batch.cursor)).unchanged


async def test_a_burst_beyond_the_first_page_is_read_to_the_first_known_tag() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000) for number in range(150)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases += [release(f"v2.0.{number}", 5 + number / 1000) for number in range(120)]
        before = harness.request_count(LIST)
        batch = await one.poll(cursor)
        assert {f"v2.0.{number}" for number in range(120)} <= set(tags(batch))
        assert batch.present is None
        assert harness.request_count(LIST) - before == 2


async def test_every_page_is_read_at_least_daily_even_when_nothing_changed() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000) for number in range(150)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.clock.advance(timedelta(hours=24))
        batch = await one.poll(cursor)
        assert batch.present is not None
        assert len(batch.present) == 150
        assert (await one.poll(batch.cursor)).unchanged


async def test_a_removed_release_is_missing_from_a_whole_listing_and_404_at_its_own_address() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release("v1.0.0"), release("v1.0.1", 1)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases.pop()
        batch = await one.poll(cursor)
        assert batch.present == frozenset({"ferry/v1.0.0"})
        assert await one.look("v1.0.1") is None
        fact = await one.look("v1.0.0")
        assert fact is not None
        assert fact.key == "ferry/v1.0.0/published"


async def test_drafts_are_never_read_whatever_the_token_may_see() -> None:
    async with open_harness(token="owner") as harness:
        harness.ferry.releases += [release("v1.0.0"), release("v6.6.6", 1, published_at=None)]
        one = source(harness)
        batch = await one.poll({})
        assert tags(batch) == ["v1.0.0"]
        assert "6.6.6" not in repr(batch)
        assert await one.look("v6.6.6") is None


async def test_only_the_tags_of_the_project_are_its_releases() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(tag) for tag in ("client/v1", "server/v1", "@ferry/cli@2.0.0", "nightly")]
        one = source(
            harness, Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", tags=("client/*", "@ferry/*"))
        )
        batch = await one.poll({})
        assert sorted(tags(batch)) == ["@ferry/cli@2.0.0", "client/v1"]
        assert batch.present is not None
        assert "ferry/server/v1" in batch.present  # there, though no news: narrowing the globs removes nothing
        assert batch.unreadable == ()
        other = await one.look("server/v1")  # asked for by name: it is published, whoever's it is
        assert other is not None
        fact = await one.look("@ferry/cli@2.0.0")
        assert fact is not None
        assert fact.tag == "@ferry/cli@2.0.0"


@pytest.mark.parametrize("tag", ["../../../user", "a..b", "/x", "x/", "", "a b", "a?x=1", "x" * 300, "a\nb", "*"])
async def test_what_git_would_not_take_for_a_tag_is_not_asked_for(tag: str) -> None:
    async with open_harness() as harness:
        assert await source(harness).look(tag) is None
        assert harness.request_count() == 0


async def test_a_renamed_repository_is_followed() -> None:
    async with open_harness(token="owner") as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000) for number in range(150)]
        harness.world.moved["harbour/old"] = "harbour/ferry"
        batch = await source(harness, Project(id=ProjectId("old"), name="", repository="harbour/old")).poll({})
        assert len(batch.observed) == 150
        assert all(request.headers["Authorization"] == "Bearer owner" for request in harness.world.requests)


async def test_a_repository_that_is_not_there_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        with pytest.raises(SourceRefused, match=r"no repository harbour/none: check projects\.repository"):
            await source(harness, Project(id=ProjectId("x"), name="", repository="harbour/none")).poll({})


async def test_nothing_is_removed_because_the_whole_repository_is_hidden() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        harness.ferry.private = True
        with pytest.raises(SourceRefused, match="no repository"):
            await source(harness).look("v1.0.0")


async def test_a_page_that_is_too_large_is_read_in_smaller_ones() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000, body="y" * 90_000) for number in range(65)]
        one = source(harness)
        batch = await one.poll({})
        assert len(batch.observed) == 65
        assert batch.present is not None
        assert batch.cursor["page_size"] == "30"
        before = harness.request_count(LIST)
        assert (await one.poll(batch.cursor)).unchanged
        assert harness.request_count(LIST) - before == 1


async def test_an_etag_that_lies_changes_nothing_when_the_body_is_the_same() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        one = source(harness)
        cursor = (await one.poll({})).cursor
        batch = await one.poll({**cursor, "etag": '"other"'})
        assert batch.unchanged
        assert batch.observed == ()


async def test_a_failed_following_page_fails_the_poll_and_the_next_one_is_whole() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000) for number in range(150)]
        harness.world.faults.lay("/repositories/*", faults.status(502), times=1)
        one = source(harness)
        with pytest.raises(SourceUnavailable):
            await one.poll({})
        assert len((await one.poll({})).observed) == 150
