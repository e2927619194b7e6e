"""The delivery loop: what each kind of failure leads to, who is told of it, and what it does not hold up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone, plain
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, MessageRejected
from chatbot.runtime.delivery.in_flight import MOST, InFlight
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.delivery.refusal_retry import RefusalRetry
from chatbot.store import outbox
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.outbox import deliveries
from tests.demo.make import release
from tests.runtime.disk import broken
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

OPS, HERE, THERE = RoomAddress("console:ops"), RoomAddress("console:here"), RoomAddress("console:there")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NO_HISTORY = ChatRefused("give the bot the permission to read the history")


@asynccontextmanager
async def watching(ferry: Repository, clock: ManualClock, folder: Path, chat: FaultyChat) -> AsyncIterator[Harness]:
    """Two rooms that have begun to listen, and a maintainers' room that hears notices only."""
    project = replace(FERRY, maintainers_room=OPS)
    rooms = [room(HERE), room(THERE)]
    async with open_harness(ferry, clock, folder / "bot.db", rooms, chat=chat, project=project) as harness:
        await harness.run_for()
        yield harness


def loop(harness: Harness) -> Delivery:
    """One loop for a whole test: it knows what got through lately."""
    services = harness.services
    return Delivery(
        chat=harness.chat,
        store=services.store,
        clock=harness.clock,
        failpoint=lambda _: None,
        maintainers_room=services.maintainers_room,
    )


async def news(harness: Harness, ferry: Repository, *tags: str) -> None:
    """Publish, and let the ingestor decide; nothing is sent."""
    for tag in tags:
        harness.clock.advance(MINUTE)
        ferry.releases.append(release(tag, 0, created_at=harness.clock.now, published_at=harness.clock.now))
    for _ in range(2):
        harness.clock.advance(MINUTE)
        await harness.poll()


async def states(harness: Harness) -> dict[str, State]:
    """Each room's delivery that is not at its end, by room."""
    open_ones = [State.PENDING, State.DOUBTFUL, State.REFUSED, State.PARKED, State.EXPIRED, State.SENDING]
    async with harness.services.store.reading() as tx:
        return {each.room: each.state for each in await deliveries.listing(tx, open_ones)}


def words(message: Message) -> str:
    return " ".join([message.title, *(f"{each.label}: {plain(each.spans)}" for each in message.fields)])


async def test_a_message_at_fault_is_parked_and_the_maintainers_are_notified_once(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    fault = MessageRejected("the embed is malformed")
    chat = FaultyChat(refusing={HERE: fault, THERE: fault})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        await loop(harness).drain()
        assert await states(harness) == {HERE: State.PARKED, THERE: State.PARKED}
        (notice,) = chat.rooms[OPS]
        assert "1.0.1" in words(notice.message)
        assert "the embed is malformed" in words(notice.message)
        chat.refusing.clear()
        async with harness.services.store.writing() as tx:
            parked = await deliveries.listing(tx, [State.PARKED])
            await deliveries.retry(tx, [each.id for each in parked], clock())
        await loop(harness).drain()
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1


async def test_a_defect_of_ours_parks_the_message_and_not_the_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: KeyError("colour")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        await loop(harness).drain()
        chat.refusing.clear()
        await news(harness, ferry, "v1.0.2")
        await loop(harness).drain()
        assert [title.split()[1] for title in chat.titles(HERE)] == ["1.0.2"]
        assert "KeyError" in words(chat.rooms[OPS][0].message)
        assert "colour" not in words(chat.rooms[OPS][0].message), "what an exception says may be a secret"


async def test_each_outcome_is_one_line_that_names_the_message_and_the_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: KeyError("colour"), THERE: ChatUnavailable("502")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        with capture_logs() as lines:
            await sending.drain()
            chat.refusing.clear()
            clock.advance(MINUTE)
            await sending.drain()
    outcomes = [line for line in lines if line.get("room") in (HERE, THERE)]
    assert [(line["event"], line["room_name"], line["subject"]) for line in outcomes] == [
        ("message parked; see `chatbot deliveries list`", "#here", "release/ferry/v1.0.1"),
        ("delivery failed; will retry", "#there", "release/ferry/v1.0.1"),
        ("message delivered", "#there", "release/ferry/v1.0.1"),
    ]
    assert "1.0.1" in outcomes[-1]["title"]
    assert outcomes[1]["delivery"] == outcomes[2]["delivery"], "the number that `chatbot deliveries` takes"


async def test_the_end_of_an_outage_is_a_line(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat = FaultyChat(refusing=dict.fromkeys((HERE, THERE), ChatUnavailable("502")))
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        await sending.drain()
        chat.refusing.clear()
        clock.advance(MINUTE)
        with capture_logs() as lines:
            await sending.drain()
    assert [line["event"] for line in lines].count("messages get through again") == 1


async def test_a_refusing_room_is_reported_once_and_tried_ever_more_rarely(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatRefused("the bot was removed: invite it again")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        await news(harness, ferry, "v1.0.1", "v1.0.2")
        for _ in range(24 * 60):
            clock.advance(MINUTE)
            await sending.drain()
        assert [title.split()[1] for title in chat.titles(THERE)] == ["1.0.1", "1.0.2"], "others hear it"
        assert 20 <= chat.attempted_rooms.count(HERE) <= 36, (
            "hourly at last: Discord shuts out who is refused 10,000 times"
        )
        assert len(chat.rooms[OPS]) == 1
        assert "invite it again" in words(chat.rooms[OPS][0].message)
        assert await states(harness) == {HERE: State.REFUSED}


async def test_a_reload_has_a_refusing_room_tried_at_once_and_it_gets_all_it_missed(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatRefused("the bot may not write here")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1", "v1.0.2")
        await loop(harness).drain()
        chat.refusing.clear()
        await loop(harness).drain()
        assert HERE not in chat.rooms
        await RefusalRetry(harness.services.store, clock, lambda: [HERE, THERE]).all_tried()
        await loop(harness).drain()
        assert [title.split()[1] for title in chat.titles(HERE)] == ["1.0.1", "1.0.2"]
        chat.refusing[HERE] = ChatRefused("the bot may not write here")
        await news(harness, ferry, "v1.0.3")
        await loop(harness).drain()
        assert len(chat.rooms[OPS]) == 2, "it is told again when it begins anew"


async def test_a_change_in_one_room_has_only_that_one_tried(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    refusal = ChatRefused("the bot may not write here")
    chat = FaultyChat(refusing={HERE: refusal, THERE: refusal})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        await loop(harness).drain()
        chat.refusing.clear()
        await RefusalRetry(harness.services.store, clock, lambda: [HERE, THERE]).tried("console", [THERE])
        await loop(harness).drain()
        assert (HERE in chat.rooms, THERE in chat.rooms) == (False, True)


async def test_an_outage_of_two_days_parks_nothing(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    away = ChatUnavailable("503")
    chat = FaultyChat(refusing={HERE: away, THERE: away})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        await news(harness, ferry, "v1.0.1")
        for _ in range(48 * 4):
            clock.advance(HOUR / 4)
            await sending.drain()
        assert OPS not in chat.rooms
        chat.refusing.clear()
        clock.advance(2 * HOUR)
        await sending.drain()
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1


async def test_what_keeps_failing_while_others_get_through_is_parked(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatUnavailable("500: the server trips over it")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        for patch in range(1, 15):
            await news(harness, ferry, f"v1.0.{patch}")
            clock.advance(HOUR)
            await sending.drain()
        assert "500" in words(chat.rooms[OPS][0].message)
        assert len(chat.titles(THERE)) == 14


async def test_what_keeps_failing_is_parked_though_others_get_through_all_the_time(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """Each message that gets through has it tried again at once; that is no reason to try for ever."""
    chat = FaultyChat(refusing={HERE: ChatUnavailable("500: the server trips over it")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        for patch in range(1, 20):
            await news(harness, ferry, f"v1.0.{patch}")
            for _ in range(3):
                clock.advance(MINUTE)
                await sending.drain()
        parked = [post.message for post in chat.rooms[OPS] if "could not be delivered" in post.message.title]
        assert parked, "within two hours"
        assert len(chat.attempted_rooms) < 19 + 19 * 8


async def test_a_room_that_fails_for_some_minutes_while_others_work_keeps_its_messages(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatUnavailable("500")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        await news(harness, ferry, "v1.0.1")
        for number in range(40):  # ten minutes of answers in the other room
            async with harness.services.store.writing() as tx:
                await outbox.add_answer(tx, THERE, "", Message(title="!", tone=Tone.ANSWER), f"k{number}", clock())
            clock.advance(timedelta(seconds=15))
            await sending.drain()
        chat.refusing.clear()
        clock.advance(HOUR)
        await sending.drain()
        assert len(chat.titles(HERE)) == 1
        assert OPS not in chat.rooms


async def test_a_request_in_line_waits_no_longer_than_the_line(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """A chat that says how long is believed, however often it says so."""
    chat = FaultyChat(refusing={HERE: ChatUnavailable("others were before in line", timedelta(seconds=5))})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        await news(harness, ferry, "v1.0.1")
        for _ in range(30):
            await sending.drain()
            clock.advance(timedelta(seconds=8))
        assert chat.attempted_rooms.count(HERE) == 30


async def test_what_becomes_too_old_is_given_up_and_reported(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatUnavailable("503")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        await loop(harness).drain()
        clock.advance(4 * DAY)
        await loop(harness).drain()
        assert await states(harness) == {HERE: State.EXPIRED}
        assert "given up" in words(chat.rooms[OPS][0].message)


async def test_a_doubtful_message_in_an_unreadable_room_is_parked_and_names_the_permission(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(unreadable={HERE: NO_HISTORY})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        chat.late_failures = [ChatUnavailable("cut", doubtful=True), ChatUnavailable("cut", doubtful=True)]
        await loop(harness).drain()
        clock.advance(HOUR)
        await loop(harness).drain()
        assert await states(harness) == {HERE: State.PARKED}
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1
        assert "the permission to read the history" in words(chat.rooms[OPS][0].message)


async def test_where_no_attempt_arrived_nobody_needs_to_search(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(unreadable={HERE: NO_HISTORY}, refusing={HERE: ChatUnavailable("503")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        await loop(harness).drain()
        chat.refusing.clear()
        clock.advance(HOUR)
        await loop(harness).drain()
        assert len(chat.titles(HERE)) == 1


async def test_a_replica_that_lost_its_lease_sends_nothing_and_the_next_one_all(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        answers = iter([True, False, False, False])  # it may claim, and has lost the lease when it is about to send
        sending = loop(harness)
        sending.ours = lambda: next(answers)
        await sending.drain()
        assert chat.rooms == {}
        clock.advance(MINUTE)
        await loop(harness).drain()
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1


async def test_a_refused_account_ends_the_loop_and_loses_nothing(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    stopped = ChatStopped("the token was revoked")
    chat = FaultyChat(refusing={HERE: stopped, THERE: stopped})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        with pytest.raises(ChatStopped, match="revoked"):
            await loop(harness).run()
        chat.refusing.clear()
        clock.advance(MINUTE)
        running = asyncio.create_task(loop(harness).run())
        await chat.wait_for_posts(HERE, 1)
        await chat.wait_for_posts(THERE, 1)
        running.cancel()
        await asyncio.wait({running})
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1


async def test_a_room_that_never_answers_holds_up_no_other(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(silent={HERE})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1", "v1.0.2", "v1.0.3")
        running = asyncio.create_task(loop(harness).run())
        await chat.wait_for_posts(THERE, 3)
        running.cancel()
        await asyncio.wait({running})
        assert HERE not in chat.rooms
        chat.silent.clear()
        clock.advance(HOUR)
        running = asyncio.create_task(loop(harness).run())
        await chat.wait_for_posts(HERE, 3)
        running.cancel()
        await asyncio.wait({running})
        assert [title.split()[1] for title in chat.titles(HERE)] == ["1.0.1", "1.0.2", "1.0.3"]


async def test_when_a_chat_is_back_nothing_waits_for_the_hour_that_its_outage_gave(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    away = ChatUnavailable("502", doubtful=True)
    chat = FaultyChat(refusing={HERE: away, THERE: away})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        for _ in range(60):  # each has failed a dozen times, and would wait for most of an hour by now
            clock.advance(MINUTE)
            await sending.drain()
        chat.refusing.clear()
        started, minutes = clock.now, 0
        while not (HERE in chat.rooms and THERE in chat.rooms):
            chat.attempted_rooms.clear()
            clock.advance(MINUTE)
            await sending.drain()
            minutes += 1
        assert len(set(chat.attempted_rooms)) == 2, "the first that gets through takes the other along"
        chat.refusing = {HERE: ChatUnavailable("503")}
        await news(harness, ferry, "v1.0.2")
        await sending.drain()
        assert (await states(harness))[HERE] is State.PENDING, "what failed in the outage parks nothing now"
        assert started + minutes * MINUTE <= started + HOUR


async def test_what_a_chat_asked_to_wait_for_waits_though_others_get_through(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: ChatUnavailable("slow mode", 2 * HOUR), THERE: ChatUnavailable("502")})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        await sending.drain()
        chat.refusing.clear()
        clock.advance(HOUR)
        await sending.drain()
        assert list(chat.rooms) == [THERE]
        clock.advance(HOUR - MINUTE)
        await sending.drain()
        assert list(chat.rooms) == [THERE]
        clock.advance(10 * MINUTE)
        await sending.drain()
        assert sorted(chat.rooms) == [HERE, THERE]


async def test_rooms_that_never_answer_leave_room_for_others_and_most_for_what_is_urgent(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    stuck = [RoomAddress(f"console:stuck{number}") for number in range(MOST)]
    chat = FaultyChat(silent=set(stuck))
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        sending._in_flight = InFlight(slow=0.01)
        async with harness.services.store.writing(ProjectId("ferry")) as tx:
            await outbox.add(
                tx, [_planned_message("routine", Lane.ROUTINE, *stuck[:-1], RoomAddress("console:zz"))], clock()
            )
        running = asyncio.create_task(sending.run())
        await chat.wait_for_posts("console:zz", 1)
        async with harness.services.store.writing(ProjectId("ferry")) as tx:
            await outbox.add(tx, [_planned_message("one more", Lane.ROUTINE, RoomAddress(stuck[-1]))], clock())
        await chat.wait_for_attempt(stuck[-1])
        async with harness.services.store.writing(ProjectId("ferry")) as tx:
            planned_messages = [
                _planned_message("waits", Lane.ROUTINE, HERE),
                _planned_message("urgent", Lane.SECURITY, THERE),
            ]
            await outbox.add(tx, planned_messages, clock())
        await chat.wait_for_posts(THERE, 1)
        assert HERE not in chat.rooms
        running.cancel()
        await asyncio.wait({running})


def _planned_message(title: str, lane: Lane, *rooms: RoomAddress) -> PlannedMessage:
    message = Message(title=title, tone=Tone.ROUTINE)
    revisions = dict.fromkeys(rooms, 1)
    subject = f"release/ferry/{title}"
    return PlannedMessage(
        project=ProjectId("ferry"), subject=subject, kind="new", message=message, lane=lane, revisions=revisions
    )


async def test_a_room_that_refuses_for_days_gets_all_it_missed_though_its_history_cannot_be_read(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    refusal = ChatRefused("the bot does not see the channel")
    chat = FaultyChat(refusing={HERE: refusal}, unreadable={HERE: refusal})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        sending = loop(harness)
        await news(harness, ferry, "v1.0.1", "v1.0.2")
        for _ in range(50):
            await sending.drain()
            clock.advance(HOUR)
        assert (await states(harness))[HERE] is State.REFUSED
        chat.refusing.clear()
        clock.advance(2 * HOUR)
        await sending.drain()
        assert [title.split()[1] for title in chat.titles(HERE)] == ["1.0.1", "1.0.2"]


async def test_a_doubtful_message_is_repeated_blindly_only_while_the_chat_knows_its_key(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """Of a chat that drops a repeat for a minute: within it nobody need look, after it somebody must."""
    chat = FaultyChat(name="discord", unreadable={"discord:1": NO_HISTORY, "discord:2": NO_HISTORY})
    rooms = [room("discord:1"), room("discord:2")]
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms, chat=chat) as harness:
        await harness.run_for()
        await news(harness, ferry, "v1.0.1")
        chat.late_failures = [ChatUnavailable("cut", doubtful=True), ChatUnavailable("cut", doubtful=True)]
        sending = loop(harness)
        await sending.drain()
        chat.refusing = {"discord:2": ChatUnavailable("502", doubtful=True)}
        clock.advance(timedelta(seconds=10))
        await sending.drain()
        chat.refusing.clear()
        clock.advance(HOUR)
        await sending.drain()
        assert await states(harness) == {"discord:2": State.PARKED}
        assert len(chat.titles("discord:1")) == len(chat.titles("discord:2")) == 1


async def test_what_was_sent_and_could_not_be_written_down_is_known_still_when_sending_begins_again(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    refusal = ChatRefused("nobody need look")
    chat = FaultyChat(unreadable={HERE: refusal, THERE: refusal})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        with ExitStack() as trouble:
            sending.failpoint = lambda failpoint: (
                trouble.enter_context(broken(harness.services.store)) if failpoint == "sent" else None
            )
            with pytest.raises(StoreUnavailable, match="failed: check its health"):
                await sending.run()
        clock.advance(DAY)
        sending.failpoint = lambda _: None
        await sending.recover()
        assert await states(harness) == {}
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1
        assert len(chat.attempts) == 2


async def test_an_attempt_that_is_cut_off_from_inside_is_tried_again(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(refusing={HERE: asyncio.CancelledError()})
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.1")
        sending = loop(harness)
        await sending.drain()
        assert await states(harness) == {HERE: State.DOUBTFUL}
        chat.refusing.clear()
        clock.advance(MINUTE)
        await sending.drain()
        assert len(chat.titles(HERE)) == len(chat.titles(THERE)) == 1


async def test_releases_of_one_poll_are_announced_in_the_order_of_their_publication(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with watching(ferry, clock, tmp_path, chat) as harness:
        await news(harness, ferry, "v1.0.9", "v1.0.10", "v1.0.8")
        await loop(harness).drain()
        assert [title.split()[1] for title in chat.titles(HERE)] == ["1.0.9", "1.0.10", "1.0.8"]
