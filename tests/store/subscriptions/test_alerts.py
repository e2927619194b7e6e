"""What was said in a DM is found again, ends with a reaction, and is forgotten where it never arrived."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.announce.messages import MessageKind, PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Action, Menu, Message, Option, Tone
from chatbot.store import ledger, outbox
from chatbot.store.database.db import Store, open_store
from chatbot.store.database.tables import DIRECT, deliveries
from chatbot.store.outbox import Claimed
from chatbot.store.subscriptions import alerts, people, snoozes, undelivered
from tests.store.make import NOW, at, message

ADA = RoomAddress("discord:user:1")
DM, OTHER = RoomAddress("discord:dm:71"), RoomAddress("discord:dm:72")
FERRY = ProjectId("ferry")
ACTION = Action("mute", "Mute", FERRY, "GHSA-1")


def alert(
    name: str = "GHSA-1",
    kind: MessageKind = "new",
    *,
    rooms: Iterable[str] = (DM,),
    revision: int = 1,
    words: Message | None = None,
    reasons: Iterable[str] = (),
    lane: Lane = Lane.ALERT,
) -> PlannedMessage:
    subject = f"follow-up/ferry/{name}-{revision}" if kind == "reply" else f"alert/ferry/{name}"
    return PlannedMessage(
        project=FERRY,
        subject=subject,
        kind=kind,
        message=words or Message(title=f"{name} {kind} r{revision}", tone=Tone.SECURITY),
        lane=lane,
        revisions=dict.fromkeys(map(RoomAddress, rooms), 1 if kind == "reply" else revision),
        notified_for=frozenset(reasons),
        digest=f"{name} r{revision}",
        template=1,
        parent=f"alert/ferry/{name}" if kind == "reply" else "",
    )


async def add(store: Store, *planned_messages: PlannedMessage) -> None:
    async with store.writing() as tx:
        await outbox.add(tx, planned_messages, NOW)


async def send(store: Store) -> list[str]:
    """Send all that is due; return the titles."""
    titles: list[str] = []
    async with store.writing() as tx:
        while claimed := await outbox.claim(tx, "discord", NOW, 50):
            await outbox.record_sent(tx, [(each, f"ref-{each.id}") for each in claimed], NOW)
            titles += [each.outgoing.message.title for each in claimed]
    return titles


async def claim_one(store: Store) -> Claimed:
    async with store.writing() as tx:
        (only,) = await outbox.claim(tx, "discord", NOW, 1)
    return only


async def test_alerts_are_found_by_dm_under_any_id_with_their_replies(store: Store) -> None:
    await add(store, alert(rooms=[DM, OTHER]), alert("CVE-1", rooms=["discord:dm:73"]), alert("GHSA-2", rooms=[DM]))
    await add(store, alert(kind="reply", words=message(), reasons=["exploited"]))
    async with store.reading() as tx:
        dms = [DM, OTHER, "discord:dm:73", "discord:dm:74"]
        posts = await alerts.posted(tx, FERRY, "GHSA-1", dms, aliases=["CVE-1"])
        assert {dm: each.alert.subject for dm, each in posts.items() if each.alert} == {
            DM: "alert/ferry/GHSA-1",
            OTHER: "alert/ferry/GHSA-1",
            "discord:dm:73": "alert/ferry/CVE-1",
        }
        assert posts[OTHER].replies == ()
        (mine,) = (await alerts.posted(tx, FERRY, "GHSA-2", [DM])).values()
        assert mine.alert is not None
        assert mine.alert.subject == "alert/ferry/GHSA-2"


async def test_a_second_alert_of_the_same_advisory_is_found_beside_the_first(store: Store) -> None:
    await add(store, alert(rooms=[DM, OTHER]), alert("CVE-1", rooms=[DM]))
    async with store.reading() as tx:
        posts = await alerts.posted(tx, FERRY, "GHSA-1", [DM, OTHER], aliases=["CVE-1", "GHSA-1"])
    assert [each.subject for each in posts[DM].doubles] == ["alert/ferry/CVE-1"]
    assert posts[OTHER].doubles == ()


async def test_replies_are_found_with_their_alert(store: Store) -> None:
    await add(store, alert(rooms=[DM, OTHER]))
    await send(store)
    await add(store, alert(kind="reply", reasons=["exploited"]))
    async with store.reading() as tx:
        posts = await alerts.posted(tx, FERRY, "GHSA-1", [DM, OTHER])
    assert [reply.notified_for for reply in posts[DM].replies] == [{"exploited"}]
    assert posts[OTHER].replies == ()


async def test_choices_are_those_of_the_newest_message_that_has_some(store: Store) -> None:
    menu = Menu(name="choose-scope", title="Scope", project=FERRY, subject="1", options=(Option("line", "This line"),))
    first = Message(title="first", tone=Tone.SECURITY, actions=(ACTION,))
    second = Message(title="second", tone=Tone.SECURITY, menus=(menu,))
    await add(store, alert("GHSA-1", words=first))
    await send(store)
    await add(store, alert("GHSA-2", words=second), alert("GHSA-3", rooms=[OTHER], words=first))
    await send(store)
    await add(store, alert("GHSA-4"))
    await send(store)
    async with store.reading() as tx:
        newest = await alerts.last_choices(tx, DM)
        assert newest is not None
        assert newest.title == "second"
        assert await alerts.last_choices(tx, RoomAddress("discord:dm:99")) is None
        earlier = await alerts.choices_of(tx, DM, "ref-1")
        assert earlier is not None
        assert earlier.title == "first"
        assert await alerts.choices_of(tx, OTHER, "ref-1") is None
        assert await alerts.choices_of(tx, DM, "ref-4") is None


async def test_choices_are_those_that_an_edit_left(store: Store) -> None:
    words = Message(title="first", tone=Tone.SECURITY, actions=(ACTION,))
    await add(store, alert(words=words))
    await send(store)
    await add(
        store, alert(kind="edit", revision=2, words=Message(title="later", tone=Tone.SECURITY, actions=(ACTION,)))
    )
    await send(store)
    async with store.reading() as tx:
        shows = await alerts.choices_of(tx, DM, "ref-1")
    assert shows is not None
    assert shows.title == "later"


async def test_a_message_that_was_edited_stays_at_its_place(store: Store) -> None:
    first = Message(title="first", tone=Tone.SECURITY, actions=(ACTION,))
    second = Message(title="second", tone=Tone.SECURITY, actions=(ACTION,))
    for planned_message in (
        alert("GHSA-1", words=first),
        alert("GHSA-2", words=second),
        alert("GHSA-1", "edit", revision=2, words=Message(title="edited", tone=Tone.SECURITY, actions=(ACTION,))),
    ):
        await add(store, planned_message)
        await send(store)
    async with store.reading() as tx:
        offers = await alerts.last_offers(tx, DM, limit=9)
    assert [each.message.title for each in offers] == ["second", "edited"]


async def test_a_reaction_ends_what_is_queued_of_its_alert(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, DM)
        await snoozes.put(tx, ADA, FERRY, "GHSA-1", at(9))
        await snoozes.put(tx, ADA, FERRY, "GHSA-2", at(9))
    await add(store, alert("GHSA-1"))
    assert await send(store) == ["GHSA-1 new r1"]
    await add(store, alert("GHSA-1", "reply"), alert("GHSA-2"), alert("GHSA-1", rooms=[OTHER]))
    async with store.writing() as tx:
        await alerts.end(tx, DM, FERRY, "GHSA-1", NOW)
        assert [each.advisory for each in await snoozes.of(tx, ADA)] == ["GHSA-2"]
    assert sorted(await send(store)) == ["GHSA-1 new r1", "GHSA-2 new r1"]
    async with store.reading() as tx:
        assert len((await alerts.posted(tx, FERRY, "GHSA-1", [DM]))[DM].replies) == 1


async def test_a_reaction_to_a_whole_project_ends_all_its_alerts(store: Store) -> None:
    await add(store, alert("GHSA-1"), alert("GHSA-2"))
    async with store.writing() as tx:
        await alerts.end(tx, DM, FERRY, None, NOW)
    assert await send(store) == []


async def test_what_never_reached_a_dm_is_news_once_more(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, DM)
    await add(store, alert("GHSA-1", reasons=["severity:high"]))
    assert await send(store) == ["GHSA-1 new r1"]
    await add(
        store, alert("GHSA-1", "edit", revision=2), alert("GHSA-1", "reply", reasons=["exploited"]), alert("GHSA-2")
    )
    attempt = await claim_one(store)
    async with store.writing() as tx:
        await undelivered.suspend(tx, DM, "Allow DMs.", NOW, attempt=attempt.id)
        person = await people.get(tx, ADA)
        assert person is not None
        assert person.trouble == "Allow DMs."
        posts = await alerts.posted(tx, FERRY, "GHSA-1", [DM])
        shows = posts[DM].alert
        assert shows is not None
        assert (shows.digest, shows.notified_for) == ("", frozenset({"severity:high"}))
        assert posts[DM].replies == ()
        assert await alerts.posted(tx, FERRY, "GHSA-2", [DM]) == {}
    assert await send(store) == []
    again = alert("GHSA-1", "edit", revision=3), alert("GHSA-1", "reply", reasons=["exploited"]), alert("GHSA-2")
    await add(store, *again)
    assert sorted(await send(store)) == ["GHSA-1 edit r3", "GHSA-1 reply r1", "GHSA-2 new r1"]


async def test_what_may_have_arrived_is_not_posted_again(store: Store) -> None:
    await add(store, alert("GHSA-1"))
    attempt = await claim_one(store)
    async with store.writing() as tx:
        await outbox.retry_at(tx, attempt, NOW, "cut off", doubtful=True)
        await undelivered.take_back(tx, DM, NOW)
        assert await alerts.posted(tx, FERRY, "GHSA-1", [DM])
        assert await ledger.posted(tx, FERRY, None) == []
    await add(store, alert("GHSA-1"))
    assert await send(store) == []


@pytest.mark.parametrize("dm", ["discord:dm:71", "console"])
async def test_the_choices_of_the_console_are_found_too(store: Store, dm: str) -> None:
    words = Message(title="first", tone=Tone.SECURITY, actions=(ACTION,))
    await add(store, alert(rooms=[dm], words=words))
    async with store.writing() as tx:
        (only,) = await outbox.claim(tx, RoomAddress(dm).chat, NOW, 9)
        await outbox.record_sent(tx, [(only, "ref")], NOW)
    async with store.reading() as tx:
        assert await alerts.last_choices(tx, RoomAddress(dm)) == words


async def test_what_was_posted_in_a_dm_is_found_by_an_index(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/plan.db") as opened, opened.reading() as tx:
        which = sa.text(f"deliveries.{DIRECT}")
        statement = sa.select(deliveries.c.id).where(deliveries.c.room == DM, which).order_by(deliveries.c.id.desc())
        compiled = statement.compile(dialect=tx.connection.dialect, compile_kwargs={"literal_binds": True})
        plan = await tx.rows(sa.text("EXPLAIN QUERY PLAN " + str(compiled).replace(":", "\\:")))
    assert [row.detail for row in plan if "ix_deliveries_direct" in row.detail]
