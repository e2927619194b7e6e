"""Decisions with their reasons, who hears what since when, leases, and the inbox."""

from datetime import timedelta
from typing import Any

from chatbot.core.announce.messages import Decision, Verdict
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Question, RoomFacts, SyncMemory
from chatbot.store import inbox, leases, ledger, outbox, rooms, watches
from chatbot.store.database.db import Store
from chatbot.store.inbox import StoredSyncMemory
from tests.store.make import NOW, at, message, planned_message, watch

ACCOUNT = "@bot:example.org"
HALF_A_MINUTE = timedelta(seconds=30)


def decision(verdict: Verdict, reason: str = "why", room: str = "discord:1", subject: str = "release/p/v1") -> Decision:
    return Decision(project=ProjectId("p"), subject=subject, room=RoomAddress(room), verdict=verdict, reason=reason)


async def test_a_decision_is_kept_where_it_differs_from_the_last(store: Store) -> None:
    steps = (decision("hold"), decision("hold"), decision("announce"), decision("announce", "again"), decision("hold"))
    for seconds, step in enumerate(steps):
        async with store.writing(ProjectId("p")) as tx:
            await ledger.record(tx, [step, decision("skip", room="discord:2")], at(seconds))
    async with store.reading() as tx:
        entries = await ledger.history(tx, "release/p/v1", RoomAddress("discord:1"))
        assert [(when, item.verdict, item.reason) for when, item in entries] == [
            (at(0), "hold", "why"),
            (at(2), "announce", "why"),
            (at(3), "announce", "again"),
            (at(4), "hold", "why"),
        ]
        assert len(await ledger.history(tx, "release/p/v1")) == 5
        assert await ledger.held_subjects(tx, ProjectId("p")) == {"release/p/v1"}
        assert await ledger.held_subjects(tx, ProjectId("other")) == set()
    async with store.writing(ProjectId("p")) as tx:
        await ledger.record(tx, [decision("announce")], at(9))
        assert await ledger.held_subjects(tx, ProjectId("p")) == set()


async def test_a_room_watches_from_its_first_day_on(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await watch(tx, "p", ["discord:1", "discord:2"], NOW)
        await watch(tx, "p", ["discord:1"], at(60))
        assert await watches.since(tx, ProjectId("p")) == {"discord:1": NOW, "discord:2": NOW}
        await watches.remove(tx, ProjectId("p"), [RoomAddress("discord:1")])
        await watch(tx, "p", ["discord:1"], at(60))
        assert await watches.since(tx, ProjectId("p")) == {"discord:1": at(60), "discord:2": NOW}


async def test_a_lease_has_one_holder_until_it_runs_out(store: Store) -> None:
    async with store.writing() as tx:
        assert await leases.take(tx, "discord", "one", NOW, HALF_A_MINUTE)
        assert not await leases.take(tx, "discord", "two", at(29), HALF_A_MINUTE)
        assert await leases.take(tx, "discord", "one", at(10), HALF_A_MINUTE)
        assert await leases.left(tx, "discord", "one", at(30)) == timedelta(seconds=10)
        assert await leases.left(tx, "discord", "two", at(30)) == timedelta()
        assert await leases.take(tx, "discord", "two", at(40), HALF_A_MINUTE)
        assert not await leases.heartbeat(tx, "discord", "one", at(41), HALF_A_MINUTE)
        assert await leases.heartbeat(tx, "discord", "two", at(69), HALF_A_MINUTE)
        assert not await leases.heartbeat(tx, "discord", "two", at(99), HALF_A_MINUTE)
        await leases.release(tx, "discord", "one")
        assert await leases.holders(tx) == {"discord": ("two", at(99))}
        await leases.release(tx, "discord", "two")
        assert await leases.take(tx, "discord", "three", at(70), HALF_A_MINUTE)


def question(event: str, seconds: float = 0, **arguments: str) -> Question:
    ask = CommandRequest(
        command="supported", arguments=arguments, asker=RoomAddress("matrix:@a:b"), asked_at=at(seconds), key=event
    )
    return Question(event=event, place="!r:b", thread="$t", ask=ask)


async def test_what_sync_brought_is_kept_with_its_token(store: Store) -> None:
    memory: SyncMemory = StoredSyncMemory(store, ACCOUNT, "matrix")
    assert (await memory.token(), await memory.rooms()) == (None, {})
    facts: dict[str, Any] = {"power": {"users": {"@a:b": 50}}}
    await memory.remember(
        "t1", [question("$2"), question("$1", version="0.11")], [RoomFacts(place="!r:b", facts=facts)]
    )
    await memory.remember("t2", [question("$1", 5, version="9")], [RoomFacts(place="!gone:b", facts={}, left=True)])
    assert (await memory.token(), await memory.rooms()) == ("t2", {"!r:b": facts})
    async with store.writing() as tx:
        assert await inbox.pending(tx, ACCOUNT) == [question("$2"), question("$1", version="0.11")]
        assert await inbox.pending(tx, "@other:example.org") == []
        await inbox.mark_done(tx, "$2", NOW)
        assert [item.event for item in await inbox.pending(tx, ACCOUNT)] == ["$1"]
        assert await inbox.prune(tx, at(29 * 86400)) == 0
        assert await inbox.prune(tx, at(31 * 86400)) == 2
    await memory.remember("t3", [], [RoomFacts(place="!r:b", facts={}, left=True)])
    assert await memory.rooms() == {}


async def test_an_upgraded_room_takes_over_what_waits(store: Store) -> None:
    """Its address stays what it is, and leads to the new room."""
    async with store.writing(ProjectId("p")) as tx:
        await watch(tx, "p", ["matrix:!old:b"], NOW)
        await outbox.add(tx, [planned_message("v1", ["matrix:!old:b"])], NOW)
        (first,) = await outbox.claim(tx, "matrix", NOW, 9)
        await outbox.record_sent(tx, [(first, "$ref")], NOW)
        edit = planned_message("v1", ["matrix:!old:b"], "edit", revision=2, words=message("v1 better"))
        await outbox.add(tx, [planned_message("v2", ["matrix:!old:b"]), edit], NOW)
    await StoredSyncMemory(store, ACCOUNT, "matrix").moved("!old:b", "!new:b")
    async with store.writing(ProjectId("p")) as tx:
        assert await rooms.take_over(tx, ProjectId("p"), [RoomAddress("matrix:!old:b")]) == {"matrix:!old:b": NOW}
        assert await watches.since(tx, ProjectId("p")) == {"matrix:!old:b": NOW}
        assert {item.room for item in await ledger.posted(tx, ProjectId("p"), None)} == {"matrix:!old:b"}
        (second,) = await outbox.claim(tx, "matrix", NOW, 9)
        assert (second.outgoing.room, second.outgoing.message.title) == ("matrix:!old:b", "v2 r1 new")
        await outbox.record_sent(tx, [(second, "$ref2")], NOW)
        (third,) = await outbox.claim(tx, "matrix", NOW, 9)
        assert (third.outgoing.replaces, third.outgoing.message.title) == ("$ref", "v1 better")
