"""What was posted in digests, what waits for one, and what rooms were last told about ends of support: on both stores."""

from datetime import date, timedelta

from chatbot.core.announce.messages import Decision, announcement_id
from chatbot.core.digests.item import DigestItem
from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.reminders.due import NO_STAGE, LastReminder
from chatbot.store import digests, knowledge, ledger, outbox, reminders, rooms
from chatbot.store.database.db import Store
from chatbot.store.knowledge import policies
from tests.store.make import NOW, at, planned_message, watch

P, Q = ProjectId("p"), ProjectId("q")
OLD, NEW = RoomAddress("matrix:!old:a"), RoomAddress("matrix:!new:a")
DAY = timedelta(days=1)
SUBJECT = "digest/p/2026-03-01T0800Z"
NAME = announcement_id(OLD, SUBJECT)
WAITS = "it waits for the digest"


def item(subject: str, *, announced: bool = False, sentences: tuple[str, ...] = ()) -> DigestItem:
    return DigestItem(
        subject=subject,
        project="Post",
        name="Security policy" if sentences else "v1",
        words="",
        url="https://e.org/",
        at=NOW,
        digest=f"d-{subject}",
        announced=announced,
        sentences=sentences,
    )


CHANGE = item("policy/p/x", sentences=("1.x ends earlier.", "A “quoted” sentence."))
ITEMS = [
    (P, item("release/p/v1")),
    (P, item("advisory/p/GHSA-1", announced=True)),
    (P, CHANGE),
    (Q, item("release/q/v2")),
]


async def post(store: Store) -> None:
    async with store.writing(P, Q) as tx:
        await watch(tx, "p", [OLD], NOW)
        await watch(tx, "q", [OLD], NOW)
        await digests.add(tx, NAME, OLD, NOW, "Daily digest", ITEMS)


async def test_what_a_digest_lists_is_remembered(store: Store) -> None:
    await post(store)
    async with store.reading() as tx:
        assert await digests.last_due(tx, [OLD, NEW]) == {OLD: NOW}
        assert await digests.listed(tx, P) == {(OLD, "release/p/v1"), (OLD, "policy/p/x")}
        assert await digests.listed(tx, Q) == {(OLD, "release/q/v2")}
        assert await digests.repeated(tx, OLD) == {"advisory/p/GHSA-1"}
        assert await digests.repeated(tx, NEW) == frozenset()
        assert [each.subject for each in await digests.of_project(tx, P)] == [
            "advisory/p/GHSA-1",
            "policy/p/x",
            "release/p/v1",
        ]
        everything = {each.subject: each for each in await digests.of_digest(tx, NAME)}
    assert everything["policy/p/x"].policy == CHANGE
    assert everything["release/q/v2"].policy is None
    assert (everything["release/q/v2"].room, everything["release/q/v2"].label) == (OLD, "Daily digest")


async def test_a_correction_changes_what_is_shown_and_nothing_else(store: Store) -> None:
    await post(store)
    async with store.writing(P, Q) as tx:
        await digests.correct(tx, NAME, {"release/p/v1": "other"})
        digests_now = {each.subject: each.digest for each in await digests.of_digest(tx, NAME)}
        assert digests_now == {each.subject: each.digest for _, each in ITEMS} | {"release/p/v1": "other"}
        assert await digests.announced(tx, NAME) is None
        await outbox.add(tx, [planned_message("v7", [OLD])], NOW)
        announcement = await digests.announced(tx, announcement_id(OLD, "release/p/v7"))
        assert announcement == digests.Announced(project=P, subject="release/p/v7", revision=1)


async def test_a_room_under_another_address_keeps_its_digests_and_reminders(store: Store) -> None:
    await post(store)
    end, later = date(2027, 6, 30), date(2027, 9, 30)
    async with store.writing(P) as tx:
        await reminders.keep(tx, P, OLD, {"1.x": LastReminder(end, 30), "2.x": LastReminder(end, 0)})
        await reminders.keep(tx, P, NEW, {"2.x": LastReminder(None, NO_STAGE, end)})
        await rooms.record_upgrade(tx, OLD, NEW)
        await rooms.take_over(tx, P, [NEW])
        assert await digests.last_due(tx, [OLD, NEW]) == {NEW: NOW}
        assert await digests.listed(tx, Q) == {(NEW, "release/q/v2")}
        assert await reminders.load(tx, P, [OLD, NEW]) == {
            NEW: {"1.x": LastReminder(end, 30), "2.x": LastReminder(None, NO_STAGE, end)}
        }
        await reminders.keep(tx, P, NEW, {"1.x": LastReminder(later, NO_STAGE)})
        assert (await reminders.load(tx, P, [OLD, NEW]))[NEW]["1.x"] == LastReminder(later, NO_STAGE)
        assert await reminders.load(tx, Q, [OLD, NEW]) == {}
        await reminders.forget(tx, [NEW])
        assert await reminders.load(tx, P, [OLD, NEW]) == {}


async def test_what_waits_is_read_with_the_time_of_its_first_decision(store: Store) -> None:
    steps = [
        ("release/p/v1", "it is read once more", 0),
        ("release/p/v1", f"{WAITS} on Monday", 60),
        ("release/p/v1", f"{WAITS} on Tuesday", 120),
        ("release/p/v2", "it is read once more", 180),
    ]
    for subject, reason, seconds in steps:
        async with store.writing(P) as tx:
            decision = Decision(project=P, subject=subject, room=OLD, verdict="hold", reason=reason)
            await ledger.record(tx, [decision], at(seconds))
    async with store.writing(P) as tx:
        ((room, (row,)),) = (await ledger.waiting_subjects(tx, WAITS)).items()
        assert (room, row.subject, row.project, row.room, row.since) == (OLD, "release/p/v1", P, OLD, at(0))
        skip = Decision(project=P, subject="release/p/v1", room=OLD, verdict="skip", reason="withdrawn")
        await ledger.record(tx, [skip], at(240))
        assert await ledger.waiting_subjects(tx, WAITS) == {}


async def test_what_was_announced_on_its_own_since_then(store: Store) -> None:
    async with store.writing(P) as tx:
        await outbox.add(tx, [planned_message("v1", [OLD, NEW])], NOW)
        await outbox.add(tx, [planned_message("v2", [OLD])], NOW + DAY)
        assert await ledger.announced_since(tx, P, OLD, NOW) == ["release/p/v2"]
        assert await ledger.announced_since(tx, P, OLD, NOW - DAY) == ["release/p/v1", "release/p/v2"]
        assert await ledger.announced_since(tx, P, NEW, NOW) == []


async def test_the_page_from_before_a_change(store: Store) -> None:
    pages = [PolicyPage(project=P, text=f"page {number}", url="https://e.org/") for number in range(3)]
    async with store.writing(P) as tx:
        for number, page in enumerate(pages):
            await policies.upsert(tx, page, NOW + number * DAY, readable=number != 1)
        assert await policies.in_force_before(tx, P, NOW) is None
        assert await policies.in_force_before(tx, P, NOW + DAY) == pages[0]
        assert await policies.in_force_before(tx, P, NOW + 2 * DAY) == pages[0]
        assert await policies.in_force_before(tx, P, NOW + 3 * DAY) == pages[2]
        assert (await knowledge.versions(tx)).keys() == {P}
