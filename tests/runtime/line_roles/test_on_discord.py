"""Line roles on Discord, from the sources to who is pinged: made at need, pinged exactly, retired with a notice, found after kills."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.line_roles.line_role import GRACE
from chatbot.core.line_roles.server_roles import server_roles
from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.line_roles.keeper import keeper_of
from chatbot.store import line_roles
from chatbot.store.backups import backup, restore
from chatbot.store.database.db import open_store
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.patience import until
from tests.runtime.line_roles.port import ADA, Port, with_roles
from tests.standins.discord import Fault
from tests.standins.discord.roles import MANAGE_ROLES, MOST

DAY = timedelta(days=1)


class KilledError(BaseException):
    """The process ends here, as by a power cut."""


async def test_supported_lines_get_roles_once(port: Port) -> None:
    assert port.roles == {}
    await port.look()
    assert set(port.roles) == {"ferry 2.1", "ferry 1.4"}
    made_roles = port.discord.requests_to("POST", "/roles")
    assert [(each.body["permissions"], each.body["mentionable"]) for each in made_roles] == [(0, False)] * 2
    await port.look()
    assert len(port.discord.requests_to("POST", "/roles")) == 2
    assert [(each.line, each.role) for each in await port.stored()] == [
        ("1.4", port.roles["ferry 1.4"]),
        ("2.1", port.roles["ferry 2.1"]),
    ]


async def test_exactly_the_roles_in_range_are_pinged_and_an_ended_line_no_more(port: Port) -> None:
    await port.look()
    old, new = port.roles["ferry 1.4"], port.roles["ferry 2.1"]
    port.publish("GHSA-2222-3333-4444", ">= 1.4.0, < 1.4.2", "1.4.2")
    await port.pass_time()
    assert port.pinged("A flaw before 1.4.2") == {f"role:{old}"}
    post = port.titled("A flaw before 1.4.2")
    assert f"<@&{old}>" in post["content"]

    port.publish("GHSA-2222-3333-5555", "< 2.1.1", "2.1.1", "critical")
    await port.pass_time()
    assert port.pinged("A flaw before 2.1.1") == {f"role:{old}", f"role:{new}"}

    port.change_policy("no")
    await port.pass_time()
    await port.pass_time()
    notice = port.titled("pings nobody any more")
    assert port.pinged("pings nobody any more") == {f"role:{old}"}, "the last message that does"
    assert "Support of Ferry 1.4.x has ended" in str(notice["embeds"])
    assert "ferry 1.4" in port.roles, "its members are still there, should the page be wrong"

    port.publish("GHSA-2222-3333-6666", "< 2.1.2", "2.1.2")
    await port.pass_time()
    assert port.pinged("A flaw before 2.1.2") == {f"role:{new}"}

    await port.pass_time(GRACE)
    assert set(port.roles) == {"ferry 2.1"}
    assert [each.line for each in await port.stored()] == ["2.1"]
    await port.pass_time()
    assert len([each for each in port.posts if "pings nobody any more" in str(each["embeds"])]) == 1


async def test_a_page_that_was_wrong_for_a_day_costs_no_role(port: Port) -> None:
    await port.look()
    before = port.roles
    port.change_policy("no")
    await port.pass_time()
    port.harness.clock.advance(DAY)
    port.change_policy("yes")
    await port.pass_time()
    await port.pass_time(GRACE)
    assert port.roles == before
    assert [each.retired_at for each in await port.stored()] == [None, None]


async def test_a_retired_role_stays_until_its_notice_is_out(port: Port) -> None:
    await port.look()
    port.change_policy("no")
    port.discord.world.refusals[port.channel] = (403, 50013, "Missing Permissions")
    await port.pass_time()
    await port.pass_time(GRACE + DAY)
    assert "ferry 1.4" in port.roles
    del port.discord.world.refusals[port.channel]
    await port.pass_time(DAY)
    await port.pass_time(DAY)
    assert port.titled("pings nobody any more")
    assert "ferry 1.4" not in port.roles


@pytest.mark.parametrize("point", ["role to be made", "role made"])
async def test_a_kill_between_making_and_storing_makes_no_second_role(port: Port, point: str) -> None:
    def killed(name: str) -> None:
        if name == point:
            raise KilledError

    for _ in range(2):
        with pytest.raises(KilledError):
            await port.keeper(killed).look()
    await port.look()
    assert set(port.roles) == {"ferry 2.1", "ferry 1.4"}
    assert len(port.roles) == len(port.discord.world.guilds[port.guild]["roles"]) - 2
    assert {each.role for each in await port.stored()} == set(port.roles.values())
    assert not any(each.adopted for each in await port.stored())


async def test_an_answer_that_is_lost_makes_no_second_role(port: Port) -> None:
    port.discord.plant(Fault(kind="drop_after", where="POST /guilds"))
    with pytest.raises(Exception, match="connection"):
        await port.look()
    await port.look()
    assert sorted(port.roles) == ["ferry 1.4", "ferry 2.1"]
    assert len(port.discord.world.guilds[port.guild]["roles"]) == 4


async def test_somebody_else_s_role_of_that_name_is_not_used(port: Port) -> None:
    theirs = port.discord.world.add_role(port.guild, "ferry 1.4")
    risky = port.discord.world.add_role(port.guild, "ferry 2.1", permissions=8)
    for _ in range(2):
        await port.look()
        await port.harness.deliver()
    assert port.roles == {"ferry 1.4": theirs, "ferry 2.1": risky}
    assert await port.stored() == []
    plain, powerful = (port.titled(f"already has a role “ferry {line}”") for line in ("1.4", "2.1"))
    assert "rename the role, and I make my own" in str(plain["embeds"])
    assert "It has permissions" in str(powerful["embeds"])
    assert powerful["components"] == []


async def test_a_role_that_somebody_deleted_is_made_again_and_reported(port: Port) -> None:
    await port.look()
    port.discord.world.remove_role(port.guild, port.roles["ferry 1.4"])
    await port.pass_time()
    assert port.titled("The role “ferry 1.4” was deleted")
    assert set(port.roles) == {"ferry 2.1", "ferry 1.4"}


async def test_without_the_permission_nothing_is_made_and_nothing_breaks(port: Port) -> None:
    for each in port.discord.world.guilds[port.guild]["roles"]:
        each["permissions"] = str(int(each["permissions"]) & ~MANAGE_ROLES)
    await port.look()
    assert port.roles == {}
    assert await port.stored() == []
    assert len(port.discord.requests_to("POST", "/roles")) == 1, "the next line would be refused as well"


async def test_a_full_server_gets_what_fits(port: Port) -> None:
    while len(port.discord.world.guilds[port.guild]["roles"]) < MOST - 1:
        port.discord.world.add_role(port.guild, "one more")
    await port.look()
    assert [each.line for each in await port.stored()] == ["2.1"]


async def test_a_room_that_wants_no_roles_any_more_retires_them(port: Port) -> None:
    await port.look()
    services = port.harness.services
    quiet = replace(with_roles(port.channel), line_roles=False)
    services.change(replace(services.config, rooms=(quiet,)))
    await port.pass_time()
    assert len([each for each in port.posts if "pings nobody any more" in str(each["embeds"])]) == 2
    assert all(each.retired_at is not None for each in await port.stored())
    port.publish("GHSA-2222-3333-4444", "< 2.1.1", "2.1.1")
    await port.pass_time()
    assert port.pinged("A flaw before 2.1.1") == set()
    await port.pass_time(GRACE)
    assert port.roles == {}
    async with services.store.reading() as tx:
        assert await line_roles.servers(tx) == {}


async def test_a_room_that_cannot_be_seen_loses_nothing(port: Port) -> None:
    await port.look()
    before = await port.stored()
    port.discord.world.guilds.clear()
    port.discord.world.channels.clear()
    services = port.harness.services
    chat = make_chat(port.discord, Answers())
    async with running(chat):
        roles = server_roles(chat)
        assert roles is not None
        await keeper_of(services, "discord", roles).look()
    assert await port.stored() == before
    async with services.store.reading() as tx:
        assert await line_roles.servers(tx) == {RoomAddress(f"discord:{port.channel}"): f"discord:{port.guild}"}


async def test_a_channel_that_begins_to_watch_by_command_has_its_roles_at_once(port: Port) -> None:
    services = port.harness.services
    services.change(replace(services.operator_config, rooms=()))
    keeping = asyncio.create_task(port.keeper().run())
    try:
        await until(lambda: not services.roles_due.is_set(), "the first look is over")
        assert port.roles == {}
        arguments = {"project": "ferry", "line_roles": "yes"}
        await (await port.discord.slash("watch", arguments, at=port.channel, asker=ADA, permissions=1 << 4)).answer()
        await until(lambda: len(port.roles) == 2, "the roles are there")
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


async def test_roles_made_after_a_backup_are_still_ours_when_it_is_restored(port: Port, tmp_path: Path) -> None:
    async with port.harness.services.store.reading() as tx:
        assert await line_roles.every(tx) == []
    await backup.backup(port.harness.services.store, tmp_path / "old.db", port.harness.clock())
    await port.look()
    await backup.backup(port.harness.services.store, tmp_path / "bot.db", port.harness.clock())
    await restore.restore(f"sqlite:///{tmp_path}/bot.db", tmp_path / "old.db", port.harness.clock())
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, store.reading() as tx:
        assert await line_roles.every(tx) == await port.stored()
