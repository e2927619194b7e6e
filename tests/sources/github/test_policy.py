"""A project's policy page through the loopback GitHub: where it is found, when it changed, and what is no page."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.demo.github.data import Repository
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.source import PolicyAddress, PolicyFile, configured_page
from chatbot.sources.support_policy.text import NO_WORDS
from tests.sources.harness import PROJECT, SourceHarness, open_harness
from tests.standins.clock import START, ManualClock
from tests.standins.github import faults
from tests.standins.github.faults import Fault

TEXT = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | ✅ |\n"


def source(harness: SourceHarness, project: Project = PROJECT) -> GithubPolicy:
    return GithubPolicy(project, harness.api, clock=harness.clock, reader=harness.reader)


def page(batch: Batch) -> PolicyPage:
    (fact,) = batch.observed
    assert isinstance(fact, PolicyPage)
    return fact


@pytest.mark.parametrize("path", ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"])
async def test_the_page_is_found_in_the_repository_with_the_date_of_its_last_commit(path: str) -> None:
    async with open_harness() as harness:
        harness.ferry.commit(path, "old", START - timedelta(days=9))
        harness.ferry.commit(path, TEXT, START - timedelta(days=2))
        harness.ferry.commit("README.md", "news", START - timedelta(days=1))
        policy_page = page(await source(harness).poll({}))
    assert (policy_page.text, policy_page.path, policy_page.exists) == (TEXT, path, True)
    assert policy_page.committed_at == START - timedelta(days=2)
    assert policy_page.url.endswith(path)


async def test_the_place_that_comes_first_wins() -> None:
    async with open_harness() as harness:
        for path in ("docs/SECURITY.md", ".github/SECURITY.md", "SECURITY.md"):
            harness.ferry.commit(path, path, START)
        assert page(await source(harness).poll({})).text == "SECURITY.md"


async def test_the_owners_page_counts_where_the_repository_has_none() -> None:
    async with open_harness() as harness:
        home = Repository(owner="harbour", name=".github")
        home.commit("SECURITY.md", TEXT, START)
        harness.world.repositories.append(home)
        policy_page = page(await source(harness).poll({}))
    assert policy_page.text == TEXT
    assert policy_page.committed_at == START


async def test_a_configured_path_is_the_only_place() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", "not this", START)
        harness.ferry.commit("docs/our support.md", TEXT, START)
        project = Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", policy="docs/our support.md")
        assert page(await source(harness, project).poll({})).text == TEXT


async def test_an_unchanged_page_costs_one_304() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("docs/SECURITY.md", TEXT, START)
        one = source(harness)
        cursor = (await one.poll({})).cursor
        before = harness.request_count()
        batch = await one.poll(cursor)
        assert (batch.unchanged, batch.observed) == (True, ())
        assert harness.request_count() - before == 1
        assert harness.world.requests[-1].status == 304


async def test_a_changed_page_is_seen() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.commit("SECURITY.md", TEXT + "\nMore.\n", START + timedelta(hours=1))
        policy_page = page(await one.poll(cursor))
    assert policy_page.text.endswith("More.\n")
    assert policy_page.committed_at == START + timedelta(hours=1)


async def test_a_page_that_moves_is_found_again_and_a_better_place_within_half_a_day() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("docs/SECURITY.md", TEXT, START)
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.ferry.commit("docs/SECURITY.md", None, START)
        harness.ferry.commit(".github/SECURITY.md", TEXT, START)
        batch = await one.poll(cursor)
        assert page(batch).path == ".github/SECURITY.md"
        harness.ferry.commit("SECURITY.md", "first", START)
        assert (await one.poll(batch.cursor)).unchanged
        harness.clock.advance(timedelta(hours=13))
        assert page(await one.poll(batch.cursor)).text == "first"


async def test_no_page_anywhere_is_reported_once() -> None:
    async with open_harness() as harness:
        one = source(harness)
        batch = await one.poll({})
        assert page(batch).exists is False
        again = await one.poll(batch.cursor)
        assert (again.unchanged, again.observed) == (True, ())
        harness.ferry.commit("SECURITY.md", TEXT, START)
        assert page(await one.poll(again.cursor)).text == TEXT


async def test_a_repository_that_is_not_there_says_nothing_about_its_policy() -> None:
    async with open_harness() as harness:
        with pytest.raises(SourceRefused, match="no repository harbour/none"):
            await source(harness, Project(id=ProjectId("x"), name="", repository="harbour/none")).poll({})


async def test_one_place_that_fails_is_not_a_missing_page() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*/docs/*", faults.status(502))
        with pytest.raises(SourceUnavailable):
            await source(harness).poll({})


def answering(content: object = "", *, kind: object = "file", encoding: object = "base64") -> Fault:
    return faults.body(repr({"type": kind, "encoding": encoding, "content": content}).replace("'", '"').encode())


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (faults.body(b"[]"), "folder"),
        (answering(kind="symlink"), "not a readable file"),
        (answering(encoding="none"), "not a readable file"),
        (answering(17), "not a readable file"),
        (answering("a"), "badly encoded"),
        (answering("Y2Fm6Q=="), "not UTF-8"),
        (answering("AGEA"), "not text"),
        (answering("PCFET0NUWVBFIGh0bWw+PGh0bWw+"), "HTML page"),
        (answering("eHh4" * 200_000), "longer than 512 KiB"),
    ],
)
async def test_an_unreadable_page_is_reported_and_read_again_at_each_poll(fault: Fault, why: str) -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        one = source(harness)
        cursor = (await one.poll({})).cursor
        harness.world.faults.lay("*/contents/SECURITY.md", fault, times=1)
        batch = await one.poll({**cursor, "etag": '"x"'})
        assert (page(batch).text, page(batch).exists) == (f"{NO_WORDS}{page(batch).unreadable}", True)
        assert len(batch.unreadable) == 1
        assert why in batch.unreadable[0]
        assert page(await one.poll({**batch.cursor, "etag": '"x"'})).text == TEXT


@pytest.mark.parametrize("fault", [faults.empty, faults.truncated, faults.html_instead, faults.not_utf8, faults.huge()])
async def test_a_bad_answer_fails_the_poll(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        harness.world.faults.lay("*/contents/*", fault)
        with pytest.raises(SourceUnavailable):
            await source(harness).poll({})


def test_a_page_of_no_words_is_unreadable_to_the_reader_of_policies() -> None:
    assert not read_policy(NO_WORDS).readable


async def test_a_page_without_history_has_no_date() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        harness.world.faults.lay("*/commits", faults.body(b"[]"))
        assert page(await source(harness).poll({})).committed_at is None


async def test_a_page_at_an_address() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        url = f"{harness.url}/harbour/ferry/raw/main/SECURITY.md"
        one = PolicyAddress(
            Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", policy=url), harness.fetcher
        )
        batch = await one.poll({})
        assert (page(batch).text, page(batch).url, page(batch).committed_at) == (TEXT, url, None)
        assert (await one.poll(batch.cursor)).unchanged
        harness.world.faults.lay("*", faults.html_instead, times=1)
        wrong = await one.poll({**batch.cursor, "etag": '"x"'})
        assert (page(wrong).text, page(wrong).exists) == (f"{NO_WORDS}{page(wrong).unreadable}", True)
        assert "HTML page" in wrong.unreadable[0]
        harness.ferry.commit("SECURITY.md", None, START)
        removed = await one.poll(batch.cursor)
        assert page(removed).exists is False
        assert (await one.poll(removed.cursor)).unchanged


async def test_a_page_in_a_local_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.md"
    one = PolicyFile(
        Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", policy=str(file)), clock=ManualClock()
    )
    with pytest.raises(SourceRefused, match=r"does not exist: correct projects\.policy"):
        await one.poll({})
    file.write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    batch = await one.poll({})
    assert page(batch).text == TEXT
    assert (await one.poll(batch.cursor)).unchanged
    file.write_bytes(b"caf\xe9")
    wrong = await one.poll(batch.cursor)
    assert (page(wrong).text, len(wrong.unreadable)) == (f"{NO_WORDS}is not UTF-8", 1)
    assert (await one.poll(wrong.cursor)).unchanged
    file.unlink()
    file.mkdir()
    with pytest.raises(SourceRefused, match="is a folder"):
        await one.poll({})
    file.rmdir()
    os.mkfifo(file)
    with pytest.raises(SourceRefused, match="is not a file"):  # and nobody waits for somebody who writes into it
        await one.poll({})


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        ("", type(None)),
        ("docs/SECURITY.md", type(None)),
        (".github/SECURITY.md", type(None)),
        ("https://x.test/SECURITY.md", PolicyAddress),
        ("HTTP://x.test/", PolicyAddress),
        ("./SECURITY.md", PolicyFile),
        ("../SECURITY.md", PolicyFile),
        ("/etc/policy.md", PolicyFile),
        ("~/policy.md", PolicyFile),
    ],
)
async def test_the_configured_place_decides_the_source(policy: str, kind: type) -> None:
    async with open_harness() as harness:
        project = Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", policy=policy)
        source_made = configured_page(project, fetcher=harness.fetcher, clock=harness.clock)
    assert type(source_made) is kind
    if source_made is not None:
        assert source_made.profile.kind == "policy"
        assert source_made.name.endswith(":ferry")
