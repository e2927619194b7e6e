"""The outbox: order within a room and lane, lanes before one another, revisions after their message, and what attempts do."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import ledger, outbox
from chatbot.store.database import tables
from chatbot.store.database.db import Store
from chatbot.store.outbox import Claimed, deliveries, heads, refusals
from tests.store.make import NOW, at, message, planned_message


async def add(store: Store, *planned_messages: PlannedMessage, now: datetime = NOW) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, planned_messages, now)


async def claim(store: Store, now: datetime = NOW, limit: int = 50) -> list[Claimed]:
    async with store.writing() as tx:
        return await outbox.claim(tx, "discord", now, limit)


async def record_sent(store: Store, claimed: Sequence[Claimed], now: datetime = NOW) -> None:
    async with store.writing() as tx:
        await outbox.record_sent(tx, [(item, f"ref-{item.outgoing.key}") for item in claimed], now)


async def one(store: Store, now: datetime = NOW) -> Claimed:
    (only,) = await claim(store, now)
    return only


def words(claimed: Sequence[Claimed]) -> list[str]:
    return [item.outgoing.message.title for item in claimed]


async def drained(store: Store, now: datetime = NOW) -> list[str]:
    titles: list[str] = []
    while claimed := await claim(store, now):
        titles += words(claimed)
        await record_sent(store, claimed, now)
    return titles


async def states(store: Store) -> dict[str, int]:
    async with store.reading() as tx:
        counted = sa.select(tables.deliveries.c.state, sa.func.count().label("many"))
        return {row.state: row.many for row in await tx.rows(counted.group_by(tables.deliveries.c.state))}


async def test_new_words_are_claimed_once_with_all_that_a_chat_needs(store: Store) -> None:
    await add(store, planned_message(rooms=["discord:1", "matrix:!a:b"]))
    claimed = await one(store)
    outgoing = claimed.outgoing
    assert (outgoing.room, outgoing.message, outgoing.replaces, outgoing.reply_to) == (
        "discord:1",
        planned_message().message,
        "",
        "",
    )
    assert (outgoing.first_attempt_at, claimed.attempts, claimed.doubtful, claimed.lane) == (
        None,
        1,
        False,
        Lane.ROUTINE,
    )
    assert await claim(store) == []


async def test_the_same_news_through_two_sources_is_one_announcement(store: Store) -> None:
    await add(store, planned_message(), planned_message())
    await add(store, planned_message())
    assert await drained(store) == ["v1 r1 new"]


async def test_within_a_room_and_lane_one_follows_another_in_order(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2", ["discord:1", "discord:2"]), planned_message("v3"))
    first = await claim(store)
    assert words(first) == ["v1 r1 new", "v2 r1 new"]
    assert await claim(store) == []
    await record_sent(store, first)
    assert words(await claim(store)) == ["v2 r1 new"]


async def test_a_higher_lane_overtakes_in_the_same_room(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    await add(store, planned_message("v3", lane=Lane.CRITICAL), planned_message("v4", lane=Lane.SECURITY), now=at(1))
    assert words(await claim(store, at(1), 2)) == ["v3 r1 new", "v4 r1 new"]


async def test_a_slow_room_holds_no_other(store: Store) -> None:
    await add(
        store, planned_message("v1", ["discord:1", "discord:2"]), planned_message("v2", ["discord:1", "discord:2"])
    )
    slow, quick = await claim(store)
    await record_sent(store, [quick])
    assert [item.outgoing.room for item in await claim(store)] == [quick.outgoing.room]
    assert slow.outgoing.room != quick.outgoing.room


async def test_an_edit_of_what_is_not_sent_changes_its_words_and_keeps_its_ping(store: Store) -> None:
    await add(store, planned_message(words=message("old", "987")))
    before = await one(store)
    async with store.writing() as tx:
        await outbox.retry_at(tx, before, at(5), "502", doubtful=False)
    await add(store, planned_message(kind="edit", revision=2, words=message("new")))
    after = await one(store, at(5))
    assert (after.outgoing.key, after.kind, after.outgoing.replaces) == (before.outgoing.key, "new", "")
    assert after.outgoing.message == message("new", "987")
    await record_sent(store, [after])
    assert await drained(store, at(5)) == []


async def send_due(store: Store) -> list[Claimed]:
    claimed = await claim(store)
    await record_sent(store, claimed)
    return claimed


async def test_an_escalation_of_what_is_not_sent_pings_with_the_first_message(store: Store) -> None:
    await add(store, planned_message(words=message("old")))
    await add(store, planned_message(kind="edit", revision=2, words=message("worse"), lane=Lane.SECURITY))
    await add(
        store, planned_message(kind="reply", revision=2, words=message("it got worse", "987"), lane=Lane.SECURITY)
    )
    claimed = await one(store)
    assert (claimed.outgoing.message, claimed.lane) == (message("worse", "987"), Lane.SECURITY)


async def test_edit_and_reply_wait_for_the_message_under_way(store: Store) -> None:
    await add(store, planned_message())
    first = await one(store)
    await add(
        store,
        planned_message(kind="edit", revision=2),
        planned_message(kind="reply", revision=2, words=message("worse")),
    )
    assert await claim(store) == []
    await record_sent(store, [first])
    edit = await one(store)
    assert (edit.kind, edit.outgoing.replaces, edit.revision) == ("edit", f"ref-{first.outgoing.key}", 2)
    await record_sent(store, [edit])
    reply = await one(store)
    assert (reply.kind, reply.outgoing.reply_to, reply.outgoing.replaces) == ("new", f"ref-{first.outgoing.key}", "")
    assert len({first.outgoing.key, edit.outgoing.key, reply.outgoing.key}) == 3
    assert first.outgoing.announcement == edit.outgoing.announcement != reply.outgoing.announcement


async def test_a_reply_is_corrected_like_any_post(store: Store) -> None:
    await add(store, planned_message(notified_for=["a"]))
    (first,) = await send_due(store)
    await add(store, planned_message(kind="reply", revision=2, words=message("worse"), notified_for=["b"]))
    await add(store, planned_message(kind="reply", revision=2, words=message("worse"), notified_for=["b"]))
    (reply,) = await send_due(store)
    correction = replace(
        planned_message(kind="edit", revision=2, words=message("worse, and fixed")), subject="follow-up/p/v1-r2"
    )
    await add(store, correction)
    edit = await one(store)
    assert (edit.kind, edit.outgoing.replaces) == ("edit", f"ref-{reply.outgoing.key}")
    assert edit.outgoing.announcement == reply.outgoing.announcement
    async with store.reading() as tx:
        posted = {item.subject: item for item in await ledger.posted(tx, ProjectId("p"), None)}
    assert posted["release/p/v1"].notified_for == {"a", "b"}, "readers were told in the reply"
    assert posted["follow-up/p/v1-r2"].parent == posted["release/p/v1"].announcement == first.outgoing.announcement
    assert posted["follow-up/p/v1-r2"].notified_for == {"b"}


async def test_a_quiet_reply_is_not_made_to_what_never_reached_the_room(store: Store) -> None:
    await add(store, planned_message())
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.park(tx, first, "too long", NOW)
        await deliveries.drop(tx, [first.id], NOW)
    await add(store, planned_message(kind="reply", revision=2, words=message("withdrawn")))
    assert await drained(store) == []
    await add(store, planned_message(kind="reply", revision=3, words=message("worse", "7")))
    assert await drained(store) == ["worse"]


async def test_a_reply_that_an_older_program_enqueued_goes_on(store: Store) -> None:
    """Its replies were deliveries of the announcement itself."""
    await add(store, planned_message())
    (first,) = await send_due(store)
    async with store.writing() as tx:
        row = await tx.row(sa.select(tables.deliveries))
        assert row is not None
        old = row._asdict() | {
            "id": 99,
            "key": "old",
            "kind": "reply",
            "revision": 2,
            "state": "pending",
            "reference": "",
        }
        await tx.run(tx.insert(tables.deliveries).values(old))
        await heads.refresh_all(tx, "discord")
    reply = await one(store)
    assert (reply.kind, reply.outgoing.reply_to, reply.outgoing.key) == ("reply", f"ref-{first.outgoing.key}", "old")
    await record_sent(store, [reply])
    await add(store, planned_message(kind="edit", revision=3))
    assert (await one(store)).outgoing.replaces == f"ref-{first.outgoing.key}", "the announcement, not its reply"


async def test_what_waits_behind_a_first_message_that_failed_goes_into_it(store: Store) -> None:
    await add(store, planned_message(words=message("old", "1")))
    first = await one(store)
    await add(store, planned_message(kind="edit", revision=2, words=message("new"), lane=Lane.SECURITY))
    await add(store, planned_message(kind="reply", revision=2, words=message("worse", "2"), lane=Lane.SECURITY))
    async with store.writing() as tx:
        await outbox.retry_at(tx, first, at(5), "502", doubtful=False)
    again = await one(store, at(5))
    assert (again.outgoing.message, again.lane, again.outgoing.key) == (
        message("new", "1", "2"),
        Lane.SECURITY,
        first.outgoing.key,
    )
    await record_sent(store, [again])
    assert await states(store) == {"sent": 1, "superseded": 2}


async def test_a_newer_edit_takes_the_place_of_one_that_waits_but_not_of_one_under_way(store: Store) -> None:
    await add(store, planned_message())
    await record_sent(store, await claim(store))
    await add(store, planned_message(kind="edit", revision=2), planned_message(kind="edit", revision=3))
    third = await one(store)
    assert third.revision == 3
    await add(store, planned_message(kind="edit", revision=4, lane=Lane.CRITICAL))
    assert await claim(store) == []  # two edits at once could land in either order
    await record_sent(store, [third])
    assert (await one(store)).revision == 4


async def test_a_doubtful_message_is_settled_before_it_is_edited(store: Store) -> None:
    await add(store, planned_message())
    first = await one(store)
    async with store.writing() as tx:
        await outbox.retry_at(tx, first, at(2), "cut off", doubtful=True)
    await add(store, planned_message(kind="edit", revision=2), now=at(1))
    again = await one(store, at(2))
    assert (again.doubtful, again.outgoing.message, again.outgoing.first_attempt_at) == (
        True,
        first.outgoing.message,
        NOW,
    )
    await record_sent(store, [again])
    assert (await one(store, at(2))).kind == "edit"


async def test_what_a_dead_process_was_sending_is_doubtful(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    await claim(store)
    async with store.writing() as tx:
        await outbox.recover(tx, "discord", at(9))
        assert await outbox.next_due(tx, "discord") == at(9)
    again = await one(store, at(9))
    assert (again.doubtful, again.attempts, again.outgoing.message.title) == (True, 2, "v1 r1 new")


async def test_late_news_of_success_is_believed_and_of_failure_is_not(store: Store) -> None:
    await add(store, planned_message())
    late = await one(store)
    async with store.writing() as tx:
        await outbox.recover(tx, "discord", at(1))
    second = await one(store, at(1))
    async with store.writing() as tx:
        await outbox.park(tx, late, "late", at(2))
        await outbox.retry_at(tx, late, at(2), "late", doubtful=False)
    assert await states(store) == {"sending": 1}
    await record_sent(store, [late], at(3))
    async with store.writing() as tx:
        await outbox.retry_at(tx, second, at(4), "late", doubtful=True)
    assert await states(store) == {"sent": 1}


async def test_a_retry_holds_its_room_and_lane_until_it_is_due(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.retry_at(tx, first, at(60), "429", doubtful=False)
        assert await outbox.next_due(tx, "discord") == at(60)
    assert await claim(store, at(59)) == []
    assert await drained(store, at(60)) == ["v1 r1 new", "v2 r1 new"]


async def refused_for_an_hour(store: Store, claimed: Claimed, now: datetime) -> None:
    async with store.writing() as tx:
        hour = now + timedelta(hours=1)
        await outbox.retry_at(tx, claimed, hour, "30046", doubtful=claimed.doubtful, not_before=hour)


async def test_an_edit_that_waits_lets_first_words_pass(store: Store) -> None:
    await add(store, planned_message("v1"))
    assert await drained(store) == ["v1 r1 new"]
    await add(store, planned_message("v1", kind="edit", revision=2), planned_message("v2"), now=at(10))
    edit = await one(store, at(10))
    await refused_for_an_hour(store, edit, at(10))
    assert await drained(store, at(10)) == ["v2 r1 new"]  # what waited behind it
    await add(store, planned_message("v3"), now=at(20))
    assert await drained(store, at(20)) == ["v3 r1 new"]  # what came while it waits
    async with store.reading() as tx:
        assert await outbox.next_due(tx, "discord") == at(10) + timedelta(hours=1)
    assert await drained(store, at(3609)) == []  # not before the chat said
    assert await drained(store, at(3610)) == ["v1 r2 edit"]


async def test_an_edit_that_waits_gets_its_turn_when_it_is_due(store: Store) -> None:
    """However much comes: what is due first goes first."""
    await add(store, planned_message("v1"))
    await drained(store)
    await add(store, planned_message("v1", kind="edit", revision=2), now=at(10))
    await refused_for_an_hour(store, await one(store, at(10)), at(10))
    await add(store, planned_message("v2"), planned_message("v3"), now=at(4000))
    assert await drained(store, at(4000)) == ["v1 r2 edit", "v2 r1 new", "v3 r1 new"]


async def test_several_edits_that_wait_let_each_other_and_replies_pass(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    await drained(store)
    await add(
        store,
        planned_message("v1", kind="edit", revision=2),
        planned_message("v2", kind="edit", revision=2),
        now=at(10),
    )
    for second in (10, 11):
        await refused_for_an_hour(store, await one(store, at(second)), at(second))
    assert await claim(store, at(12)) == []
    await add(store, planned_message("v1", kind="reply", revision=3, words=message("worse")), now=at(20))
    assert await drained(store, at(20)) == ["worse"]
    assert await drained(store, at(3611)) == ["v1 r2 edit", "v2 r2 edit"]


async def test_an_edit_in_doubt_lets_first_words_pass_too(store: Store) -> None:
    await add(store, planned_message("v1"))
    await drained(store)
    await add(store, planned_message("v1", kind="edit", revision=2), planned_message("v2"), now=at(10))
    edit = await one(store, at(10))
    async with store.writing() as tx:
        await outbox.retry_at(tx, edit, at(70), "cut off", doubtful=True)
    assert await drained(store, at(11)) == ["v2 r1 new"]
    (again,) = await claim(store, at(70))
    assert again.doubtful


async def test_first_words_that_wait_let_nothing_pass(store: Store) -> None:
    """News stays in its order, and an edit or a reply comes behind its own message."""
    await add(store, planned_message("v1"), planned_message("v2"))
    first = await one(store)
    async with store.writing() as tx:
        await outbox.retry_at(tx, first, at(60), "502", doubtful=True)
    await add(store, planned_message("v1", kind="edit", revision=2), now=at(5))
    assert await claim(store, at(10)) == []
    assert await drained(store, at(60)) == ["v1 r1 new", "v2 r1 new", "v1 r2 edit"]


async def test_a_parked_message_blocks_only_what_follows_it(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    first = await one(store)
    await add(store, planned_message("v1", kind="edit", revision=2))
    async with store.writing() as tx:
        await outbox.park(tx, first, "too long", NOW)
    assert await drained(store) == ["v2 r1 new"]
    async with store.writing() as tx:
        (listed,) = await deliveries.listing(tx, [State.PARKED])
        assert (listed.reason, listed.subject, listed.title) == ("too long", "release/p/v1", "v1 r2 edit")
        assert await deliveries.retry(tx, [listed.id], NOW) == [listed.id]
    assert await drained(store) == ["v1 r2 edit"]


async def test_a_refused_room_waits_and_is_tried_with_one_delivery(store: Store) -> None:
    await add(
        store,
        planned_message("v1", ["discord:1", "discord:2"]),
        planned_message("v2"),
        planned_message("v3", lane=Lane.SECURITY),
    )
    refused = next(item for item in await claim(store) if item.outgoing.message.title == "v1 r1 new")
    async with store.writing() as tx:
        await outbox.refuse(tx, refused, at(60), "the channel is gone")
        await outbox.recover(tx, "discord", NOW)
    assert {item.outgoing.room for item in await claim(store, at(59))} <= {"discord:1", "discord:2"}
    await add(store, planned_message("v4"), now=at(2))
    async with store.reading() as tx:
        assert (await outbox.counts(tx))[State.REFUSED] >= 3
    probe = [item for item in await claim(store, at(60)) if item.outgoing.room == "discord:1"]
    assert [item.refusals for item in probe] == [1]
    await record_sent(store, probe, at(60))
    assert (await drained(store, at(60)))[-2:] == ["v2 r1 new", "v4 r1 new"]


async def test_a_probe_that_is_refused_again_counts_on(store: Store) -> None:
    await add(store, planned_message("v1"), planned_message("v2"))
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.refuse(tx, first, at(60), "gone")
        (again,) = await outbox.claim(tx, "discord", at(60), 5)
        assert again.refusals == 1
        await outbox.refuse(tx, again, at(180), "gone")
        assert await outbox.claim(tx, "discord", at(179), 5) == []
        assert await outbox.next_due(tx, "discord") == at(180)
        await refusals.try_rooms(tx, "discord", at(100))
        (third,) = await outbox.claim(tx, "discord", at(100), 5)
    assert (third.refusals, third.outgoing.message.title) == (2, "v1 r1 new")


async def test_a_message_removed_by_somebody_is_neither_edited_nor_posted_again(store: Store) -> None:
    await add(store, planned_message())
    await record_sent(store, await claim(store))
    await add(store, planned_message(kind="edit", revision=2))
    edit = await one(store)
    await add(store, planned_message(kind="edit", revision=3))
    async with store.writing() as tx:
        await outbox.drop(tx, edit, "it was deleted", NOW)
    assert await drained(store) == []
    await add(
        store,
        planned_message(kind="edit", revision=4),
        planned_message(kind="reply", revision=4, words=message("worse")),
    )
    reply = await one(store)
    assert (reply.kind, reply.outgoing.reply_to) == ("new", "")


async def test_what_expired_is_announced_after_all_when_it_becomes_a_matter_of_security(store: Store) -> None:
    await add(store, planned_message())
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.expire(tx, first, "too old", at(1))
    await add(store, planned_message(kind="edit", revision=2), now=at(2))
    assert await drained(store, at(2)) == []
    await add(store, planned_message(kind="edit", revision=3, lane=Lane.SECURITY), now=at(3))
    again = await one(store, at(3))
    assert (again.kind, again.outgoing.message.title, again.outgoing.key) == ("new", "v1 r3 edit", first.outgoing.key)


async def test_a_person_drops_what_is_parked_and_an_old_edit_never_comes_back(store: Store) -> None:
    await add(store, planned_message())
    await record_sent(store, await claim(store))
    await add(store, planned_message(kind="edit", revision=2))
    async with store.writing() as tx:
        (second,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.expire(tx, second, "too old", NOW)
    await add(store, planned_message(kind="edit", revision=3))
    assert await drained(store) == ["v1 r3 edit"]
    async with store.writing() as tx:
        assert await deliveries.retry(tx, [second.id], NOW) == []
        assert await deliveries.drop(tx, [second.id], NOW) == []


async def test_a_dropped_doubtful_message_lets_a_reply_go_alone_and_ends_its_edits(store: Store) -> None:
    await add(store, planned_message())
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        worse = planned_message(kind="reply", revision=2, words=message("worse", "7"))
        await outbox.add(tx, [planned_message(kind="edit", revision=2), worse], NOW)
        await outbox.retry_at(tx, first, at(60), "cut off", doubtful=True)
        assert await deliveries.drop(tx, [first.id], NOW) == [first.id]
    reply = await one(store)
    assert (reply.kind, reply.outgoing.reply_to) == ("new", "")
    assert await states(store) == {"dropped": 1, "expired": 1, "sending": 1}


async def test_doubt_survives_a_refusal(store: Store) -> None:
    await add(store, planned_message())
    async with store.writing() as tx:
        (first,) = await outbox.claim(tx, "discord", NOW, 5)
        await outbox.retry_at(tx, first, at(1), "cut off", doubtful=True)
        (second,) = await outbox.claim(tx, "discord", at(1), 5)
        await outbox.add(tx, [planned_message(kind="edit", revision=2)], at(1))
        await outbox.refuse(tx, second, at(60), "its history cannot be read")
    third = await one(store, at(60))
    assert (third.doubtful, third.outgoing.message) == (True, first.outgoing.message)


async def test_an_answer_is_enqueued_once_and_replies_to_its_question(store: Store) -> None:
    async with store.writing() as tx:
        await outbox.add_answer(tx, RoomAddress("discord:1"), "$question", message("yes"), "key1", NOW)
        await outbox.add_answer(tx, RoomAddress("discord:1"), "$question", message("yes"), "key1", at(1))
    answer = await one(store, at(1))
    assert (answer.outgoing.key, answer.outgoing.reply_to, answer.lane, answer.answer) == (
        "key1",
        "$question",
        Lane.ANSWER,
        True,
    )
    async with store.writing() as tx:
        await outbox.record_sent(tx, [(answer, "ref")], at(2))
    assert await claim(store, at(3)) == []


async def test_an_answer_that_comes_too_late_is_not_given_unless_it_may_be_there(store: Store) -> None:
    async with store.writing() as tx:
        for number, room in enumerate(("discord:1", "discord:2", "discord:3")):
            await outbox.add_answer(tx, RoomAddress(room), "question", message("an answer"), f"key{number}", NOW)
        first, second, third = await outbox.claim(tx, "discord", NOW, 9)
        await outbox.retry_at(tx, first, NOW, "502", doubtful=False)
        await outbox.retry_at(tx, second, NOW, "cut", doubtful=True)
        await outbox.refuse(tx, third, NOW + timedelta(minutes=1), "no permission")
        later = await outbox.claim(tx, "discord", NOW + timedelta(minutes=15), 9)
    assert [item.outgoing.room for item in later] == ["discord:2"]
    assert await states(store) == {"expired": 2, "sending": 1}


async def test_what_is_due_in_other_lanes_is_no_reason_to_wake(store: Store) -> None:
    await add(store, planned_message("v1", lane=Lane.ROUTINE), planned_message("v2", lane=Lane.SECURITY), now=at(5))
    async with store.writing() as tx:
        await outbox.add(tx, [planned_message("v3", ["discord:9"], lane=Lane.ROUTINE)], NOW)
        assert await outbox.next_due(tx, "discord") == NOW
        assert await outbox.next_due(tx, "discord", Lane.SECURITY) == at(5)
        assert await outbox.next_due(tx, "discord", Lane.CRITICAL) is None


async def test_what_was_posted_is_stored_with_its_newest_revision(store: Store) -> None:
    await add(store, planned_message(notified_for=["severity:low"], rooms=["discord:1", "discord:2"]))
    await add(store, planned_message(kind="edit", revision=2, notified_for=["severity:high"]))
    await add(store, planned_message(kind="reply", revision=2, notified_for=["severity:high"], words=message("worse")))
    async with store.reading() as tx:
        posted = {item.room: item for item in await ledger.posted(tx, ProjectId("p"), ["release/p/v1"])}
        assert await ledger.posted(tx, ProjectId("p"), ["release/p/other"]) == []
    assert {room: item.revision for room, item in posted.items()} == {"discord:1": 2, "discord:2": 1}
    assert posted[RoomAddress("discord:1")].notified_for == {"severity:low", "severity:high"}
    assert posted[RoomAddress("discord:1")].digest != posted[RoomAddress("discord:2")].digest


async def test_replicas_that_claim_at_once_take_different_deliveries(store: Store) -> None:
    await add(store, planned_message(rooms=[f"discord:{number}" for number in range(8)]))

    async def take() -> list[int]:
        async with store.writing() as tx:
            return [item.id for item in await outbox.claim(tx, "discord", NOW, 3)]

    claims = await asyncio.gather(*(take() for _ in range(4)))
    assert sorted(len(each) for each in claims) == [0, 2, 3, 3]
    assert len({name for each in claims for name in each}) == 8


async def test_new_words_wait_for_a_claim_under_way_and_follow_its_message(store: Store) -> None:
    """Between what an edit reads and what it writes nobody takes the message away: it would be sent with the old words."""
    rooms = [f"discord:{number}" for number in range(6)]
    await add(store, planned_message(rooms=rooms))
    claimed: list[outbox.Claimed] = []

    async def take() -> None:
        async with store.writing() as tx:
            claimed.extend(await outbox.claim(tx, "discord", NOW, 1))

    worse = planned_message(rooms=rooms, kind="edit", revision=2, words=message("worse"))
    await asyncio.gather(*(take() for _ in range(3)), add(store, worse), *(take() for _ in range(3)))
    async with store.writing() as tx:
        await outbox.record_sent(tx, [(item, f"ref-{item.id}") for item in claimed], NOW)
    titles = {item.outgoing.room: item.outgoing.message.title for item in claimed}
    async with store.writing() as tx:
        titles |= {
            item.outgoing.room: item.outgoing.message.title for item in await outbox.claim(tx, "discord", NOW, 9)
        }
    assert titles == dict.fromkeys(rooms, "worse")


async def test_adding_wakes_the_chats_it_is_for_after_the_commit(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(rooms=["discord:1", "matrix:!a:b"])], NOW)
        assert not store.waker("discord").is_set()
    assert (store.waker("discord").is_set(), store.waker("matrix").is_set(), store.waker("console").is_set()) == (
        True,
        True,
        False,
    )


async def test_nothing_of_a_transaction_that_fails_is_kept(store: Store) -> None:
    async def crash_before_the_commit() -> None:
        async with store.writing(ProjectId("p")) as tx:
            await outbox.add(tx, [planned_message()], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crash_before_the_commit()
    assert await claim(store) == []
    assert not store.waker("discord").is_set()


async def test_what_waits_for_a_room_that_is_no_longer_configured_is_dropped(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v1", ["discord:1", "discord:2", "discord:user:7", "matrix:@a:b"])], NOW)
        await outbox.add_answer(tx, RoomAddress("discord:9"), "", message("an answer"), "k1", NOW)
        (flying,) = await outbox.claim(tx, "discord", NOW, 1)
        await outbox.add(tx, [planned_message("v2", ["discord:2", "discord:3"])], NOW)
        dropped = await deliveries.drop_unconfigured(tx, {RoomAddress("discord:1")}, NOW)
        assert dropped == {"discord:2": 1 if flying.outgoing.room == "discord:2" else 2, "discord:3": 1}
        states = {(each.room, each.state) for each in await deliveries.listing(tx, list(State))}
        assert ("discord:3", State.DROPPED) in states
        assert {room for room, state in states if state is State.PENDING} >= {"discord:user:7", "matrix:@a:b"}
        assert await deliveries.drop_unconfigured(tx, {RoomAddress("discord:1")}, NOW) == {}


async def test_news_wakes_a_queue_that_only_an_edit_with_patience_waits_in(store: Store) -> None:
    """What was sent long ago and is edited in vain gives way to a first message, however many rooms there are."""
    rooms = ["discord:1", "discord:2"]
    await add(store, planned_message(rooms=rooms))
    await record_sent(store, await claim(store))
    await add(store, planned_message(rooms=rooms, kind="edit", revision=2))
    for claimed in await claim(store):
        async with store.writing() as tx:
            await outbox.retry_at(tx, claimed, at(3600), "limited", doubtful=False)
    await add(store, planned_message("v2", rooms=rooms))
    assert words(await claim(store)) == ["v2 r1 new", "v2 r1 new"]
