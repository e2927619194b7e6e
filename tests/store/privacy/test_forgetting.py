"""A person sees all that is stored of them, and at their word nothing is left of it, in the file neither."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.reminders.due import LastReminder
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.ports import Question
from chatbot.store import digests, outbox, reminders
from chatbot.store.backups import backup, restore
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import Store, Tx, open_store
from chatbot.store.inbox import StoredSyncMemory
from chatbot.store.privacy import forgetting, personal
from chatbot.store.subscriptions import fan_outs, mutes, people, rounds, snoozes, subscriptions
from chatbot.store.tidy import tidy
from tests.store.make import NOW, at

ADA, BOB = RoomAddress("matrix:@ada-lovelace:example.org"), RoomAddress("matrix:@bob:example.org")
DM, OTHER = RoomAddress("matrix:dm:!ada-dm:example.org"), RoomAddress("matrix:dm:!bob-dm:example.org")
FERRY = ProjectId("ferry")
SECRET = "0.15.3-ada"
SALT = "salt"


def alert(dm: RoomAddress, words: str) -> PlannedMessage:
    return PlannedMessage(
        project=FERRY,
        subject="alert/ferry/GHSA-1",
        kind="new",
        message=Message(title=words, tone=Tone.CRITICAL),
        lane=Lane.ALERT_URGENT,
        revisions={dm: 1},
        notified_for=frozenset({"severity:critical"}),
        digest="d",
        template=1,
    )


async def fill(store: Store, who: RoomAddress = ADA, dm: RoomAddress = DM, version: str = SECRET) -> None:
    """A person with everything that the bot may store of one."""
    async with store.writing() as tx:
        await people.settle_dm(tx, who, dm)
        await subscriptions.add(
            tx,
            Subscription(person=who, project=FERRY, scope=Scope("version", version), since=NOW, confirmed_at=NOW),
        )
        await mutes.add(tx, who, FERRY, "GHSA-9", NOW)
        await snoozes.put(tx, who, FERRY, "GHSA-8", at(3600))
        await _gone_through(tx, who, dm)
        await outbox.add(tx, [alert(dm, f"Your {version} is affected")], NOW)
        for claimed in await outbox.claim(tx, "matrix", NOW, 9):
            await outbox.record_sent(tx, [(claimed, f"ref-{claimed.id}")], NOW)
        await outbox.add_answer(tx, dm, "", Message(title=f"{version} is fine", tone=Tone.GOOD), f"key-{who}", NOW)
    ask = CommandRequest(command="affected", arguments={"version": version}, asker=who, dm=dm, asked_at=NOW)
    question = Question(event=f"$event-{len(who)}", place=dm.place.removeprefix("dm:"), ask=ask)
    await StoredSyncMemory(store, "matrix", "matrix").remember("token", [question], [])
    async with store.writing() as tx:
        await tx.run(sa.text("UPDATE inbox SET done_at = came_at"))


async def _gone_through(tx: Tx, who: RoomAddress, dm: RoomAddress) -> None:
    """News of which they were the last who was gone through, and which waits for them; and what they were told by the clock."""
    await fan_outs.request_for_all(tx, FERRY, "advisory", f"GHSA-{len(who)}", "facts", Lane.ALERT, NOW)
    news = await fan_outs.first(tx, NOW)
    assert news is not None
    await fan_outs.advance(tx, news, dm)
    await fan_outs.put_off(tx, news, [who], NOW)
    await digests.note_personal(tx, [(f"list of {dm}", dm)], NOW, "Weekly digest")
    await reminders.keep_all(tx, FERRY, [(dm, "0.15", LastReminder(until=NOW.date(), stage=30))])
    await rounds.put(tx, rounds.Round(zone=f"Zone/{len(who)}", due=NOW, after=who))


async def rows_that_name(tx: Tx, words: Iterable[str]) -> list[str]:
    """Every table with a row in which one of these words stands."""
    there = []
    for table in metadata.sorted_tables:
        for row in await tx.rows(sa.select(table)):
            text = json.dumps([str(value) for value in row])
            there += [table.name for word in words if word in text]
    return there


async def test_a_person_sees_everything_that_is_stored_of_them(store: Store) -> None:
    await fill(store)
    await fill(store, BOB, OTHER, "0.16.1-bob")
    async with store.reading() as tx:
        data = await personal.read(tx, ADA)
        assert (await personal.read(tx, RoomAddress("matrix:@eve:example.org"))).is_empty
    assert data.person is not None
    assert data.person.dm == DM
    assert [each.scope.name for each in data.subscriptions] == [SECRET]
    assert [(each.project, each.name, each.reasons) for each in data.alerts] == [
        (FERRY, "GHSA-1", frozenset({"severity:critical"}))
    ]
    assert [each[1] for each in data.mutes] == ["GHSA-9"]
    assert [each[1:] for each in data.snoozes] == [("GHSA-8", at(3600))]
    assert data.questions == (("affected", NOW),)
    assert (data.messages, data.waiting) == (2, 1)
    assert not data.is_empty


async def test_of_a_forgotten_person_no_row_is_left_and_others_keep_theirs(store: Store) -> None:
    await fill(store)
    await fill(store, BOB, OTHER, "0.16.1-bob")
    assert await forgetting.forget(store, ADA, at(60), SALT) >= 7
    async with store.reading() as tx:
        assert await rows_that_name(tx, ["ada"]) == []
        assert (await personal.read(tx, ADA)).is_empty
        other = await personal.read(tx, BOB)
        assert (len(other.subscriptions), len(other.alerts), len(other.questions), other.messages) == (1, 1, 1, 2)
        names = await forgetting.recall(tx)
    assert names is not None
    assert names.when(ADA) == at(60)
    assert names.when(BOB) is None
    assert await forgetting.forget(store, ADA, at(120), "another salt") == 0


async def test_nothing_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    async with open_store(f"sqlite:///{file}") as store:
        await fill(store)
        await fill(store, BOB, OTHER, "0.16.1-bob")
        await forgetting.forget(store, ADA, at(60), SALT)
        left = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))  # noqa: ASYNC240 - a few small files
    assert b"0.16.1-bob" in left
    for word in (b"ada-lovelace", b"ada-dm", SECRET.encode()):
        assert word not in left


async def test_what_was_under_way_is_swept_up(store: Store) -> None:
    await fill(store)
    async with store.writing() as tx:
        (claimed,) = await outbox.claim(tx, "matrix", NOW, 1)
    await forgetting.forget(store, ADA, at(60), SALT)
    async with store.writing() as tx:
        await outbox.record_sent(tx, [(claimed, "ref")], at(61))
        await tidy(tx, at(62))
        assert await rows_that_name(tx, ["ada"]) != [], "numbers may be answers to it for an hour"
        await tidy(tx, at(3700))
        assert await rows_that_name(tx, ["ada"]) == []


@pytest.mark.parametrize(("backed_up", "forgotten_at", "is_left"), [(10, 20, False), (10, 5, True)])
async def test_a_restored_backup_forgets_them_again(
    tmp_path: Path, backed_up: int, forgotten_at: int, is_left: bool
) -> None:
    """Who was forgotten before the backup was made and came back since is in it by their own word."""
    file, url = tmp_path / "saved.db", f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(url) as store:
        if is_left:
            await forgetting.forget(store, ADA, at(forgotten_at), SALT)
        await fill(store)
        await backup.backup(store, file, at(backed_up))
        if not is_left:
            await forgetting.forget(store, ADA, at(forgotten_at), SALT)
    restored = await restore.restore(url, file, at(100))
    assert restored.forgotten == (0 if is_left else 1)
    async with open_store(url) as store, store.reading() as tx:
        assert bool((await personal.read(tx, ADA)).subscriptions) is is_left
        names = await forgetting.recall(tx)
    assert names is not None
    assert names.when(ADA) == at(forgotten_at)


async def test_a_restored_backup_forgets_again_who_only_asked_something(tmp_path: Path) -> None:
    """They never subscribed: their questions are all that is stored of them."""
    file, url = tmp_path / "saved.db", f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(url) as store:
        await fill(store)
        async with store.writing() as tx:
            for name in ("people", "subscriptions", "mutes", "snoozes", "fan_outs"):
                await tx.run(sa.text(f"DELETE FROM {name}"))
        await backup.backup(store, file, at(10))
        await forgetting.forget(store, ADA, at(20), SALT)
    assert (await restore.restore(url, file, at(100))).forgotten == 1
    async with open_store(url) as store, store.reading() as tx:
        assert (await personal.read(tx, ADA)).questions == ()


async def test_whom_nobody_could_reach_for_long_is_named(store: Store) -> None:
    await fill(store)
    async with store.writing() as tx:
        await people.lost(tx, DM, NOW)
        assert await people.lost_before(tx, NOW + timedelta(days=90)) == [ADA]
        assert await people.lost_before(tx, NOW) == []
