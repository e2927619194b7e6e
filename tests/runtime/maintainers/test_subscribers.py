"""People are told together with the rooms: what maintainers hold, approve or take back holds for alerts too."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import AnnounceMode
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import ChatRefused
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.runtime.subscriptions.people import dm, subscribe
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

GHSA, CHANNEL, OPS, MIRA = "GHSA-2222-2222-2222", "discord:9", RoomAddress("discord:77"), RoomAddress("discord:user:99")
OLD = Scope("version", "1.1.0")


@pytest.fixture(params=["auto", "approve"])
async def harness(request: pytest.FixtureRequest, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Harness]:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.1.0", 1), release("v1.2.0", 2)]
    mode: AnnounceMode = request.param
    project = replace(FERRY, maintainers=(MIRA,), maintainers_room=OPS, announce=mode)
    chat = FaultyChat(name="discord")
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=chat, project=project) as opened:
        await opened.run_for()
        await subscribe(opened.services.store, 1, OLD, clock.now)
        yield opened


async def come(harness: Harness, by: timedelta = MINUTE) -> None:
    for _ in range(2):
        harness.clock.advance(by)
        await harness.poll()
        await harness.services.fan_outs.drain()
        await harness.deliver()


async def say(harness: Harness, command: str, **arguments: str) -> str:
    ask = CommandRequest(command=command, arguments=arguments, asker=MIRA, room=OPS, asked_at=harness.clock.now)
    return (await harness.services.answers.answer(ask)).title


def warn(harness: Harness, severity: str = "high") -> None:
    at = harness.clock.now
    flaw = advisory(GHSA, 0, severity=severity, scores=(), created_at=at, published_at=at)
    harness.world.repositories[0].advisories.append(flaw)


def alerts(harness: Harness) -> list[bool]:
    """Each alert that the person has, with whether it is crossed out."""
    return [post.message.struck for post in harness.chat.rooms.get(dm(1), [])]


def posts(harness: Harness) -> int:
    return len(harness.chat.rooms.get(CHANNEL, []))


@pytest.mark.parametrize("harness", ["approve"], indirect=True)
async def test_an_alert_waits_for_the_approval_as_the_rooms_do(harness: Harness) -> None:
    warn(harness)
    await come(harness)
    assert (posts(harness), alerts(harness)) == (0, [])
    await say(harness, "approve", id=GHSA)
    await come(harness)
    assert (posts(harness), alerts(harness)) == (1, [False])
    await come(harness, timedelta(hours=2))
    assert (posts(harness), alerts(harness)) == (1, [False])


@pytest.mark.parametrize("harness", ["approve"], indirect=True)
async def test_unanswered_security_news_reaches_people_after_an_hour(harness: Harness) -> None:
    warn(harness)
    await come(harness)
    await come(harness, timedelta(minutes=31))
    assert (posts(harness), alerts(harness)) == (1, [False])


@pytest.mark.parametrize("harness", ["approve"], indirect=True)
async def test_critical_news_waits_for_nobody(harness: Harness) -> None:
    warn(harness, "critical")
    await come(harness)
    assert (posts(harness), alerts(harness)) == (1, [False])


@pytest.mark.parametrize("harness", ["auto"], indirect=True)
async def test_what_is_held_reaches_nobody_until_now_and_then_everybody_once(harness: Harness) -> None:
    warn(harness)
    harness.clock.advance(MINUTE)
    await harness.poll()
    await say(harness, "announce hold", id=GHSA)
    await come(harness)
    await come(harness, timedelta(hours=3))
    assert (posts(harness), alerts(harness)) == (0, [])
    await say(harness, "announce now", id=GHSA)
    await come(harness)
    await come(harness)
    assert (posts(harness), alerts(harness)) == (1, [False])


@pytest.mark.parametrize("harness", ["auto"], indirect=True)
async def test_a_retracted_alert_is_crossed_out_and_alerts_nobody_new(harness: Harness) -> None:
    warn(harness)
    await come(harness)
    assert alerts(harness) == [False]
    await subscribe(harness.services.store, 2, OLD, harness.clock.now)
    await say(harness, "announce retract", id=GHSA, reason="It is about another project")
    await come(harness)
    await come(harness)
    assert alerts(harness) == [True]
    assert harness.chat.rooms.get(dm(2), []) == []
    ask = CommandRequest(
        command="affected",
        arguments={"version": "1.1.0"},
        asker=RoomAddress("discord:user:5"),
        room=RoomAddress(CHANNEL),
        asked_at=harness.clock.now,
    )
    answer = await harness.services.answers.answer(ask)
    assert "affected" in answer.title
    assert GHSA in str(answer)


# ---- releases that must not be used -----------------------------------------------------------------------------------------


def publish(harness: Harness, tag: str) -> None:
    at = harness.clock.now
    harness.world.repositories[0].releases.append(release(tag, 0, created_at=at, published_at=at))


def messages(harness: Harness, number: int) -> list[tuple[str, bool, str]]:
    """Title, whether it is crossed out, and what it answers."""
    posts_there = harness.chat.rooms.get(dm(number), [])
    titles = {post.reference: post.message.title for post in posts_there}
    return [(post.message.title, post.message.struck, titles.get(post.reply_to, "")) for post in posts_there]


@pytest.mark.parametrize("harness", ["auto"], indirect=True)
async def test_whoever_was_told_of_a_bad_release_is_told_not_to_use_it(harness: Harness) -> None:
    """By its announcement, or by an alert that recommended it; who was told nothing of it reads nothing."""
    store = harness.services.store
    await subscribe(store, 2, Scope("line", "1.2"), harness.clock.now, releases="now")
    await subscribe(store, 3, Scope("line", "1.2"), harness.clock.now)
    warn(harness)
    await come(harness)
    publish(harness, "v1.2.1")
    await come(harness)
    alert = "Your Ferry 1.1.0 is affected"
    assert [title for title, _, _ in messages(harness, 1)] == [alert]
    assert messages(harness, 2) == [("Ferry 1.2.1", False, "")]
    await say(harness, "announce bad", id="v1.2.1", use="v1.2.0", reason="It loses mail")
    await say(harness, "announce bad", id="v1.2.0", reason="It crashes")
    for _ in range(3):
        await come(harness)
    told_not = "Do not use Ferry 1.2.1: use 1.2.0 instead"
    assert messages(harness, 2) == [("Ferry 1.2.1", True, ""), (told_not, False, "Ferry 1.2.1")]
    assert messages(harness, 1)[1:] == [("Do not use Ferry 1.2.0", False, alert)]
    assert harness.chat.rooms[dm(1)][0].edits, "it recommends something else"
    assert messages(harness, 3) == []
    await say(harness, "announce good", id="v1.2.1")
    for _ in range(2):
        await come(harness)
    assert messages(harness, 2) == [
        ("Ferry 1.2.1", False, ""),
        ("Ferry 1.2.1 may be used again", False, "Ferry 1.2.1"),
    ]


@pytest.mark.parametrize("harness", ["auto"], indirect=True)
async def test_what_was_not_sent_yet_is_not_sent_and_needs_no_warning(harness: Harness) -> None:
    await subscribe(harness.services.store, 2, Scope("line", "1.2"), harness.clock.now, releases="now")
    publish(harness, "v1.2.1")
    for _ in range(2):
        harness.clock.advance(MINUTE)
        await harness.poll()
        await harness.services.fan_outs.drain()
    await say(harness, "announce bad", id="v1.2.1", reason="It loses mail")
    await come(harness)
    assert messages(harness, 2) == []


def sent(harness: Harness, number: int = 2) -> list[str]:
    """The titles of what another person was sent, who wants releases."""
    return [post.message.title for post in harness.chat.rooms.get(dm(number), [])]


async def bring_out(harness: Harness, *, security: bool) -> None:
    at = harness.clock.now
    ferry = harness.world.repositories[0]
    if security:
        flaws = (Vulnerability(package="ferry", range="< 1.3.0", patched="1.3.0"),)
        ferry.advisories.append(
            advisory(GHSA, 0, severity="high", scores=(), created_at=at, published_at=at, vulnerabilities=flaws)
        )
    ferry.releases.append(release("v1.3.0", 0, created_at=at, published_at=at))
    await subscribe(harness.services.store, 2, Scope("line", "1.3"), at, releases="now")
    await come(harness)


@pytest.mark.parametrize("harness", ["approve"], indirect=True)
async def test_an_unanswered_security_release_reaches_who_wants_releases_with_the_rooms(harness: Harness) -> None:
    await bring_out(harness, security=True)
    assert sent(harness) == []
    await come(harness, timedelta(minutes=31))
    assert posts(harness) == 2  # the advisory and its fix
    assert any("1.3.0" in title for title in sent(harness)), sent(harness)


@pytest.mark.parametrize("harness", ["approve"], indirect=True)
async def test_where_the_card_is_refused_a_release_reaches_them_with_the_rooms(harness: Harness) -> None:
    harness.chat.refusing[OPS] = ChatRefused("the channel is closed")
    await bring_out(harness, security=False)
    await come(harness)
    assert posts(harness) == 1
    assert any("1.3.0" in title for title in sent(harness)), sent(harness)
