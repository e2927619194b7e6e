"""“Ping me here” or “DM me” on Discord: the role is given and taken by its member's own command, and each refusal says why."""

from typing import Any

import pytest

from chatbot.core.line_roles.line_role import GRACE
from chatbot.core.model.severity import Severity
from tests.runtime.line_roles.port import ADA, BEN, Port
from tests.standins.discord.deeds import components
from tests.standins.discord.roles import MANAGE_ROLES, MENTION_EVERYONE

MANAGE_CHANNELS = 1 << 4
MANAGER = MANAGE_CHANNELS | MENTION_EVERYONE
OLD, NEW = "ferry 1.4", "ferry 2.1"


async def subscribe(port: Port, version: str = "1.4.x", who: Any = ADA) -> Any:
    exchange = await port.discord.slash("subscribe", {"version": version}, at=port.channel, asker=who)
    return await exchange.answer()


async def press(port: Port, message: Any, label: str, who: Any = ADA, **more: Any) -> Any:
    """Press a button of a message, and return the message that comes of it."""
    exchange = await port.discord.press_on(message, label, at=port.channel, asker=who, **more)
    return await shown(exchange)


async def shown(exchange: Any) -> Any:
    """What somebody reads then: the card as it is now, or a sentence beside it."""
    answer = await exchange.answer()
    return exchange.followups[-1] if exchange.followups else answer


def labels(message: Any) -> list[str]:
    return [each["label"] for each in components(message) if each.get("label")]


def text(message: Any) -> str:
    (embed,) = message["embeds"]
    return f"{embed['title']}\n{embed.get('description', '')}"


async def vias(port: Port, who: Any = ADA) -> list[tuple[str, str]]:
    return [(each.scope.name, each.via) for each in await port.subscriptions(who)]


async def test_a_subscriber_of_a_line_may_be_pinged_by_its_role_in_place_of_a_dm(port: Port) -> None:
    await port.look()
    card = await subscribe(port)
    assert "Ping me here" in labels(card)
    words = "by the role **@ferry 1.4**: high and critical advisories that affect 1.4.x. Other members can see"
    assert words in text(card)
    assert await vias(port) == [("1.4", "dm")]

    chosen = await press(port, card, "Ping me here")
    assert port.discord.world.roles_of(port.guild, ADA) == [OLD]
    assert await vias(port) == [("1.4", "role")]
    assert "the role **@ferry 1.4** is pinged in the server: high and critical advisories" in text(chosen)
    assert "Other members can see who has the role." in text(chosen)
    assert "Ping me here" not in labels(chosen)

    back = await press(port, chosen, "DM me instead")
    assert port.discord.world.roles_of(port.guild, ADA) == []
    assert await vias(port) == [("1.4", "dm")]
    assert "Ping me here" in labels(back)


async def test_a_person_who_takes_no_dms_may_choose_the_role(port: Port) -> None:
    await port.look()
    port.discord.world.closed_dms.add(ADA["id"])
    refusal = await subscribe(port)
    assert "can't send you alerts yet" in text(refusal)
    assert await vias(port) == []
    chosen = await press(port, refusal, "Ping me here")
    assert port.discord.world.roles_of(port.guild, ADA) == [OLD]
    assert await vias(port) == [("1.4", "role")]
    await press(port, chosen, "DM me instead")
    assert port.discord.world.roles_of(port.guild, ADA) == [OLD], "as long as no DM reaches them, the role goes on"
    assert await vias(port) == [("1.4", "role")]


async def test_nothing_is_offered_where_the_line_has_no_role(port: Port) -> None:
    assert "Ping me here" not in labels(await subscribe(port, "1.4.x"))
    await port.look()
    assert "Ping me here" not in labels(await subscribe(port, "1.3.x"))


async def test_the_role_goes_with_its_subscription(port: Port) -> None:
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    exchange = await port.discord.slash("unsubscribe", {"version": "all"}, at=port.channel, asker=ADA)
    assert "No more alerts" in text(await exchange.answer())
    assert port.discord.world.roles_of(port.guild, ADA) == []
    assert await vias(port) == []


async def test_a_person_who_is_forgotten_has_no_role_any_more(port: Port) -> None:
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    exchange = await port.discord.slash("forget-me", at=port.channel, asker=ADA)
    await exchange.answer()
    assert port.discord.world.roles_of(port.guild, ADA) == []
    assert await vias(port) == []


async def test_a_person_who_changes_to_a_line_without_a_role_gets_dms(port: Port) -> None:
    await port.look()
    card = await subscribe(port, "2.1.0")
    await press(port, card, "Ping me here")
    exchange = await port.discord.choose_on(card, "All of Ferry: high and critical", at=port.channel, asker=ADA)
    answer = await exchange.answer()
    assert port.discord.world.roles_of(port.guild, ADA) == []
    assert await vias(port) == [("", "dm")]
    assert "so alerts now come to our DM" in text(answer)


async def test_a_role_is_offered_and_given_only_in_its_own_server(port: Port) -> None:
    await port.look()
    card = await subscribe(port)
    elsewhere = port.discord.world.add_channel(port.discord.world.add_guild("another"))
    exchange = await port.discord.press_on(card, "Ping me here", at=elsewhere, asker=ADA)
    assert "This server has no role for Ferry 1.4.x" in text(await shown(exchange))
    in_dm = await port.discord.press_on(card, "Ping me here", at=port.discord.direct(ADA), asker=ADA)
    assert "This server has no role for Ferry 1.4.x" in text(await shown(in_dm))
    assert port.discord.world.roles_of(port.guild, ADA) == []


async def test_without_manage_roles_the_missing_right_is_named(port: Port) -> None:
    await port.look()
    card = await subscribe(port)
    for each in port.discord.world.guilds[port.guild]["roles"]:
        each["permissions"] = str(int(each["permissions"]) & ~MANAGE_ROLES)
    assert "I need the permission Manage Roles in this server" in text(await press(port, card, "Ping me here"))
    assert await vias(port) == [("1.4", "dm")]


async def test_a_person_who_upgrades_to_another_line_gets_its_role(port: Port) -> None:
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    exchange = await port.discord.slash("upgraded", {"version": "2.1.0"}, at=port.channel, asker=ADA)
    answer = await exchange.answer()
    assert port.discord.world.roles_of(port.guild, ADA) == [NEW]
    assert await vias(port) == [("2.1", "role")]
    assert "You now have the role “ferry 2.1”." in text(answer)


async def test_nobody_else_s_role_is_touched(port: Port) -> None:
    await port.look()
    card = await press(port, await subscribe(port), "Ping me here")
    await press(port, card, "DM me instead", BEN)
    assert port.discord.world.roles_of(port.guild, ADA) == [OLD]
    assert await vias(port) == [("1.4", "role")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"permissions": "8"}, "it has permissions"),
        ({"managed": True}, "another bot or an integration manages it"),
        ({"position": 60}, "The role stands above my own"),
    ],
)
async def test_what_a_role_can_do_is_looked_up_at_each_grant(port: Port, change: dict[str, Any], words: str) -> None:
    await port.look()
    card = await subscribe(port)
    (role,) = [each for each in port.discord.world.guilds[port.guild]["roles"] if each["name"] == OLD]
    role |= change
    assert words in text(await press(port, card, "Ping me here"))
    assert port.discord.world.roles_of(port.guild, ADA) == []
    assert await vias(port) == [("1.4", "dm")]


async def test_a_line_that_ends_sends_dms_again_to_those_who_chose_its_role(port: Port) -> None:
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    port.change_policy("no")
    await port.pass_time()
    assert await vias(port) == [("1.4", "dm")]
    (subscription,) = await port.subscriptions(ADA)
    assert subscription.min_severity is Severity.LOW


async def test_the_role_stands_in_for_the_dm_of_who_chose_it_and_of_nobody_else(port: Port) -> None:
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    await subscribe(port, who=BEN)
    services = port.harness.services
    services.fan_outs.members.chats = {"discord": port.chat}
    port.publish("GHSA-2222-3333-4444", ">= 1.4.0, < 1.4.2", "1.4.2")
    await port.pass_time()
    await services.fan_outs.drain()
    await port.harness.deliver()
    assert port.pinged("A flaw before 1.4.2") == {f"role:{port.roles[OLD]}"}
    alerts = {who["username"]: [each for each in dm_of(port, who) if "1.4.2" in str(each)] for who in (ADA, BEN)}
    assert {name: len(each) for name, each in alerts.items()} == {"ada": 0, "ben": 1}


def dm_of(port: Port, who: Any) -> list[Any]:
    """What the bot wrote in somebody's DM."""
    return port.discord.world.posts(port.discord.world.open_dm(who["id"])["id"])


# ---- a role that somebody else made -----------------------------------------------------------------------------------------


async def test_a_role_of_that_name_is_used_by_the_word_of_who_manages_the_channel(port: Port) -> None:
    theirs = port.discord.world.add_role(port.guild, OLD)
    await port.look()
    await port.harness.deliver()
    notice = port.titled(f"already has a role “{OLD}”")
    refusal = await press(port, notice, "Use this role", BEN)
    assert "Only people who manage this" in text(refusal)
    assert [each.line for each in await port.stored()] == ["2.1"]
    answer = await press(port, notice, "Use this role", BEN, permissions=MANAGER)
    assert "now stands for Ferry 1.4.x" in text(answer)
    adopted_role, _ = await port.stored()
    assert (adopted_role.line, adopted_role.role, adopted_role.adopted) == ("1.4", theirs, True)
    await port.look()
    await press(port, await subscribe(port), "Ping me here")
    assert port.discord.world.roles_of(port.guild, ADA) == [OLD]
    again = await press(port, notice, "Use this role", BEN, permissions=MANAGER)
    assert "has a role already" in text(again)

    port.change_policy("no")
    await port.pass_time()

    await port.pass_time(GRACE)
    assert OLD in port.roles, "an adopted role is never deleted"
    assert [each.line for each in await port.stored()] == ["2.1"]


@pytest.mark.parametrize("trouble", ["permission", "overwrite", "above"])
async def test_a_role_that_can_do_something_is_not_adopted(port: Port, trouble: str) -> None:
    theirs = port.discord.world.add_role(port.guild, OLD)
    await port.look()
    await port.harness.deliver()
    notice = port.titled(f"already has a role “{OLD}”")
    (role,) = [each for each in port.discord.world.guilds[port.guild]["roles"] if each["id"] == theirs]
    match trouble:
        case "permission":
            role["permissions"] = "1024"
        case "overwrite":
            overwrites = port.discord.world.channels[port.channel]["permission_overwrites"]
            overwrites.append({"id": theirs, "type": 0, "allow": "0", "deny": "1024"})
        case _:
            role["position"] = 60
    answer = await press(port, notice, "Use this role", BEN, permissions=MANAGER)
    assert f"I don't use the role “{OLD}”" in text(answer)
    assert [each.line for each in await port.stored()] == ["2.1"]


async def test_only_a_supported_line_is_adopted(port: Port) -> None:
    port.discord.world.add_role(port.guild, OLD)
    await port.look()
    await port.harness.deliver()
    port.change_policy("no")
    await port.pass_time()
    notice = port.titled(f"already has a role “{OLD}”")
    answer = await press(port, notice, "Use this role", BEN, permissions=MANAGER)
    assert "only supported lines" in text(answer).lower()


@pytest.mark.parametrize("mentionable", [False, True])
async def test_nobody_lends_a_role_that_they_may_not_ping_themselves(port: Port, *, mentionable: bool) -> None:
    theirs = port.discord.world.add_role(port.guild, OLD)
    await port.look()
    await port.harness.deliver()
    (role,) = [each for each in port.discord.world.guilds[port.guild]["roles"] if each["id"] == theirs]
    role["mentionable"] = mentionable
    notice = port.titled(f"already has a role “{OLD}”")
    answer = await press(port, notice, "Use this role", BEN, permissions=MANAGE_CHANNELS)
    assert ("You may not mention it in this channel" in text(answer)) is not mentionable
    assert any(each.adopted for each in await port.stored()) is mentionable
