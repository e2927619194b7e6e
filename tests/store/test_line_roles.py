"""Line roles as they are stored: by server, project and line, and pinged in the rooms of that server."""

from dataclasses import replace

from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.store import line_roles, outbox
from chatbot.store.database.db import Store
from chatbot.store.subscriptions import subscriptions
from tests.store.make import NOW, at, planned_message

FERRY, RAFT = ProjectId("ferry"), ProjectId("raft")
HARBOUR, PIER, ELSEWHERE = RoomAddress("discord:1"), RoomAddress("discord:2"), RoomAddress("discord:9")
ROLE = LineRole(server="discord:70", project=FERRY, line="0.15", role="515")


async def test_a_role_is_pinged_in_the_rooms_of_its_server_while_it_stands(store: Store) -> None:
    async with store.writing() as tx:
        await line_roles.add_rooms(tx, {HARBOUR: "discord:70", PIER: "discord:70", ELSEWHERE: "discord:90"})
        await line_roles.put(tx, ROLE)
        await line_roles.put(tx, replace(ROLE, line="0.16", role=""))  # is being made
        await line_roles.put(tx, replace(ROLE, line="0.14", role="514", retired_at=NOW))
        await line_roles.put(tx, replace(ROLE, server="discord:90", role="915", adopted=True))
        assert await line_roles.pinged_in(tx, FERRY) == {
            HARBOUR: {"0.15": "515"},
            PIER: {"0.15": "515"},
            ELSEWHERE: {"0.15": "915"},
        }
        assert await line_roles.pinged_in(tx, RAFT) == {}
        await line_roles.leave_rooms(tx, {HARBOUR: PIER, ELSEWHERE: None})
        assert await line_roles.pinged_in(tx, FERRY) == {PIER: {"0.15": "515"}}
        assert await line_roles.servers(tx) == {PIER: "discord:70"}


async def test_a_role_is_changed_and_forgotten_by_its_line(store: Store) -> None:
    async with store.writing() as tx:
        await line_roles.put(tx, replace(ROLE, role=""))
        await line_roles.put(tx, ROLE)
        other = replace(ROLE, project=RAFT, adopted=True)
        await line_roles.put(tx, other)
        assert await line_roles.find(tx, "discord:70", FERRY, "0.15") == ROLE
        assert await line_roles.every(tx) == await line_roles.every(tx, "discord:70") == [ROLE, other]
        assert await line_roles.every(tx, "discord:90") == []
        await line_roles.remove(tx, ROLE)
        assert await line_roles.every(tx) == [other]


async def test_a_person_who_chose_a_role_in_a_room_that_goes_keeps_it_by_another_room(store: Store) -> None:
    async with store.writing() as tx:
        await line_roles.add_rooms(tx, {HARBOUR: "discord:70", PIER: "discord:70"})
        mine = Subscription(
            person=RoomAddress("discord:user:1"),
            project=FERRY,
            scope=Scope("line", "0.15"),
            since=NOW,
            confirmed_at=NOW,
            home=HARBOUR,
            via="role",
        )
        await subscriptions.add(tx, mine)
        await subscriptions.add(tx, replace(mine, scope=Scope("project"), via="dm"))
        await line_roles.leave_rooms(tx, {HARBOUR: PIER})
        theirs = await subscriptions.of(tx, mine.person)
        assert [(each.via, each.home) for each in theirs] == [("role", PIER), ("dm", HARBOUR)]


async def test_a_notice_is_waiting_until_it_is_sent_everywhere(store: Store) -> None:
    notice = replace(planned_message(rooms=[HARBOUR, PIER]), subject="notice/ferry/x")
    async with store.writing() as tx:
        assert not await line_roles.is_waiting(tx, "notice/ferry/x")
        await outbox.add(tx, [notice], NOW)
        assert await line_roles.is_waiting(tx, "notice/ferry/x")
    for number in (1, 2):
        async with store.writing() as tx:
            claimed = await outbox.claim(tx, "discord", at(number), 1)
            await outbox.record_sent(tx, [(each, f"reference {number}") for each in claimed], at(number))
            assert await line_roles.is_waiting(tx, "notice/ferry/x") == (number == 1)


async def test_a_person_who_chose_a_role_that_ends_gets_dms_again(store: Store) -> None:
    async with store.writing() as tx:
        mine = Subscription(
            person=RoomAddress("discord:user:1"),
            project=FERRY,
            scope=Scope("line", "0.15"),
            since=NOW,
            confirmed_at=NOW,
            home=HARBOUR,
            via="role",
        )
        for subscription in (
            mine,
            replace(mine, scope=Scope("line", "0.16")),
            replace(mine, person=RoomAddress("discord:user:2"), home=ELSEWHERE),
            replace(mine, person=RoomAddress("discord:user:3"), project=RAFT),
        ):
            await subscriptions.add(tx, subscription)
        assert await line_roles.back_to_dms(tx, ROLE, [HARBOUR, PIER]) == 1
        theirs = [
            each for number in (1, 2, 3) for each in await subscriptions.of(tx, RoomAddress(f"discord:user:{number}"))
        ]
        assert [(each.person[-1], each.scope.name, each.via) for each in theirs] == [
            ("1", "0.15", "dm"),
            ("1", "0.16", "role"),
            ("2", "0.15", "role"),
            ("3", "0.15", "role"),
        ]
