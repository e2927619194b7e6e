"""Announcements kept true: what got worse calls once, what was taken back is crossed out, and a wording calls nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.message import Mention, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Advisory, Repository, Vulnerability
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, SETTLE, Harness, open_harness, room
from tests.standins.chat import Post
from tests.standins.clock import ManualClock

CALLED = Mention("role", "7")
OPEN, QUIET, STRICT = "console:open", "console:quiet", "console:strict"
ROOMS = [
    room(OPEN, WatchFilter(mention=CALLED)),
    room(QUIET, WatchFilter()),
    room(STRICT, WatchFilter(mention=CALLED, min_severity=Severity.CRITICAL)),
]
GHSA = "GHSA-2222-2222-2222"

Edit = Callable[[Advisory], None]


def _severity(word: str) -> Edit:
    def edit(of: Advisory) -> None:
        of.severity, of.scores = word, ()

    return edit


def _range(words: str) -> Edit:
    def edit(of: Advisory) -> None:
        of.vulnerabilities = (replace(of.vulnerabilities[0], range=words),)

    return edit


def _patched(words: str) -> Edit:
    def edit(of: Advisory) -> None:
        of.vulnerabilities = (replace(of.vulnerabilities[0], patched=words),)

    return edit


def _words(of: Advisory) -> None:
    of.summary, of.description = "A mailbox name is not escaped in listings", "More details."


def _cve(of: Advisory) -> None:
    of.cve = "CVE-2031-4444"


async def _announced(harness: Harness, severity: str = "high") -> Advisory:
    """An advisory that has been said wherever it is wanted."""
    await harness.run_for()
    harness.clock.advance(MINUTE)
    at = harness.clock.now
    vulnerability = Vulnerability(package="ferry", range=">= 1.1.0, < 1.2.0", patched="1.2.0")
    flaw = advisory(
        GHSA, 0, created_at=at, published_at=at, severity=severity, scores=(), cve="", vulnerabilities=(vulnerability,)
    )
    harness.world.repositories[0].advisories.append(flaw)
    await harness.run_for()
    await harness.run_for()
    harness.clock.advance(timedelta(hours=1))
    return flaw


async def _edited(harness: Harness, flaw: Advisory, *edits: Edit) -> None:
    harness.clock.advance(MINUTE)
    for edit in edits:
        edit(flaw)
    flaw.updated_at = harness.clock.now
    await harness.run_for()
    await harness.run_for()


def _posts(harness: Harness, at: str) -> list[Post]:
    return harness.chat.rooms.get(at, [])


@pytest.mark.parametrize(
    ("before", "edit", "sentence"),
    [
        ("medium", _severity("high"), "Severity raised to high (was medium): "),
        ("", _severity("high"), "Severity raised to high (was not stated): "),  # no threshold kept it from STRICT
        ("high", _range("< 1.2.0"), "More versions are affected, such as 1.0.0: "),
    ],
)
async def test_what_got_worse_is_a_reply_that_pings_once(
    before: str, edit: Edit, sentence: str, ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness, before)
        called = len(harness.chat.pings)
        assert called == (1 if before == "high" else 0)
        await _edited(harness, flaw, edit)
        for at in (OPEN, QUIET):
            news, reply = _posts(harness, at)
            assert news.edits == 1
            assert reply.reply_to == news.reference
            assert reply.message.title.startswith(sentence)
        assert _posts(harness, QUIET)[1].message.mentions == ()
        assert len(harness.chat.pings) == called + 1
        assert harness.chat.pings[-1][0] == OPEN
        for _ in range(3):
            await harness.run_for()
        assert len(_posts(harness, OPEN)) == 2
        assert len(_posts(harness, STRICT)) == (0 if before else 1), "below its threshold, nobody is called again"
        assert len(harness.chat.pings) == called + 1


async def test_the_same_height_twice_pings_once(ferry_of_three: Repository, clock: ManualClock, tmp_path: Path) -> None:
    """Down and up again is no news to somebody who was called for it."""
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness, "high")
        await _edited(harness, flaw, _severity("low"))
        await _edited(harness, flaw, _severity("high"))
        assert len(harness.chat.pings) == 1
        assert len(_posts(harness, OPEN)) == 1
        assert _posts(harness, OPEN)[0].edits == 2


@pytest.mark.parametrize(
    "edits", [(_words,), (_cve,), (_severity("low"),), (_range(">= 1.1.5, < 1.2.0"),), (_patched("1.2.0, 1.1.9"),)]
)
async def test_what_did_not_get_worse_pings_nobody(
    edits: tuple[Edit, ...], ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness)
        await _edited(harness, flaw, *edits)
        for at in (OPEN, QUIET):
            assert [post.edits for post in _posts(harness, at)] == [1]
        assert len(harness.chat.pings) == 1


async def test_a_room_that_got_no_announcement_gets_none_of_its_edits(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness, "medium")
        await _edited(harness, flaw, _words)
        await _edited(harness, flaw, _severity("high"))
        assert _posts(harness, STRICT) == []


async def test_a_room_whose_threshold_it_reaches_gets_it_as_new(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness, "high")
        await _edited(harness, flaw, _severity("critical"))
        (news,) = _posts(harness, STRICT)
        assert news.reply_to == ""
        assert news.message.tone is Tone.CRITICAL
        assert sorted(at for at, _ in harness.chat.pings) == [OPEN, OPEN, STRICT]
        first, reply = _posts(harness, OPEN)
        assert reply.reply_to == first.reference


async def test_known_exploitation_pings_below_the_threshold_too(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """Whoever was told of it while its severity was unknown is told that it is used, whatever the severity proves to be."""
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS, catalogue=True) as harness:
        flaw = await _announced(harness, "")
        harness.world.kev = ["CVE-2031-4444"]
        await _edited(harness, flaw, _severity("high"), _cve)
        await harness.run_for()
        replies = [post for post in _posts(harness, STRICT) if post.reply_to]
        assert ["known to be exploited" in post.message.title for post in replies] == [True]


async def test_a_burst_of_edits_becomes_one(ferry_of_three: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness)
        for number in range(8):
            flaw.summary, flaw.updated_at = f"A mailbox name, draft {number}", clock.now
            await harness.poll()
            await harness.deliver()
            clock.advance(SETTLE / 3)
        assert _posts(harness, OPEN)[0].edits == 0, "it is still being edited"
        await harness.run_for()
        await harness.run_for()
        (news,) = _posts(harness, OPEN)
        assert news.edits == 1
        assert news.message.title == "Ferry – A mailbox name, draft 7"


async def test_a_burst_that_ends_as_announced_pings_once(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """Severity and range within one settling time: one edit, one reply with both sentences, one call."""
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness, "medium")
        _severity("high")(flaw)
        flaw.updated_at = clock.now
        await harness.poll()
        await harness.deliver()
        clock.advance(SETTLE / 2)
        await _edited(harness, flaw, _range("< 1.2.0"))
        news, reply = _posts(harness, OPEN)
        assert news.edits == 1
        assert "raised to high" in reply.message.title
        assert "such as 1.0.0" in reply.message.title
        assert len(harness.chat.pings) == 1


async def _confirmed(harness: Harness) -> None:
    """Time for two looks at its own address, and for the words to go out."""
    harness.clock.advance(timedelta(days=1))
    await harness.poll()
    await harness.deliver()
    harness.clock.advance(timedelta(minutes=11))
    await harness.poll()
    await harness.run_for()
    await harness.run_for()


@pytest.mark.parametrize("state", ["closed", "withdrawn", "gone"])
async def test_a_withdrawal_is_crossed_out_with_its_reason_and_undone(
    state: str, ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness)
        before = _posts(harness, OPEN)[0].message
        if state == "gone":
            ferry_of_three.advisories.clear()
        else:
            flaw.state, flaw.updated_at = state, clock.now
            flaw.withdrawn_at = clock.now if state == "withdrawn" else None
        await _confirmed(harness)
        for at in (OPEN, QUIET):
            news, reply = _posts(harness, at)
            assert reply.message.title.startswith("Withdrawn: ")
            assert reply.reply_to == news.reference
            assert news.message.struck
            assert news.message.tone is Tone.WITHDRAWN
            assert "Withdrawn." in repr(news.message.body)
        if state == "gone":
            ferry_of_three.advisories.append(flaw)
        flaw.state, flaw.withdrawn_at, flaw.updated_at = "published", None, clock.now
        await harness.run_for()
        await harness.run_for()
        for at in (OPEN, QUIET):
            news, reply = _posts(harness, at)
            assert not news.message.struck
            assert reply.message.title.startswith("Published again: ")
        assert _posts(harness, OPEN)[0].message.body == before.body
        assert len(harness.chat.pings) == 1


async def test_an_advisory_that_is_missing_once_is_not_withdrawn(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """A listing that flaps: what is back at the second look was never away."""
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = await _announced(harness)
        ferry_of_three.advisories.clear()
        clock.advance(timedelta(days=1))
        await harness.poll()
        await harness.deliver()
        ferry_of_three.advisories.append(flaw)
        clock.advance(timedelta(minutes=11))
        await harness.run_for()
        await harness.run_for()
        (news,) = _posts(harness, OPEN)
        assert not news.message.struck
        assert news.edits == 0


async def test_a_withdrawal_takes_the_binding_back_from_the_release(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry_of_three.releases.append(release("v1.2.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        flaw = await _announced(harness)
        await _edited(harness, flaw, _patched("1.2.1"))
        assert _posts(harness, OPEN)[0].message.label.startswith("Security release · ")
        ferry_of_three.advisories.clear()
        await _confirmed(harness)
        first, news, reply = _posts(harness, OPEN)
        assert (first.message.title, first.message.label) == ("Ferry 1.2.1", "Patch release")
        assert (reply.reply_to, reply.message.loud) == (news.reference, False)
        assert news.message.struck
        assert len(harness.chat.pings) == 1
