"""What people get by the clock, as it is stored: on both stores."""

from dataclasses import replace
from datetime import date, timedelta

from chatbot.core.announce.messages import announcement_id
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.reminders.due import LastReminder
from chatbot.core.subscriptions.subscription import Releases, Scope, Subscription
from chatbot.store import digests, outbox, reminders
from chatbot.store.database.db import Store, Tx
from chatbot.store.subscriptions import fan_outs, people, rounds, subscribers, subscriptions, undelivered
from chatbot.store.subscriptions.rounds import Round
from tests.store.make import NOW, planned_message

ADA, BEN = RoomAddress("discord:user:1"), RoomAddress("discord:user:2")
OLD, NEW = RoomAddress("discord:dm:1"), RoomAddress("discord:dm:2")
FERRY = ProjectId("ferry")
WEEK, DAY = timedelta(days=7), timedelta(days=1)
LIST, REMINDER = "digest/weekly/2026-03-01T0900Z", "reminder/ferry/1.0/2026-06-30/90"
END = LastReminder(date(2026, 6, 30), 90)


async def send(tx: Tx, dm: RoomAddress) -> None:
    """A list and a reminder are on their way."""
    messages = [replace(planned_message(each, [dm]), subject=each, project=FERRY) for each in (LIST, REMINDER)]
    await outbox.add(tx, messages, NOW)
    await digests.note_personal(tx, [(announcement_id(dm, LIST), dm)], NOW, "Weekly digest")
    await reminders.keep_all(tx, FERRY, [(dm, "1.0", END)])


async def test_it_goes_where_the_dm_goes(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, OLD)
        await send(tx, OLD)
        await reminders.keep_all(tx, FERRY, [(NEW, "1.1", END)])
        await people.settle_dm(tx, ADA, NEW)
        assert await digests.last_due(tx, [OLD, NEW]) == {NEW: NOW}
        assert await reminders.load(tx, FERRY, [OLD, NEW]) == {NEW: {"1.0": END, "1.1": END}}


async def test_what_never_arrived_counts_as_not_sent(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, OLD)
        await send(tx, OLD)
        assert await undelivered.withdraw(tx, OLD, ["digest/weekly/", "reminder/other/"]) == 1
        assert await digests.last_due(tx, [OLD]) == {}
        assert await reminders.load(tx, FERRY, [OLD]) == {OLD: {"1.0": END}}
        await undelivered.suspend(tx, OLD, "Allow DMs.", NOW)
        assert await reminders.load(tx, FERRY, [OLD]) == {}


async def test_only_the_last_list_of_each_person_is_kept(store: Store) -> None:
    async with store.writing() as tx:
        await send(tx, OLD)
        await digests.note_personal(tx, [("later", OLD), ("other", NEW)], NOW + WEEK, "Weekly digest")
        assert await digests.last_due(tx, [OLD, NEW]) == {OLD: NOW + WEEK, NEW: NOW + WEEK}
        await digests.take_back(tx, "later")
        assert await digests.last_due(tx, [OLD, NEW]) == {NEW: NOW + WEEK}


async def test_a_round_is_resumed_where_it_was(store: Store) -> None:
    first = Round(zone="Europe/Berlin", due=NOW, is_over=True)
    async with store.writing() as tx:
        assert await rounds.get(tx, "Europe/Berlin") is None
        await rounds.put(tx, first)
        second = first.following(NOW + WEEK)
        assert (second.before, second.is_over) == (NOW, False)
        under_way = rounds.advanced(second, ADA)
        await rounds.put(tx, under_way)
        assert await rounds.get(tx, "Europe/Berlin") == under_way
        assert under_way.following(NOW + 2 * WEEK).before == NOW, "it left somebody out"
        over = rounds.advanced(under_way, None)
        assert (over.after, over.is_over) == ("", True)


async def test_who_wants_a_list_and_what_is_news(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, OLD)
        for person, project, releases in ((ADA, "ferry", "weekly"), (ADA, "tug", "weekly"), (BEN, "ferry", "now")):
            await add(tx, person, ProjectId(project), releases)  # type: ignore[arg-type]  # they are such
        (ada,) = await subscribers.weekly(tx, "", 10)
        assert (ada.person, ada.dm, [each.project for each in ada.subscriptions]) == (ADA, OLD, ["ferry", "tug"])
        assert await subscribers.weekly(tx, ADA, 10) == []
        for tag, at in (("v1", NOW), ("v2", NOW + DAY)):
            await fan_outs.request_for_all(tx, FERRY, "release", tag, tag, Lane.PERSONAL, at)
        assert await fan_outs.releases_since(tx, NOW) == {FERRY: {"v2": NOW + DAY}}
        await fan_outs.catch_up(tx, ADA, FERRY, NOW)
        await fan_outs.finish(tx, await fan_outs.first(tx, NOW + 3 * DAY) or _none())
        await fan_outs.finish(tx, await fan_outs.first(tx, NOW + 3 * DAY) or _none())
        last = await fan_outs.first(tx, NOW + 3 * DAY)
        assert last is not None
        assert (last.person, last.name) == (ADA, "v2")


async def add(tx: Tx, person: RoomAddress, project: ProjectId, releases: Releases) -> None:
    await subscriptions.add(
        tx,
        Subscription(
            person=person, project=project, scope=Scope("project"), releases=releases, since=NOW, confirmed_at=NOW
        ),
    )


def _none() -> fan_outs.FanOut:
    raise AssertionError("there is one")
