"""A real project's history, revealed step by step: each source brings every new thing, and asks for little."""

from datetime import datetime, timedelta

import pytest

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.demo.github.data import Repository
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.atom import EVERYTHING, GithubAtom
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.releases import GithubReleases
from tests.demo import stalwart
from tests.sources.harness import SourceHarness, open_harness

pytestmark = pytest.mark.skipif(not stalwart.HERE, reason=stalwart.WHY_NOT)


def moments() -> list[datetime]:
    """A moment after each publication, and one long before all of them."""
    published = sorted(each.published_at for each in stalwart.releases())
    return [published[0] - timedelta(days=1), *(at + timedelta(minutes=1) for at in published)]


def project(of: Repository) -> Project:
    return Project(id=ProjectId("real"), name="", repository=of.full_name)


def put_in(harness: SourceHarness) -> Repository:
    of = stalwart.repository()
    harness.world.repositories.append(of)
    return of


async def test_every_release_is_brought_and_signalled_when_it_appears() -> None:
    async with open_harness(token="any") as harness:
        of = put_in(harness)
        careful = GithubReleases(project(of), harness.api, clock=harness.clock, reader=harness.reader)
        cheap = GithubAtom(project(of), harness.fetcher, web_url=harness.url, reader=harness.reader)
        rest: dict[str, str] = {}
        atom: dict[str, str] = {}
        tags_seen: set[str] = set()
        for moment in moments():
            harness.clock.now = moment
            stalwart.reveal(of, moment)
            batch, hint = await careful.poll(rest), await cheap.poll(atom)
            tags = {fact.tag for fact in batch.observed if isinstance(fact, Release)}
            assert batch.unreadable == ()
            assert tags >= {each.tag for each in of.releases} - tags_seen
            news = tags - tags_seen
            assert not atom or EVERYTHING in hint.signal or set(hint.signal) >= news
            rest, atom, tags_seen = dict(batch.cursor), dict(hint.cursor), tags_seen | tags
        assert tags_seen == {each.tag for each in stalwart.releases()}
        assert (await careful.poll(rest)).unchanged
        assert (await cheap.poll(atom)).unchanged


async def test_every_revision_of_the_policy_is_brought_once_with_its_date() -> None:
    async with open_harness(token="any") as harness:
        of = put_in(harness)
        source = GithubPolicy(project(of), harness.api, clock=harness.clock, reader=harness.reader)
        cursor: dict[str, str] = {}
        brought = []
        for at, _text in stalwart.policies():
            harness.clock.now = at + timedelta(minutes=1)
            stalwart.reveal(of, harness.clock.now)
            for _look in range(2):
                batch = await source.poll(cursor)
                brought += [fact for fact in batch.observed if isinstance(fact, PolicyPage)]
                cursor = dict(batch.cursor)
        assert [(page.committed_at, page.text) for page in brought] == list(stalwart.policies())


async def test_the_advisories_are_brought() -> None:
    async with open_harness(token="any") as harness:
        of = put_in(harness)
        harness.clock.now = moments()[-1] + timedelta(days=400)
        stalwart.reveal(of, harness.clock.now)
        batch = await GithubAdvisories(project(of), harness.api, clock=harness.clock, reader=harness.reader).poll({})
    ids = {fact.id for fact in batch.observed if isinstance(fact, Advisory)}
    assert ids == {each.ghsa for each in stalwart.advisories()}
    assert batch.unreadable == ()
