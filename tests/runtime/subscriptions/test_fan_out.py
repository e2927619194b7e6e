"""From an advisory's publication to the DMs of those whom it concerns: each once, rooms first, and through restarts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.delivery import Lane
from chatbot.core.maintainers.word import Word
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import plain
from chatbot.core.model.severity import Severity
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability
from chatbot.ports import ChatRefused, ChatUnavailable
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.subscriptions.confidence import Configured
from chatbot.runtime.subscriptions.fan_out.members import Members, Permission
from chatbot.runtime.subscriptions.fan_out.registry import Registry
from chatbot.store.database.db import Store
from chatbot.store.maintainers import words
from chatbot.store.subscriptions import alerts, fan_outs, mutes, people, snoozes, subscriptions
from chatbot.store.subscriptions.subscribers import Subscriber
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.runtime.subscriptions.people import FERRY_ID, dm, person, subscribe
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

GHSA = "GHSA-2222-2222-2222"
CHANNEL = "discord:9"
OLD, NEW = Scope("version", "1.1.0"), Scope("version", "1.2.0")
LINE = Scope("line", "1.1")


@pytest.fixture
def repository() -> Repository:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.1.0", 1), release("v1.2.0", 2)]
    return ferry


@pytest.fixture
async def harness(repository: Repository, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Harness]:
    async with open_harness(
        repository, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=FaultyChat(name="discord")
    ) as opened:
        await opened.run_for()
        yield opened


async def come(harness: Harness) -> None:
    """Let time pass, read everything, go through the subscribers, and deliver."""
    for _ in range(2):
        harness.clock.advance(MINUTE)
        await harness.poll()
        await harness.services.fan_outs.drain()
        await harness.deliver()


async def publish(harness: Harness, **more: object) -> Advisory:
    """A high advisory about versions before 1.2.0, read and told."""
    harness.clock.advance(MINUTE)
    flaw = advisory(GHSA, 0, created_at=harness.clock.now, published_at=harness.clock.now, **more)
    harness.world.repositories[0].advisories.append(flaw)
    await come(harness)
    return flaw


def titles(harness: Harness, number: int) -> list[str]:
    return [post.message.title for post in harness.chat.rooms.get(dm(number), [])]


async def test_those_whom_it_concerns_are_alerted_once_and_nobody_else(harness: Harness) -> None:
    for number, scope in enumerate((OLD, NEW, LINE, Scope("project"))):
        await subscribe(harness.services.store, number, scope, harness.clock.now)
    await publish(harness)
    await come(harness)
    assert [len(titles(harness, number)) for number in range(4)] == [1, 0, 1, 1]
    assert "1.1.0" in titles(harness, 0)[0]
    assert len(harness.chat.rooms[CHANNEL]) == 1


async def test_rooms_are_served_before_people(harness: Harness) -> None:
    await subscribe(harness.services.store, 1, OLD, harness.clock.now)
    harness.chat.attempted_rooms.clear()
    await publish(harness, severity="critical", scores=())
    assert harness.chat.attempted_rooms == [CHANNEL, dm(1)]


async def test_several_subscriptions_that_match_make_one_message(harness: Harness) -> None:
    for scope in (OLD, LINE, Scope("project")):
        await subscribe(harness.services.store, 1, scope, harness.clock.now)
    await publish(harness)
    assert len(titles(harness, 1)) == 1


async def test_a_later_subscriber_is_not_alerted_about_what_the_confirmation_showed(harness: Harness) -> None:
    await subscribe(harness.services.store, 1, OLD, harness.clock.now)
    await publish(harness)
    harness.clock.advance(MINUTE)
    await subscribe(harness.services.store, 2, OLD, harness.clock.now)
    await come(harness)
    assert [len(titles(harness, number)) for number in (1, 2)] == [1, 0]


async def test_what_gets_worse_is_posted_in_a_reply_and_an_edit(harness: Harness) -> None:
    await subscribe(harness.services.store, 1, OLD, harness.clock.now)
    flaw = await publish(harness, severity="medium", scores=())
    flaw.severity, flaw.updated_at = "critical", harness.clock.now
    await come(harness)
    await come(harness)
    alert, reply = harness.chat.rooms[dm(1)]
    assert (alert.edits, reply.reply_to) == (1, alert.reference)
    assert alert.message.severity is Severity.CRITICAL
    async with harness.services.store.reading() as tx:
        posts = (await alerts.posted(tx, FERRY_ID, GHSA, [dm(1)]))[dm(1)]
    assert [len(posts.replies), posts.alert is not None] == [1, True]


async def test_a_fix_that_comes_later_is_announced_once(harness: Harness, repository: Repository) -> None:
    scope = Scope("version", "1.2.0")
    await subscribe(harness.services.store, 1, scope, harness.clock.now)
    await publish(harness, vulnerabilities=(Vulnerability(package="ferry", range="<= 1.2.0"),))
    assert len(titles(harness, 1)) == 1
    now = harness.clock.now
    repository.releases.append(Release(tag="v1.2.1", name="1.2.1", body="Fixes.", created_at=now, published_at=now))
    await come(harness)
    await come(harness)
    await come(harness)
    assert len(titles(harness, 1)) == 2


async def test_a_muted_advisory_and_a_suspended_person_get_nothing(harness: Harness) -> None:
    store = harness.services.store
    for number in range(3):
        await subscribe(store, number, OLD, harness.clock.now)
    async with store.writing() as tx:
        await mutes.add(tx, person(0), FERRY_ID, GHSA, harness.clock.now)
        await people.trouble(tx, person(1), "Allow DMs.")
    await publish(harness)
    assert [len(titles(harness, number)) for number in range(3)] == [0, 0, 1]
    async with store.writing() as tx:
        await people.settle_dm(tx, person(1), dm(1))
    await come(harness)
    assert [len(titles(harness, number)) for number in range(3)] == [0, 1, 1], "what they missed, and that alone"


async def test_a_project_without_subscribers_costs_no_fan_out(harness: Harness) -> None:
    await publish(harness)
    async with harness.services.store.reading() as tx:
        assert await fan_outs.facts(tx, FERRY_ID) == {}
        assert await fan_outs.first(tx, harness.clock.now) is None


async def test_a_fan_out_goes_on_after_a_restart(repository: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat, rooms = FaultyChat(name="discord"), [room(CHANNEL)]
    async with open_harness(repository, clock, tmp_path / "bot.db", rooms, chat=chat) as first:
        await first.run_for()
        await subscribe(first.services.store, 1, OLD, clock.now)
        flaw = advisory(GHSA, 0, created_at=clock.now, published_at=clock.now)
        repository.advisories.append(flaw)
        clock.advance(MINUTE)
        await first.run_for()
        assert chat.rooms.get(dm(1)) is None
    async with open_harness(repository, clock, tmp_path / "bot.db", rooms, chat=chat) as second:
        await second.services.fan_outs.drain()
        await second.deliver()
        assert len(titles(second, 1)) == 1
        await come(second)
        assert len(titles(second, 1)) == 1


async def test_an_advisory_that_settles_after_a_restart_is_announced(
    repository: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """No room watches the project: nothing but the subscribers makes an unchanged answer matter."""
    chat = FaultyChat(name="discord")
    async with open_harness(repository, clock, tmp_path / "bot.db", [], chat=chat) as first:
        await first.run_for()
        await subscribe(first.services.store, 1, OLD, clock.now)
        clock.advance(MINUTE)
        repository.advisories.append(advisory(GHSA, 0, created_at=clock.now, published_at=clock.now))
        await first.poll()
        await first.services.fan_outs.drain()
    async with open_harness(repository, clock, tmp_path / "bot.db", [], chat=chat) as second:
        await come(second)
        assert len(titles(second, 1)) == 1


async def test_the_most_urgent_comes_first(harness: Harness) -> None:
    store, now = harness.services.store, harness.clock.now
    await subscribe(store, 1, OLD, now)
    harness.clock.advance(MINUTE)
    for name, severity in (("GHSA-3333-3333-3333", "low"), ("GHSA-4444-4444-4444", "critical")):
        flaw = advisory(
            name, 0, created_at=harness.clock.now, published_at=harness.clock.now, severity=severity, scores=(), cve=""
        )
        harness.world.repositories[0].advisories.append(flaw)
    for _ in range(2):
        await harness.poll()
        harness.clock.advance(MINUTE)
    async with store.reading() as tx:
        first = await fan_outs.first(tx, harness.clock.now)
    assert first is not None
    assert (first.name, first.lane) == ("GHSA-4444-4444-4444", Lane.ALERT_URGENT)
    await harness.services.fan_outs.drain()
    await harness.deliver()
    assert [post.message.severity for post in harness.chat.rooms[dm(1)]] == [Severity.CRITICAL, Severity.LOW]


async def test_releases_are_announced_at_once_to_those_who_want_that(harness: Harness, repository: Repository) -> None:
    store, now = harness.services.store, harness.clock.now
    await subscribe(store, 1, LINE, now, releases="now")
    await subscribe(store, 2, Scope("line", "1.2"), now, releases="now")
    await subscribe(store, 3, LINE, now, releases="weekly")
    await subscribe(store, 4, Scope("project"), now, releases="now")
    await subscribe(store, 5, Scope("version", "1.1.0"), now, releases="now")
    harness.clock.advance(MINUTE)
    at = harness.clock.now
    repository.releases.append(Release(tag="v1.1.1", name="1.1.1", body="Repairs.", created_at=at, published_at=at))
    await come(harness)
    await come(harness)
    assert [len(titles(harness, number)) for number in (1, 2, 3, 4, 5)] == [1, 0, 0, 1, 1]
    assert "1.1.1" in titles(harness, 1)[0]
    async with store.reading() as tx:
        assert ("release", "v1.1.0") not in await fan_outs.facts(tx, FERRY_ID)


# ---- projects that are not public -----------------------------------------------------------------------------------------

SECRET = replace(FERRY, public=False)


class Door:
    """Who is in which room: what the chats say."""

    def __init__(self) -> None:
        self.answers: dict[str, bool | ChatUnavailable | None] = {}

    async def shares(self, person: RoomAddress, room: RoomAddress, *, fresh: bool = False) -> bool | None:  # noqa: ARG002 - a port
        if isinstance(answer := self.answers[person] if room == CHANNEL else None, ChatUnavailable):
            raise answer
        return answer


async def test_only_members_still_in_the_room_see_a_secret_project(
    repository: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat, door = FaultyChat(name="discord"), Door()
    async with open_harness(
        repository, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=chat, project=SECRET
    ) as harness:
        harness.services.fan_outs.members.chats = {"discord": door}
        await harness.run_for()
        home, store = RoomAddress(CHANNEL), harness.services.store
        for number, answer in enumerate((True, False, None)):
            await subscribe(store, number, OLD, clock.now, home=home)
            door.answers[person(number)] = answer
        await subscribe(store, 3, OLD, clock.now)
        await publish(harness)
        assert [len(titles(harness, number)) for number in range(4)] == [1, 0, 0, 0]
        async with store.reading() as tx:
            there = [bool(await subscriptions.of(tx, person(number))) for number in range(4)]
        assert there == [True, False, True, True], "the room of the last one is not configured: that may be a mistake"


async def test_who_may_know_of_it_is_asked_again_and_nobody_is_forgotten(
    repository: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """The chat can't tell of two, then of one, and the bot is started again meanwhile: each is alerted once, when it can."""
    chat, door = FaultyChat(name="discord"), Door()
    door.answers = {person(1): None, person(2): ChatUnavailable("502"), person(3): True}

    def start() -> AbstractAsyncContextManager[Harness]:
        return open_harness(repository, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=chat, project=SECRET)

    async with start() as first:
        first.services.fan_outs.members.chats = {"discord": door}
        await first.run_for()
        for number in (1, 2, 3):
            await subscribe(first.services.store, number, OLD, clock.now, home=RoomAddress(CHANNEL))
        await publish(first)
        assert [len(titles(first, number)) for number in (1, 2, 3)] == [0, 0, 1]
    door.answers[person(1)] = True
    async with start() as second:
        second.services.fan_outs.members.chats = {"discord": door}
        await come(second)
        assert [len(titles(second, number)) for number in (1, 2, 3)] == [1, 0, 1]
        for answer, alerts_of_2 in ((None, 0), (True, 1), (True, 1)):
            door.answers[person(2)] = answer
            clock.advance(fan_outs.LONGEST)
            await come(second)
            assert [len(titles(second, number)) for number in (1, 2, 3)] == [1, alerts_of_2, 1]
        async with second.services.store.reading() as tx:
            assert await fan_outs.first(tx, clock.now + timedelta(days=1)) is None


async def test_what_was_called_bad_while_nobody_could_tell_is_not_announced(
    repository: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    door = Door()
    door.answers = {person(1): None, person(2): True}
    async with open_harness(
        repository, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=FaultyChat(name="discord"), project=SECRET
    ) as harness:
        harness.services.fan_outs.members.chats = {"discord": door}
        await harness.run_for()
        for number in (1, 2):
            await subscribe(harness.services.store, number, LINE, clock.now, home=RoomAddress(CHANNEL), releases="now")
        clock.advance(MINUTE)
        repository.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        await come(harness)
        assert [len(titles(harness, number)) for number in (1, 2)] == [0, 1]
        bad = Word(action="bad", subject="release/ferry/v1.1.1", by=person(9), at=clock.now, text="It loses mail.")
        async with harness.services.store.writing(FERRY_ID) as tx:
            await words.say(tx, FERRY_ID, bad)
        door.answers[person(1)] = True
        clock.advance(fan_outs.LONGEST)
        await come(harness)
        assert titles(harness, 1) == []


async def test_who_turns_out_to_have_left_is_not_alerted(
    repository: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    door = Door()
    async with open_harness(
        repository, clock, tmp_path / "bot.db", [room(CHANNEL)], chat=FaultyChat(name="discord"), project=SECRET
    ) as harness:
        harness.services.fan_outs.members.chats = {"discord": door}
        await harness.run_for()
        await subscribe(harness.services.store, 1, OLD, clock.now, home=RoomAddress(CHANNEL))
        for answer in (None, False):
            door.answers[person(1)] = answer
            await (publish(harness) if answer is None else come(harness))
        assert titles(harness, 1) == []
        async with harness.services.store.reading() as tx:
            assert await subscriptions.of(tx, person(1)) == []
            assert await fan_outs.first(tx, clock.now + timedelta(days=1)) is None


async def test_slices_are_as_large_as_fits_and_a_change_of_mind_counts_at_once(harness: Harness) -> None:
    """Everybody is told once, in slices of two; who unsubscribes while a slice is prepared is not told."""
    store, loop = harness.services.store, harness.services.fan_outs
    for number in range(7):
        await subscribe(store, number, OLD, harness.clock.now)
    loop._size = 2
    loop.members = _Fickle(loop.members.registry, store=store)
    await publish(harness)
    assert [len(titles(harness, number)) for number in range(7)] == [0, 1, 1, 1, 1, 1, 1]


@dataclass(slots=True)
class _Fickle(Members):
    """While the first slice is prepared, its first person unsubscribes."""

    store: Store | None = None

    def all_of(self, project_id: ProjectId, subscribers: Sequence[Subscriber]) -> Permission | None:
        return None if self.store is not None else super(_Fickle, self).all_of(project_id, subscribers)

    async def ask(self, project_id: ProjectId, subscribers: Sequence[Subscriber]) -> Permission:  # noqa: ARG002 - theirs
        if self.store is not None:
            async with self.store.writing() as tx:
                (mine,) = await subscriptions.of(tx, subscribers[0].person)
                await subscriptions.remove(tx, [mine.id])
            self.store = None
        return Permission(subscribers)


# ---- what was sent, and what is said again ----------------------------------------------------------------------------------


async def test_an_alert_that_arrived_makes_a_version_less_sure(harness: Harness) -> None:
    store = harness.services.store
    for number in (1, 2):
        await subscribe(store, number, OLD, harness.clock.now)
    await subscribe(store, 1, LINE, harness.clock.now)
    harness.chat.refusing[dm(2)] = ChatRefused("DMs are closed.")
    await publish(harness)
    async with store.reading() as tx:
        counts = [[each.unconfirmed for each in await subscriptions.of(tx, person(number))] for number in (1, 2)]
    assert counts == [[1, 0], [0]]


async def remind(harness: Harness, number: int) -> None:
    """A day later, what is due is said."""
    async with harness.services.store.writing() as tx:
        await snoozes.put(tx, person(number), FERRY_ID, GHSA, harness.clock.now + timedelta(days=1))
    harness.clock.advance(timedelta(days=1))
    await harness.services.fan_outs.snoozes.drain()
    await harness.deliver()


async def test_a_reminder_is_posted_once_as_a_reply(harness: Harness) -> None:
    await subscribe(harness.services.store, 1, OLD, harness.clock.now)
    await publish(harness)
    await remind(harness, 1)
    await harness.services.fan_outs.snoozes.drain()
    await come(harness)
    alert, reminder = harness.chat.rooms[dm(1)]
    assert reminder.reply_to == alert.reference
    assert reminder.message.actions == alert.message.actions
    assert alert.edits == reminder.edits == 0


async def test_a_person_who_upgraded_muted_or_left_is_not_reminded(harness: Harness) -> None:
    store = harness.services.store
    for number in range(4):
        await subscribe(store, number, OLD, harness.clock.now)
    await publish(harness)
    async with store.writing() as tx:
        (mine,) = await subscriptions.of(tx, person(0))
        await subscriptions.replace(tx, replace(mine, scope=NEW, since=harness.clock.now))
        await mutes.add(tx, person(1), FERRY_ID, GHSA, harness.clock.now)
        await people.trouble(tx, person(2), "refused")
    for number in range(4):
        await remind(harness, number)
    assert [len(titles(harness, number)) for number in range(4)] == [1, 1, 1, 2]
    async with store.reading() as tx:
        assert await snoozes.next_due(tx) is None


@pytest.mark.parametrize("command", ["status", "watching"])
async def test_it_is_said_how_soon_critical_news_arrives(harness: Harness, command: str) -> None:
    for number in range(3):
        await subscribe(harness.services.store, number, OLD, harness.clock.now)
    await publish(harness)
    ask = CommandRequest(
        command=command,
        arguments={},
        asker=person(1),
        room=RoomAddress(CHANNEL),
        rights=frozenset({Right.EVERYONE, Right.ROOM_ADMIN}),
        asked_at=harness.clock.now,
    )
    answer = await harness.services.answers.answer(ask)
    (arrival,) = (plain(each.spans) for each in answer.fields if each.label == "Critical news")
    assert arrival == "reaches this channel in about 1 s, 3 subscribers within 1 s"


async def test_a_look_that_was_undone_is_taken_again(harness: Harness) -> None:
    """Else what it requested, and lost with its transaction, would never be asked for again."""
    store, requests = harness.services.store, harness.services.ingestor.planner.requests
    await subscribe(store, 1, OLD, harness.clock.now)
    async with store.reading() as tx:
        loaded = await snapshot.load(tx, FERRY, harness.services.ingestor.reader)

    async def look(*, fails: bool) -> None:
        async with store.writing(FERRY_ID) as tx:
            await requests.request(tx, loaded, harness.clock.now, changed=False)
            if fails:
                raise OSError("the disk is full")

    with suppress(OSError):
        await look(fails=True)
    async with store.reading() as tx:
        assert await requests.unsettled(tx, FERRY_ID)
    await look(fails=False)
    async with store.reading() as tx:
        assert not await requests.unsettled(tx, FERRY_ID)


async def test_a_project_that_is_missing_for_a_moment_loses_nothing(harness: Harness) -> None:
    store, loop = harness.services.store, harness.services.fan_outs
    await subscribe(store, 1, OLD, harness.clock.now)
    registry = loop.audiences.registry
    loop.audiences.registry = lambda: Registry(Configured((), ()))
    await publish(harness)
    assert titles(harness, 1) == []
    await remind(harness, 1)
    loop.audiences.registry = registry
    await come(harness)
    assert len(titles(harness, 1)) == 1
    async with store.reading() as tx:
        assert await snoozes.next_due(tx) is not None


async def test_a_clock_that_is_set_back_keeps_no_alert_back(harness: Harness) -> None:
    """What was loaded for other news while the clock was ahead is older than it looks: by it the advisory is not settled yet."""
    await subscribe(harness.services.store, 1, OLD, harness.clock.now, releases="now")
    harness.clock.advance(timedelta(days=1))
    at = harness.clock.now
    harness.world.repositories[0].releases.append(release("v1.3.0", 0, created_at=at, published_at=at))
    await harness.poll()
    harness.world.repositories[0].advisories.append(advisory(GHSA, 0, created_at=at, published_at=at))
    harness.clock.advance(MINUTE)
    await harness.poll()  # the release is settled, and the advisory is read for the first time
    await harness.services.fan_outs.drain()
    harness.clock.advance(timedelta(days=-1))
    await come(harness)
    await come(harness)
    assert len([each for each in titles(harness, 1) if "1.1.0" in each]) == 1
