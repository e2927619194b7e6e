"""Cards: a message with menus is answered in its own place where nobody else sees it, restart or not."""

from dataclasses import replace
from typing import Any

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action, Menu, Message, Option, Tone
from tests.chats.discord.conftest import Answers, outgoing
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.interactions import DEFERRED, DEFERRED_UPDATE
from tests.standins.discord.objects import user

FERRY = ProjectId("ferry")
ALICE = user("alice", identifier="4711")


def card(chosen: str = "line") -> Message:
    options = (
        Option("line", "The line 1.2", chosen == "line"),
        Option("version", "Exactly 1.2.3", chosen == "version"),
    )
    menu = Menu(name="choose-scope", title="Alerts for", project=FERRY, subject="7 1.2.3", options=options)
    return Message(
        title=f"You get alerts: {chosen}",
        tone=Tone.GOOD,
        menus=(menu,),
        actions=(Action("unsubscribe", "Unsubscribe", FERRY, "#7"), Action("upgraded", "I upgraded", FERRY, "")),
        private=True,
    )


def title(message: Any) -> str:
    return str(message["embeds"][0]["title"])


async def shown_in_a_channel(discord: DiscordStandIn, answers: Answers) -> tuple[Any, str]:
    """A card that only its asker sees, and where."""
    channel, answers.message = discord.room(), card()
    return await (await discord.slash("report", at=channel, asker=ALICE)).answer(), channel


async def shown_in_the_dm(discord: DiscordStandIn, answers: Answers) -> tuple[Any, str]:
    """A card that is an answer in the DM, and where."""
    dm, answers.message = discord.direct(ALICE), card()
    return await (await discord.slash("report", at=dm, asker=ALICE)).answer(), dm


async def sent_to_the_dm(discord: DiscordStandIn, chat: DiscordChat) -> tuple[Any, str]:
    """A card that is a message in the DM, and where."""
    dm = discord.direct(ALICE)
    await chat.send(outgoing(f"dm:{dm}", card()))
    return discord.world.posts(dm)[-1], dm


PLACES = ["shown in a channel", "shown in the DM", "sent to the DM"]


async def card_at(place: str, discord: DiscordStandIn, answers: Answers, chat: DiscordChat) -> tuple[Any, str]:
    if place == "sent to the DM":
        return await sent_to_the_dm(discord, chat)
    show = shown_in_a_channel if place == "shown in a channel" else shown_in_the_dm
    return await show(discord, answers)


@pytest.mark.parametrize("place", PLACES)
async def test_a_choice_changes_the_card(
    discord: DiscordStandIn, answers: Answers, chat: DiscordChat, place: str
) -> None:
    message, at = await card_at(place, discord, answers, chat)
    answers.message = card("version")
    chosen = await discord.choose_on(message, "Exactly 1.2.3", at=at, asker=ALICE)
    after = await chosen.answer()
    assert chosen.ack["type"] == DEFERRED_UPDATE
    assert after["id"] == message["id"]
    assert title(after) == "✅ You get alerts: version"
    assert not chosen.followups
    ask = answers.requests[-1]
    assert (ask.command, ask.arguments, ask.asker) == (
        "choose-scope",
        {"project": "ferry", "id": "7 1.2.3", "value": "version"},
        "discord:user:4711",
    )


@pytest.mark.parametrize("place", PLACES)
async def test_so_does_a_button_of_the_card(
    discord: DiscordStandIn, answers: Answers, chat: DiscordChat, place: str
) -> None:
    message, at = await card_at(place, discord, answers, chat)
    answers.message = Message(title="Your alerts for Ferry 1.2 have ended", tone=Tone.GOOD)
    pressed = await discord.press_on(message, "Unsubscribe", at=at, asker=ALICE)
    after = await pressed.answer()
    assert (after["id"], after["components"]) == (message["id"], [])
    assert answers.requests[-1].arguments == {"project": "ferry", "version": "#7"}


@pytest.mark.usefixtures("chat")
async def test_so_does_a_dialogue_that_the_card_opens(discord: DiscordStandIn, answers: Answers) -> None:
    message, at = await shown_in_a_channel(discord, answers)
    modal = await (await discord.press_on(message, "I upgraded", at=at, asker=ALICE)).answer()
    answers.message = card("version")
    after = await (await discord.submit(modal, {"version": "1.2.4"}, at=at, asker=ALICE, message=message)).answer()
    assert after["id"] == message["id"]
    assert answers.requests[-1].arguments == {"project": "ferry", "version": "1.2.4"}


@pytest.mark.usefixtures("chat")
async def test_an_answer_that_is_only_a_reason_leaves_the_card(discord: DiscordStandIn, answers: Answers) -> None:
    message, at = await shown_in_a_channel(discord, answers)
    answers.message = Message(title="I can't answer right now", tone=Tone.UNSURE, private=True)
    chosen = await discord.choose_on(message, "Exactly 1.2.3", at=at, asker=ALICE)
    await chosen.answer()
    assert title(message) == "✅ You get alerts: line"
    ((below),) = chosen.followups
    assert (title(below), below["flags"]) == ("❔ I can't answer right now", 64)


@pytest.mark.usefixtures("chat")
async def test_where_the_card_is_gone_the_answer_stands_below(discord: DiscordStandIn, answers: Answers) -> None:
    message, at = await shown_in_a_channel(discord, answers)
    answers.message = card("version")
    discord.plant(Fault(kind="status", where="PATCH /webhooks", status=404, code=10008))
    chosen = await discord.choose_on(message, "Exactly 1.2.3", at=at, asker=ALICE)
    await discord.until(lambda: bool(chosen.followups))
    assert title(chosen.followups[0]) == "✅ You get alerts: version"


@pytest.mark.usefixtures("chat")
async def test_an_acknowledgement_that_was_lost_is_no_obstacle(discord: DiscordStandIn, answers: Answers) -> None:
    message, at = await shown_in_a_channel(discord, answers)
    answers.message = card("version")
    discord.plant(Fault(kind="drop_after", where="callback"))
    chosen = await discord.choose_on(message, "Exactly 1.2.3", at=at, asker=ALICE)
    assert title(await chosen.answer()) == "✅ You get alerts: version"


async def test_what_others_see_is_not_changed_by_an_answer(
    discord: DiscordStandIn, answers: Answers, chat: DiscordChat
) -> None:
    channel = discord.room()
    await chat.send(outgoing(channel, replace(card(), private=False)))
    (message,) = discord.world.posts(channel)
    answers.message = card("version")
    chosen = await discord.choose_on(message, "Exactly 1.2.3", at=channel, asker=ALICE)
    after = await chosen.answer()
    assert chosen.ack["type"] == DEFERRED
    assert chosen.private
    assert after["id"] != message["id"]
    assert title(message) == "✅ You get alerts: line"


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(
    "data",
    [
        {"custom_id": "choose-scope|ferry|7", "values": []},
        {"custom_id": "choose-scope|ferry|7", "values": ["a", "b"]},
        {"custom_id": "choose-scope|ferry|7", "values": ["\N{RIGHT-TO-LEFT OVERRIDE}"]},
        {"custom_id": "choose-scope|f e|7", "values": ["line"]},
        {"custom_id": "choose-scope|ferry|\N{ZERO WIDTH SPACE}", "values": ["line"]},
        {"custom_id": "pick|ferry|7", "values": ["1"]},
        {"custom_id": "unsubscribe|ferry|#7", "values": ["all"]},
    ],
)
async def test_a_forged_choice_is_refused(discord: DiscordStandIn, answers: Answers, data: dict[str, Any]) -> None:
    question = await discord.fire(3, {"component_type": 3} | data, at=discord.room())
    assert "I don't know what" in title(await question.answer())
    assert answers.requests == []
