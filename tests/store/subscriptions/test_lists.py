"""What weekly lists showed and whose they are, where people subscribed, and what they were told of a release."""

from dataclasses import replace
from datetime import timedelta

from chatbot.core.announce.messages import PlannedMessage, announcement_id
from chatbot.core.announce.subject import Subject, find
from chatbot.core.delivery import Lane
from chatbot.core.digests.item import DigestItem, release_item
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.subscriptions import taken_back
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.store import digests, outbox
from chatbot.store.database.db import Store, Tx
from chatbot.store.subscriptions import fan_outs, homes, lists, people, subscriptions, told
from chatbot.store.subscriptions.lists import WeeklyList
from tests.core import make
from tests.store.make import NOW, at

ADA, BEN, CY = (RoomAddress(f"discord:user:{number}") for number in (1, 2, 3))
DMS = {ADA: RoomAddress("discord:dm:71"), BEN: RoomAddress("discord:dm:72"), CY: RoomAddress("discord:dm:73")}
MAIL = ProjectId("mail")
SNAPSHOT = make.snapshot([make.release("v0.15.5"), make.release("v0.15.6")])
ITEMS: list[tuple[ProjectId, DigestItem]] = [(MAIL, release_item(SNAPSHOT, tag)) for tag in ("v0.15.5", "v0.15.6")]
WEEK = WeeklyList("digest/weekly/2031-03-03T0900Z", "both")


def message(subject: str, dms: list[RoomAddress], digest: str, *reasons: str) -> PlannedMessage:
    return PlannedMessage(
        project=MAIL,
        subject=subject,
        kind="new",
        message=Message(title=subject, tone=Tone.ROUTINE),
        lane=Lane.PERSONAL,
        revisions=dict.fromkeys(dms, 1),
        notified_for=frozenset(reasons),
        digest=digest,
        template=4,
    )


async def send_lists(
    tx: Tx, which: WeeklyList, persons: list[RoomAddress], items: list[tuple[ProjectId, DigestItem]]
) -> None:
    dms = [DMS[person] for person in persons]
    await outbox.add(tx, [message(which.subject, dms, which.digest)], NOW)
    await digests.note_personal(tx, [(announcement_id(dm, which.subject), dm) for dm in dms], NOW, "Weekly digest")
    await lists.keep(tx, which, items)
    await lists.keep(tx, which, items)  # in the next slice once more


async def test_what_a_list_shows_is_kept_once_and_its_readers_are_those_whose_last_it_is(store: Store) -> None:
    other = replace(WEEK, digest="one")
    async with store.writing() as tx:
        for person, dm in DMS.items():
            await people.settle_dm(tx, person, dm)
        await send_lists(tx, WEEK, [ADA, BEN], ITEMS)
        await send_lists(tx, other, [CY], ITEMS[:1])
        assert [each.subject for each in await lists.items(tx, WEEK)] == [
            "release/mail/v0.15.5",
            "release/mail/v0.15.6",
        ]
        assert await lists.showing(tx, MAIL, "release/mail/v0.15.5") == [WEEK, other]
        assert {which for which, _ in await lists.of_project(tx, MAIL)} == {WEEK, other}
        assert await lists.of_project(tx, ProjectId("raft")) == []
        assert [each.person for each in await lists.readers(tx, WEEK, "", 9)] == [ADA, BEN]
        (second,) = await lists.readers(tx, WEEK, DMS[ADA], 9)
        assert (second.person, second.revision, second.label) == (BEN, 1, "Weekly digest")
        await people.trouble(tx, BEN, "Allow DMs.")
        assert [each.person for each in await lists.readers(tx, WEEK, "", 9)] == [ADA]
        await send_lists(tx, WeeklyList("digest/weekly/2031-03-10T0900Z", "both"), [ADA], ITEMS)
        assert await lists.readers(tx, WEEK, "", 9) == []
        monday = at(0).replace(year=2031, month=3, day=3, hour=9)
        assert await lists.forget_old(tx, monday + lists.LIFETIME) == 0
        assert await lists.forget_old(tx, monday + lists.LIFETIME + timedelta(days=1)) == 3
        assert await lists.items(tx, WEEK) == []


def release() -> Subject:
    subject = find(SNAPSHOT, "release/mail/v0.15.5")
    assert subject is not None
    return subject


async def test_whatever_named_a_release_to_somebody_is_known(store: Store) -> None:
    async with store.writing() as tx:
        for person, dm in DMS.items():
            await people.settle_dm(tx, person, dm)
        assert await told.of_release(tx, release(), list(DMS.values())) == {}
        await outbox.add(tx, [message("release/mail/v0.15.5", [DMS[ADA]], "facts")], NOW)
        await fan_outs.request_for_all(tx, MAIL, "advisory", "GHSA-1", "facts", Lane.ALERT, NOW)
        advisory = await fan_outs.first(tx, NOW)
        assert advisory is not None
        await fan_outs.advise(tx, advisory, ["v0.15.5"])
        advised = message("alert/mail/GHSA-1", [DMS[BEN]], "facts", "advised:v0.15.5")
        await outbox.add(tx, [advised, message("alert/mail/GHSA-1", [DMS[ADA]], "facts", "advised:v0.15.6")], NOW)
        await send_lists(tx, WEEK, [CY], ITEMS)
        by_dm = await told.of_release(tx, release(), list(DMS.values()))
        assert {dm: (each.announced is not None, each.recommended) for dm, each in by_dm.items()} == {
            DMS[ADA]: (True, ""),
            DMS[BEN]: (False, "alert/mail/GHSA-1"),
            DMS[CY]: (False, WEEK.subject),
        }
        warning = message(taken_back.subject_of(release()), [DMS[CY]], "warned", "bad")
        await outbox.add(tx, [replace(warning, kind="reply", parent=WEEK.subject)], NOW)
        await outbox.add(tx, [replace(warning, revisions={DMS[BEN]: 1})], NOW)
        by_dm = await told.of_release(tx, release(), list(DMS.values()))
        assert by_dm[DMS[BEN]].warned is not None


async def test_rooms_where_people_subscribed_and_that_are_missing(store: Store) -> None:
    room, other, raft = RoomAddress("discord:9"), RoomAddress("matrix:!a/$b:hs"), ProjectId("raft")

    def subscription(person: RoomAddress, project: ProjectId, home: RoomAddress) -> Subscription:
        return Subscription(
            person=person, project=project, scope=Scope("project"), since=NOW, confirmed_at=NOW, home=home
        )

    async with store.writing() as tx:
        for person, project, home in ((ADA, MAIL, room), (BEN, MAIL, room), (CY, MAIL, NOWHERE), (CY, raft, other)):
            await subscriptions.add(tx, subscription(person, project, home))
        assert await homes.of(tx, [MAIL]) == {(MAIL, room), (MAIL, NOWHERE)}
        assert await homes.people(tx, (MAIL, room)) == [ADA, BEN]
        await homes.hand_over(tx, MAIL, room, other)
        assert await homes.people(tx, (MAIL, other)) == [ADA, BEN]
        since = {(MAIL, NOWHERE): NOW, (raft, other): at(60)}
        for keeping in (since, {(raft, other): at(60)}, {}):
            await homes.keep_missing(tx, keeping)
            assert await homes.missing(tx) == keeping
