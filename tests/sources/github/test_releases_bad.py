"""Bad answers in place of a list of releases: one clear sentence, or the one bad item passed over."""

import json

import pytest

from chatbot.core.model.facts import Release
from chatbot.ports import SourceUnavailable
from chatbot.sources.github.releases import GithubReleases
from tests.sources.harness import PROJECT, open_harness, release
from tests.standins.github import faults
from tests.standins.github.faults import Fault

GOOD = {"tag_name": "v1.0.0", "draft": False, "published_at": "2031-03-01T09:00:00Z", "name": "one", "body": "Fixes."}


def answering(value: object) -> Fault:
    return faults.body(json.dumps(value).encode())


@pytest.mark.parametrize(
    "fault",
    [
        faults.empty,
        faults.truncated,
        faults.html_instead,
        faults.not_utf8,
        faults.body(b"\xff\xfe[\0]\0"),
        faults.body(b"[" * 200_000),
        faults.body(b'{"a":' * 200_000),
        faults.body(b"[" + b"9" * 5000 + b"]"),
        faults.body(b"[NaN]"),
        faults.body(b"\0"),
        answering(None),
        answering({}),
        answering({"message": "Not Found"}),
        answering("releases"),
        answering(17),
        answering(True),
    ],
)
async def test_what_is_no_list_fails_the_poll_in_one_sentence(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0"))
        harness.world.faults.lay("*/releases", fault, times=1)
        one = GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)
        with pytest.raises(SourceUnavailable) as caught:
            await one.poll({})
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200
        assert len((await one.poll({})).observed) == 1


@pytest.mark.parametrize(
    "item",
    [
        None,
        17,
        "v1.0.0",
        [],
        {},
        {**GOOD, "tag_name": None},
        {**GOOD, "tag_name": ["v1"]},
        {**GOOD, "tag_name": ""},
        {**GOOD, "tag_name": "../x"},
        {**GOOD, "tag_name": "x" * 5000},
        {**GOOD, "tag_name": "bad", "published_at": None},
        {**GOOD, "tag_name": "bad", "published_at": "yesterday"},
        {**GOOD, "tag_name": "bad", "published_at": 17},
    ],
)
async def test_a_bad_item_is_skipped_and_reported(item: object) -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*/releases", answering([item, GOOD]))
        batch = await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    assert [fact.tag for fact in batch.observed if isinstance(fact, Release)] == ["v1.0.0"]
    assert len(batch.unreadable) == 1
    assert "\n" not in batch.unreadable[0]
    assert len(batch.unreadable[0]) < 400


@pytest.mark.parametrize("draft", [True, None, "false", 0])
async def test_what_may_be_a_draft_leaves_no_trace(draft: object) -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*/releases", answering([{**GOOD, "tag_name": "v6.6.6", "draft": draft}, GOOD]))
        batch = await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    assert "6.6.6" not in repr(batch)
    assert batch.present == frozenset({"ferry/v1.0.0"})


async def test_odd_fields_make_a_plain_release() -> None:
    odd = {**GOOD, "name": 5, "body": ["x"], "html_url": "javascript:alert(1)", "prerelease": "yes"}
    async with open_harness() as harness:
        harness.world.faults.lay("*/releases", answering([odd]))
        batch = await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    (fact,) = batch.observed
    assert isinstance(fact, Release)
    assert (fact.name, fact.url, fact.notes, fact.prerelease) == ("v1.0.0", "", (), False)


async def test_halves_of_characters_and_nul_do_not_come_in() -> None:
    odd = b'[{"tag_name":"v1","draft":false,"published_at":"2031-03-01T09:00:00Z","name":"a\\ud800b\\u0000c \\ud83d\\ude00"}]'
    async with open_harness() as harness:
        harness.world.faults.lay("*/releases", faults.body(odd))
        batch = await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    (fact,) = batch.observed
    assert isinstance(fact, Release)
    assert fact.name == "a\ufffdb\ufffdc \U0001f600"
    assert fact.name.encode()
