"""releases.atom as a signal: what is new or changed, what is a gap, and what is no releases feed."""

import subprocess
import sys
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.github.atom import EVERYTHING, GithubAtom
from chatbot.sources.github.atom_feed import read_feed
from chatbot.sources.github.xml_gate import NotPlainXml
from tests.cost import slowdown
from tests.patience import PATIENCE
from tests.sources.evil_xml import ATOM, EVIL, HEAD
from tests.sources.harness import PROJECT, SourceHarness, open_harness, release
from tests.standins.clock import START
from tests.standins.github import faults
from tests.standins.github.faults import Fault

FEEDS = Path(__file__).parents[4] / "shared" / "data" / "feeds"
recorded = pytest.mark.skipif(not FEEDS.is_dir(), reason="the recorded feeds lie beside the repository, and are absent")
URL = "https://github.test/releases.atom"
TEN_TIMES = 0.5  # seconds of CPU: a refusal is to take 0.05 s, and the machine may be busy


def source(harness: SourceHarness, project: Project = PROJECT) -> GithubAtom:
    return GithubAtom(project, harness.fetcher, web_url=harness.url, reader=harness.reader)


async def test_the_first_poll_learns_and_signals_nothing() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release("v1.0.0"), release("v1.0.1", 1)]
        one = source(harness)
        first = await one.poll({})
        assert (first.signal, first.observed, first.present, first.unchanged) == ((), (), None, False)
        second = await one.poll(first.cursor)
        assert (second.signal, second.unchanged) == ((), True)
        assert harness.world.requests[-1].status == 304


async def test_a_new_tag_is_a_signal_and_never_a_fact() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases.append(release("@ferry/cli@2.0.0", 1))
        harness.ferry.tags["api/v1.53.0"] = START
        batch = await one.poll(cursor)
        assert set(batch.signal) == {"@ferry/cli@2.0.0", "api/v1.53.0"}
        assert batch.observed == ()
        again = await one.poll(batch.cursor)
        assert (again.signal, again.unchanged) == ((), True)


async def test_the_very_first_release_of_a_project_is_a_signal() -> None:
    async with open_harness() as harness:
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases.append(release("v0.1.0"))
        assert (await one.poll(cursor)).signal == ("v0.1.0",)


async def test_an_edited_entry_and_a_tag_that_becomes_a_release_are_signals() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        harness.ferry.tags["v1.1.0"] = START
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases[0].body = "Fixes GHSA."
        batch = await one.poll(cursor)
        assert batch.signal == ("v1.0.0",)
        harness.ferry.releases.append(release("v1.1.0"))
        assert (await one.poll(batch.cursor)).signal == ("v1.1.0",)


async def test_another_time_zone_is_no_change() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.feed_offset = timezone(timedelta(hours=11))
        assert (await one.poll(cursor)).signal == ()


async def test_ten_unknown_entries_are_a_gap() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases += [release(f"v2.0.{number}", 1 + number) for number in range(25)]
        batch = await one.poll(cursor)
        assert batch.signal[0] == EVERYTHING
        assert len(batch.signal) == 11


async def test_only_the_tags_of_the_project_are_signals() -> None:
    async with open_harness() as harness:
        one = source(harness, Project(id=ProjectId("cli"), name="", repository="harbour/ferry", tags=("cli/*",)))
        cursor = (await one.poll({})).cursor
        harness.ferry.releases += [release("cli/v1"), release("server/v1")]
        assert (await one.poll(cursor)).signal == ("cli/v1",)


async def test_a_deleted_entry_that_uncovers_an_older_one_is_at_most_a_question() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.{number}", number) for number in range(12)]
        one = source(harness)
        cursor = (await one.poll({})).cursor
        del harness.ferry.releases[-1]
        assert (await one.poll(cursor)).signal == ("v1.1",)


async def test_a_missing_feed_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        with pytest.raises(SourceRefused, match=r"check projects\.repository"):
            await source(harness, Project(id=ProjectId("x"), name="", repository="harbour/none")).poll({})


@pytest.mark.parametrize(
    "fault",
    [
        faults.empty,
        faults.truncated,
        faults.html_instead,
        faults.not_utf8,
        faults.huge(),
        faults.cut_short,
    ],
)
async def test_a_bad_answer_fails_the_poll_and_keeps_what_is_known(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.releases.append(release("v1.0.1", 1))
        harness.world.faults.lay("*", fault, times=1)
        with pytest.raises(SourceUnavailable):
            await one.poll({**cursor, "etag": ""})
        assert (await one.poll(cursor)).signal == ("v1.0.1",)


async def test_an_unreadable_cursor_starts_over_silently() -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        assert (await source(harness).poll({"marks": "not JSON"})).signal == ()


def test_every_evil_document_is_refused_in_little_time_and_memory() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "tests.sources.evil_xml"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-1000:]
    rows = [line.split("\t") for line in process.stdout.splitlines()]
    slower = slowdown()
    assert [name for name, *_ in rows] == list(EVIL)
    assert not [(name, words) for name, _, _, words in rows if words.startswith("READ") or len(words) > 150]
    assert not [(name, seconds) for name, seconds, _, _ in rows if float(seconds) > TEN_TIMES * slower]
    assert sum(int(grown) for _, _, grown, _ in rows) < 50_000  # KiB, for all of them


def test_an_entry_without_a_tag_is_passed_over() -> None:
    entries = b"".join(
        b"<entry><id>tag:github.com,2008:Repository/1/%s</id></entry>" % tag for tag in (b"v1", b"a..b", b"", b"v 2")
    )
    feed = read_feed(HEAD + ATOM + entries + b"<entry><title>x</title></entry></feed>")
    assert list(feed.marks) == ["v1"]
    assert len(feed.unreadable) == 4


def test_an_empty_feed_is_read() -> None:
    assert read_feed(HEAD + ATOM + b"</feed>").marks == {}


@recorded
def test_a_recorded_feed_gives_its_tags() -> None:
    feed = read_feed((FEEDS / "atom_atom_2018_real_10_entries.atom").read_bytes())
    assert list(feed.marks)[:5] == ["v1.28.0-beta3", "v1.28.0-beta2", "v1.27.2", "v1.28.0-beta1", "v1.27.1"]
    assert len(feed.marks) == 10
    assert feed.unreadable == ()


@recorded
@pytest.mark.parametrize(
    ("name", "count"), [("feed-rs_2020_real_4_entries.atom", 4), ("sonatype_nexus-public_2022_real_1_entry.atom", 1)]
)
def test_other_recorded_feeds_are_read_whole(name: str, count: int) -> None:
    assert len(read_feed((FEEDS / name).read_bytes()).marks) == count


@recorded
def test_a_feed_of_commits_is_rejected() -> None:
    with pytest.raises(NotPlainXml, match="commits, not of releases"):
        read_feed((FEEDS / "miniflux_small_atom.xml").read_bytes())
