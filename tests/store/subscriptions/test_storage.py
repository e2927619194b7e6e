"""What is stored of people: their DMs, subscriptions, muted and snoozed advisories, and the fan-outs under way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import MOST, Person, Scope, Subscription
from chatbot.store import outbox
from chatbot.store.database.db import Store, Tx
from chatbot.store.subscriptions import alerts, changes, fan_outs, mutes, people, snoozes, subscribers, subscriptions
from tests.store.make import NOW, at, planned_message

ADA = RoomAddress("discord:user:1")
BEN = RoomAddress("matrix:@ben:example.org")
ADAS_DM = RoomAddress("discord:dm:71")
FERRY, RAFT = ProjectId("ferry"), ProjectId("raft")
LINE = Scope("line", "0.15")


def subscription(person: RoomAddress = ADA, scope: Scope = LINE, project: ProjectId = FERRY) -> Subscription:
    return Subscription(person=person, project=project, scope=scope, since=NOW, confirmed_at=NOW)


async def test_a_person_is_reached_by_their_dm_until_it_refuses(store: Store) -> None:
    async with store.writing() as tx:
        assert await people.get(tx, ADA) is None
        await people.settle_dm(tx, ADA, ADAS_DM)
        assert await people.get(tx, ADA) == await people.of_dm(tx, ADAS_DM) == Person(address=ADA, dm=ADAS_DM)
        assert await people.of_dm(tx, NOWHERE) is None
        await people.trouble(tx, ADA, "Allow DMs from this server.")
        assert await people.get(tx, ADA) == Person(address=ADA, dm=ADAS_DM, trouble="Allow DMs from this server.")
        await people.settle_dm(tx, ADA, ADAS_DM)
        assert await people.get(tx, ADA) == Person(address=ADA, dm=ADAS_DM)


async def test_what_was_alerted_in_a_former_dm_counts_as_alerted_in_the_new_one(store: Store) -> None:
    old, new = RoomAddress("matrix:dm:!old:example.org"), RoomAddress("matrix:dm:!new:example.org")
    async with store.writing() as tx:
        await people.settle_dm(tx, BEN, old)
        alert = planned_message("GHSA-1", [old])
        await outbox.add(tx, [replace(alert, subject="alert/ferry/GHSA-1", project=FERRY)], NOW)
        await people.settle_dm(tx, BEN, new)
        posts = await alerts.posted(tx, FERRY, "GHSA-1", [old, new])
        assert {dm: post.alert is not None for dm, post in posts.items()} == {new: True}


async def test_a_person_who_cannot_be_reached_is_lost_since_the_first_time(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, ADAS_DM)
        assert await people.lost(tx, RoomAddress("discord:dm:99"), NOW) is None
        await people.lost(tx, ADAS_DM, NOW)
        person = await people.lost(tx, ADAS_DM, at(60))
        assert person is not None
        assert person.lost_at == NOW
        assert await people.lost_before(tx, NOW) == []
        assert await people.lost_before(tx, at(1)) == [ADA]
        await people.settle_dm(tx, ADA, ADAS_DM)
        assert await people.lost_before(tx, at(1)) == []


async def test_a_scope_is_subscribed_to_once_and_keeps_its_first_day(store: Store) -> None:
    async with store.writing() as tx:
        first = await subscriptions.add(tx, subscription())
        assert first.id
        assert await subscriptions.of(tx, ADA) == [first]
        later = replace(subscription(), since=at(60), confirmed_at=at(60), min_severity=Severity.HIGH)
        again = await subscriptions.add(tx, later)
        assert again == replace(later, id=first.id, since=NOW)
        assert await subscriptions.of(tx, ADA) == [again]
        assert await subscriptions.of(tx, BEN) == await subscriptions.of(tx, ADA, RAFT) == []


async def test_nobody_has_more_than_the_most(store: Store) -> None:
    async with store.writing() as tx:
        for number in range(MOST):
            await subscriptions.add(tx, subscription(scope=Scope("version", f"0.{number}")))
        with pytest.raises(subscriptions.TooMany):
            await subscriptions.add(tx, subscription(scope=Scope("version", "9.9")))
        await subscriptions.add(tx, subscription(BEN))
        assert await subscriptions.remove(tx, [(await subscriptions.of(tx, ADA))[0].id]) == 1
        await subscriptions.add(tx, subscription(scope=Scope("version", "9.9")))


async def test_another_scope_takes_the_place_of_the_same_one(store: Store) -> None:
    async with store.writing() as tx:
        await subscriptions.add(tx, subscription())
        exact = await subscriptions.add(tx, subscription(scope=Scope("version", "0.15.3")))
        moved = replace(exact, scope=LINE, since=at(9))
        await subscriptions.replace(tx, moved)
        assert await subscriptions.of(tx, ADA) == [moved]


async def test_the_people_of_a_project_are_gone_through_in_the_order_of_their_dms(store: Store) -> None:
    """Whoever can be reached; the last of a slice is read with all that they subscribed to, or comes with the next."""
    persons = [RoomAddress(f"discord:user:{number}") for number in range(30)]
    async with store.writing() as tx:
        for number, person in enumerate(persons):
            await subscriptions.add(tx, subscription(person))
            await subscriptions.add(tx, subscription(person, Scope("version", "0.15.3")))
            await subscriptions.add(tx, subscription(person, project=RAFT))
            if number:
                await people.settle_dm(tx, person, RoomAddress(f"discord:dm:{99 - number}"))
        await people.trouble(tx, persons[1], "refused")
        await people.lost(tx, RoomAddress("discord:dm:97"), NOW)
        slices, after, more = [], "", True
        while more:
            them, more = await subscribers.after(tx, FERRY, after, 25)
            after = them[-1].dm
            slices.append([each.person for each in them])
            assert all(len(each.subscriptions) == 2 for each in them)
        assert [len(each) for each in slices] == [12, 12, 3]
        assert [person for each in slices for person in each] == persons[:2:-1]
        (last,) = await subscribers.one(tx, FERRY, persons[3])
        assert last.subscriptions == tuple(await subscriptions.of(tx, persons[3], FERRY))
        assert await subscribers.one(tx, FERRY, persons[1]) == await subscribers.one(tx, ProjectId("x"), ADA) == []
        assert await subscriptions.any_of(tx, RAFT)
        assert not await subscriptions.any_of(tx, ProjectId("other"))


async def test_a_subscriber_is_read_as_they_are_stored(store: Store) -> None:
    rare = replace(
        subscription(scope=Scope("line", "a|b 'c' \"d\"")),
        runs="0.15.4",
        runs_since=at(3),
        home=RoomAddress("discord:7"),
        unconfirmed=3,
        releases="now",
        via="role",
        min_severity=Severity.HIGH,
    )
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, ADAS_DM)
        theirs = [await subscriptions.add(tx, each) for each in (rare, subscription(scope=Scope("project")))]
        (ada,) = await subscribers.one(tx, FERRY, ADA)
        assert (ada.person, ada.dm, list(ada.subscriptions)) == (ADA, ADAS_DM, theirs)
        assert ada.with_only([theirs[1].id]).subscriptions == (theirs[1],)


async def test_an_alert_makes_a_version_less_sure_until_it_is_confirmed(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, ADAS_DM)
        line = await subscriptions.add(tx, subscription())
        exact = await subscriptions.add(tx, subscription(scope=Scope("version", "0.15.3")))
        elsewhere = await subscriptions.add(tx, subscription(BEN, Scope("version", "0.15.3")))
        await subscriptions.alerted(tx, [(ADAS_DM, FERRY)])
        await subscriptions.alerted(tx, [(ADAS_DM, FERRY), (ADAS_DM, RAFT)])
        assert await subscriptions.of(tx, ADA) == [line, replace(exact, unconfirmed=2)]
        assert await subscriptions.of(tx, BEN) == [elsewhere]
        await subscriptions.replace(tx, replace(exact, confirmed_at=at(5)))
        assert await subscriptions.of(tx, ADA) == [line, replace(exact, confirmed_at=at(5))]


async def test_what_is_muted_is_muted_for_one_person(store: Store) -> None:
    async with store.writing() as tx:
        await mutes.add(tx, ADA, FERRY, "GHSA-1", NOW)
        await mutes.add(tx, ADA, FERRY, "GHSA-1", at(9))
        assert await mutes.of(tx, ADA) == [(FERRY, "GHSA-1", NOW)]
        assert await mutes.who(tx, FERRY, ["CVE-1", "GHSA-1"], [ADA, BEN]) == {ADA}
        assert (
            await mutes.who(tx, FERRY, ["GHSA-1"], [BEN]) == await mutes.who(tx, RAFT, ["GHSA-1"], [ADA]) == frozenset()
        )
        await mutes.remove(tx, ADA, FERRY, "GHSA-1")
        assert await mutes.of(tx, ADA) == []


async def test_what_is_snoozed_is_due_once_at_the_last_wish(store: Store) -> None:
    day = timedelta(days=1)
    async with store.writing() as tx:
        assert await snoozes.next_due(tx) is None
        await snoozes.put(tx, ADA, FERRY, "GHSA-1", NOW + day)
        await snoozes.put(tx, ADA, FERRY, "GHSA-1", NOW + 2 * day)
        await snoozes.put(tx, BEN, FERRY, "GHSA-1", NOW + 3 * day)
        assert await snoozes.next_due(tx) == NOW + 2 * day
        assert await snoozes.due(tx, NOW + day, 9) == []
        assert [each.person for each in await snoozes.due(tx, NOW + 3 * day, 9)] == [ADA, BEN]
        assert len(await snoozes.due(tx, NOW + 3 * day, 1)) == 1
        await snoozes.remove(tx, ADA, FERRY, "GHSA-2")
        assert [each.advisory for each in await snoozes.of(tx, ADA)] == ["GHSA-1"]
        await snoozes.remove(tx, ADA, FERRY)
        assert await snoozes.of(tx, ADA) == []


async def news(tx: Tx, name: str, lane: Lane, now: datetime = NOW, facts: str = "facts") -> None:
    """An advisory's facts are news to the subscribers of ferry."""
    await fan_outs.request_for_all(tx, FERRY, "advisory", name, facts, lane, now)


async def test_the_most_urgent_fan_out_is_first_and_goes_on_where_it_was(store: Store) -> None:
    async with store.writing() as tx:
        assert await fan_outs.first(tx, at(30)) is None
        await fan_outs.request_for_all(tx, FERRY, "release", "v1.0.1", "facts", Lane.PERSONAL, NOW)
        await news(tx, "GHSA-1", Lane.ALERT)
        await news(tx, "GHSA-2", Lane.ALERT_URGENT, at(9))
    assert store.waker(fan_outs.WAKER).is_set()
    async with store.writing() as tx:
        urgent = await fan_outs.first(tx, at(30))
        assert urgent is not None
        assert (urgent.name, urgent.person, urgent.after) == ("GHSA-2", "", "")
        await fan_outs.finish(tx, urgent)
        assert not await fan_outs.still(tx, urgent)
        alert = await fan_outs.first(tx, at(30))
        assert alert is not None
        assert (alert.kind, alert.name) == ("advisory", "GHSA-1")
        await fan_outs.advance(tx, alert, ADAS_DM)
        assert not await fan_outs.still(tx, alert)
        assert await fan_outs.first(tx, at(30)) == replace(alert, after=ADAS_DM)
        await news(tx, "GHSA-1", Lane.ALERT_HIGH, at(20))
        again = await fan_outs.first(tx, at(30))
        assert again == replace(alert, lane=Lane.ALERT_HIGH, requested_at=at(20))
        release = await fan_outs.first(tx, at(30), [again.key])
        assert release is not None
        assert await fan_outs.first(tx, at(30), [again.key, release.key]) is None


async def test_who_is_put_off_waits_as_long_as_it_has_been_news(store: Store) -> None:
    async with store.writing() as tx:
        await news(tx, "GHSA-1", Lane.ALERT)
        everybody = await fan_outs.first(tx, NOW)
        assert everybody is not None
        await fan_outs.put_off(tx, everybody, [ADA], at(1))
        await fan_outs.finish(tx, everybody)
        dues = []
        for seconds in (1, 200, 4_000, 40_000):
            await fan_outs.put_off(tx, everybody, [ADA], at(seconds))
            later = await fan_outs.first(tx, at(100_000))
            assert later is not None
            assert (later.person, later.name, later.lane, later.after) == (ADA, "GHSA-1", Lane.ALERT, "")
            assert await fan_outs.first(tx, later.requested_at - timedelta(seconds=1)) is None
            assert await fan_outs.first(tx, later.requested_at) == later
            assert await fan_outs.first(tx, later.requested_at - timedelta(days=1)) == later, "a clock that was wrong"
            dues.append(later.requested_at - at(seconds))
        assert [due.total_seconds() for due in dues] == [60, 200, 3_600, 3_600]


async def test_a_person_who_is_back_gets_what_they_missed(store: Store) -> None:
    async with store.writing() as tx:
        await people.settle_dm(tx, ADA, ADAS_DM)
        await subscriptions.add(tx, subscription())
        await fan_outs.request_for_all(tx, FERRY, "advisory", "GHSA-1", "facts", Lane.ALERT_HIGH, NOW)
        await fan_outs.request_for_all(tx, FERRY, "advisory", "GHSA-1", "newer facts", Lane.ALERT_URGENT, at(1))
        await fan_outs.request_for_all(tx, FERRY, "release", "v1", "facts", Lane.PERSONAL, NOW)
        await fan_outs.request_for_all(tx, RAFT, "advisory", "GHSA-2", "facts", Lane.ALERT, NOW)
        while (fan_out := await fan_outs.first(tx, at(30))) is not None:
            await fan_outs.advise(tx, fan_out, ["v1.0.1"] if fan_out.name == "GHSA-1" else [])
            await fan_outs.advise(tx, fan_out, ["v1.0.2"] if fan_out.name == "GHSA-1" else [])
            await fan_outs.finish(tx, fan_out)
        assert await fan_outs.facts(tx, FERRY) == {
            ("advisory", "GHSA-1"): fan_outs.Facts("newer facts", frozenset({"v1.0.1", "v1.0.2"})),
            ("release", "v1"): fan_outs.Facts("facts"),
        }
        await people.settle_dm(tx, ADA, ADAS_DM)
        assert await fan_outs.first(tx, at(30)) is None
        await people.trouble(tx, ADA, "refused")
        await people.settle_dm(tx, ADA, ADAS_DM)
        only = await fan_outs.first(tx, at(30))
        assert only is not None
        assert await fan_outs.first(tx, at(30), [only.key]) is None
        assert (only.project, only.name, only.person, only.lane) == (FERRY, "GHSA-1", ADA, Lane.ALERT_URGENT)


async def test_every_change_by_people_is_counted_once_in_its_transaction(store: Store) -> None:
    counts = []
    async with store.writing() as tx:
        counts.append(await changes.count(tx, lock=True))
        await people.settle_dm(tx, ADA, ADAS_DM)
        await mutes.add(tx, ADA, FERRY, "GHSA-1", NOW)
        counts.append(await changes.count(tx))
    async with store.writing() as tx:
        await subscriptions.add(tx, subscription())
        counts.append(await changes.count(tx, lock=True))
    async with store.writing() as tx:
        await news(tx, "GHSA-1", Lane.ALERT)
        counts.append(await changes.count(tx))
    assert counts == ["0", "1", "2", "2"]
