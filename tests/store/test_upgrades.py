"""Upgraded rooms: an address leads on, and a room that the configuration names again takes over what the other one had."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import pytest

from chatbot.core.announce.messages import Decision
from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import ledger, outbox, rooms, watches
from chatbot.store.database.db import Store
from chatbot.store.inbox import StoredSyncMemory
from chatbot.store.outbox import Claimed, deliveries
from tests.store.make import NOW, at, message, planned_message, watch

OLD, NEW, LAST = RoomAddress("matrix:!old_1:b"), RoomAddress("matrix:!new:b"), "matrix:!last:b"
THREAD = f"{OLD}/$root"


async def moved(store: Store, *way: str) -> None:
    memory = StoredSyncMemory(store, "matrix", "matrix")
    for old, new in pairwise(way):
        await memory.moved(old.removeprefix("matrix:"), new.removeprefix("matrix:"))


async def claim(store: Store, now: datetime = NOW) -> list[Claimed]:
    async with store.writing(ProjectId("p")) as tx:
        return await outbox.claim(tx, "matrix", now, 9)


async def record_sent(store: Store, claimed: Claimed, reference: str) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.record_sent(tx, [(claimed, reference)], NOW)


async def refused(store: Store, claimed: Claimed) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.refuse(tx, claimed, at(3600), "closed")


async def take_over(store: Store, *targets: str) -> dict[RoomAddress, datetime]:
    async with store.writing(ProjectId("p")) as tx:
        return await rooms.take_over(tx, ProjectId("p"), [RoomAddress(target) for target in targets])


async def watched_and_posted(store: Store, room: RoomAddress = OLD, first: str = "v1") -> None:
    """A room that was told one thing, and in which an edit of it, another thing and a held decision wait."""
    async with store.writing(ProjectId("p")) as tx:
        await watch(tx, "p", [room], NOW)
        await outbox.add(tx, [planned_message(first, [room])], NOW)
    (claimed,) = await claim(store)
    await record_sent(store, claimed, "$ref")
    async with store.writing(ProjectId("p")) as tx:
        edit = planned_message(first, [room], "edit", revision=2)
        await outbox.add(tx, [edit, planned_message("v2", [room])], NOW)
        await ledger.record(
            tx, [Decision(project=ProjectId("p"), subject="s", room=room, verdict="hold", reason="why")], NOW
        )


async def waiting(store: Store, now: datetime = NOW) -> list[tuple[str, str, str]]:
    """What is said from now on, with its room and the message that it edits."""
    posts = list[tuple[str, str, str]]()
    while claimed := await claim(store, now):
        for each in claimed:
            posts.append((each.outgoing.room, each.outgoing.message.title, each.outgoing.replaces))
            await record_sent(store, each, f"$ref-{each.id}")
    return posts


async def posted_in(store: Store) -> dict[str, str]:
    async with store.reading() as tx:
        return {item.subject.rpartition("/")[2]: item.room for item in await ledger.posted(tx, ProjectId("p"), None)}


@pytest.mark.parametrize("address", [OLD, THREAD])
async def test_what_a_room_refused_is_tried_in_the_new_one(store: Store, address: str) -> None:
    beside = "matrix:!oldX1:b"
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(name, [address, beside]) for name in ("v1", "v2")], NOW)
    for claimed in await claim(store):
        await refused(store, claimed)
    assert await claim(store, at(60)) == []
    store.waker("matrix").clear()
    await moved(store, OLD, NEW)
    assert store.waker("matrix").is_set()
    assert await waiting(store, at(60)) == [(address, "v1 r1 new", ""), (address, "v2 r1 new", "")]
    (probe,) = await claim(store, at(3600))
    assert probe.outgoing.room == beside, "only its own hour has it tried again"


async def test_what_the_first_room_of_a_chain_refused_is_tried_in_the_last(store: Store) -> None:
    await moved(store, OLD, NEW)
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v1", [OLD])], NOW)
    (claimed,) = await claim(store)
    await refused(store, claimed)
    await moved(store, NEW, LAST)
    assert await waiting(store) == [(OLD, "v1 r1 new", "")]


@pytest.mark.parametrize(
    ("way", "target"),
    [
        ((OLD, NEW), NEW),  # the operator follows the upgrade
        ((NEW, OLD), NEW),  # a former version of the bot did, and the operator did not
        ((OLD, "matrix:!between:b", NEW), NEW),
        ((NEW, "matrix:!between:b", OLD), NEW),
        ((OLD, NEW), f"{NEW}/$root"),
    ],
)
async def test_the_room_that_is_named_takes_over(store: Store, way: Sequence[str], target: RoomAddress) -> None:
    await watched_and_posted(store)
    await moved(store, *way)
    assert await take_over(store, target, "matrix:!other:b") == {OLD: NOW, target: NOW}
    assert await posted_in(store) == {"v1": target, "v2": target}
    async with store.writing(ProjectId("p")) as tx:
        assert await watches.since(tx, ProjectId("p")) == {target: NOW}
        assert [item.verdict for _, item in await ledger.history(tx, "s", target)] == ["hold"]
        words = message("v1 better")
        await outbox.add(
            tx, [planned_message("v1", [target], "edit", revision=3, words=words), planned_message("v1", [target])], NOW
        )
    assert await waiting(store) == [(target, "v2 r1 new", ""), (target, "v1 better", "$ref")]
    async with store.writing(ProjectId("p")) as tx:
        assert await outbox.next_due(tx, "matrix") is None


async def test_what_was_refused_is_tried_under_the_new_name(store: Store) -> None:
    await watched_and_posted(store)
    await moved(store, OLD, NEW)
    (first,) = await claim(store)
    await refused(store, first)
    assert await claim(store) == []
    await take_over(store, NEW)
    assert await waiting(store) == [(NEW, "v2 r1 new", ""), (NEW, "v1 r2 edit", "$ref")], (
        "news passes an edit that failed"
    )
    async with store.writing(ProjectId("p")) as tx:
        assert await outbox.next_due(tx, "matrix") is None, "no room refuses any more"


async def test_a_room_that_is_named_still_hands_nothing_over(store: Store) -> None:
    await watched_and_posted(store)
    await moved(store, OLD, NEW)
    assert await take_over(store, OLD, NEW) == {OLD: NOW}
    assert set((await posted_in(store)).values()) == {OLD}


async def test_what_another_project_posted_there_is_left_alone(store: Store) -> None:
    await watched_and_posted(store)
    async with store.writing(ProjectId("q")) as tx:
        await watch(tx, "q", [OLD], at(5))
    await moved(store, OLD, NEW)
    await take_over(store, NEW)
    async with store.writing(ProjectId("q")) as tx:
        assert await watches.since(tx, ProjectId("q")) == {OLD: at(5)}


async def test_strangers_and_circles_hand_nothing_over(store: Store) -> None:
    await watched_and_posted(store)
    await moved(store, OLD, LAST, OLD)
    assert await take_over(store, NEW) == {OLD: NOW}


async def test_where_both_got_the_same_the_named_one_keeps_its_own(store: Store) -> None:
    """As a former version left it: renamed by the upgrade, and welcomed again under the name in the configuration."""
    await watched_and_posted(store, NEW)
    async with store.writing(ProjectId("p")) as tx:
        await watch(tx, "p", [OLD], at(60))
        await outbox.add(tx, [planned_message("v2", [OLD]), planned_message("v3", [OLD])], at(60))
        decision = Decision(project=ProjectId("p"), subject="s", room=OLD, verdict="announce", reason="settled")
        await ledger.record(tx, [decision], at(60))
    await moved(store, OLD, NEW)
    assert await take_over(store, OLD) == {OLD: NOW, NEW: NOW}
    assert await posted_in(store) == {"v1": OLD, "v2": OLD, "v3": OLD}
    async with store.writing(ProjectId("p")) as tx:
        assert await watches.since(tx, ProjectId("p")) == {OLD: NOW}
        assert await ledger.held_subjects(tx, ProjectId("p")) == set()


async def test_what_is_under_way_follows_when_it_has_failed(store: Store) -> None:
    await watched_and_posted(store)
    edit, *_ = await claim(store)
    await moved(store, OLD, NEW)
    assert (await take_over(store, NEW)).keys() == {OLD, NEW}
    async with store.writing(ProjectId("p")) as tx:
        assert set(await watches.since(tx, ProjectId("p"))) == {OLD, NEW}
        await outbox.retry_at(tx, edit, NOW, "502", doubtful=False)
    await take_over(store, NEW)
    async with store.writing(ProjectId("p")) as tx:
        assert set(await watches.since(tx, ProjectId("p"))) == {NEW}
        assert {each.room for each in await deliveries.listing(tx, [State.PENDING])} == {NEW}
    assert await waiting(store) == [(NEW, "v2 r1 new", ""), (NEW, "v1 r2 edit", "$ref")], (
        "news passes an edit that failed"
    )
