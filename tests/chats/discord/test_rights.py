"""Who counts as what, and what buttons, menus and forms may carry: a custom id says nothing that is not looked up again."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.chats.discord.components import carried
from chatbot.chats.discord.questions import modals
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import CHOOSE, Action, Message, Tone, paragraph
from chatbot.core.queries.commands import COMMANDS, CommandRequest, Kind, Right, find
from tests.chats.discord.conftest import NOW, Answers, make_chat, running
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

MANAGE_MESSAGES = 1 << 13
MALLORY = user("mallory", identifier="4711")


def title(payload: Any) -> str:
    return str(payload["embeds"][0]["title"])


# ---- places --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(
    ("command", "options"),
    [("why", {"id": "v1"}), ("status", {}), ("report", {}), ("supported", {"version": "1.0"}), ("help", {})],
)
async def test_a_group_of_people_is_no_direct_message(
    discord: DiscordStandIn, answers: Answers, command: str, options: dict[str, str]
) -> None:
    group = discord.group(MALLORY, user("bob"))
    question = await discord.slash(command, options, at=group, asker=MALLORY)
    await question.answer()
    assert question.private
    (ask,) = answers.requests
    assert (ask.room, ask.stranger) == (f"discord:{group}", True)
    assert not ask.also
    assert ask.rights == {Right.EVERYONE}


@pytest.mark.usefixtures("chat")
async def test_presses_and_completions_in_a_group_are_a_strangers(discord: DiscordStandIn, answers: Answers) -> None:
    group = discord.group(MALLORY, user("bob"))
    pressed = await discord.press(carried.custom_id(Action("template", "", ProjectId("example"), "report")), at=group)
    await pressed.answer()
    await (await discord.typing("supported", "version", "1", at=group)).answer()
    assert [ask.stranger for ask in answers.requests] == [True, True]


@pytest.mark.usefixtures("chat")
async def test_only_the_bots_own_direct_channel_is_direct(discord: DiscordStandIn, answers: Answers) -> None:
    question = await discord.slash("status", at=discord.direct(MALLORY), asker=MALLORY)
    await question.answer()
    assert (answers.requests[0].room, answers.requests[0].stranger) == ("", False)


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("context", [None, 2, 7])
async def test_a_direct_channel_that_discord_does_not_call_the_bots_is_not(
    discord: DiscordStandIn, answers: Answers, context: int | None
) -> None:
    """Of two people who use the bot between them, and of a place that Discord does not name."""
    channel = discord.direct(MALLORY)
    exchange, event = discord.interactions.make(
        2,
        discord._command("status", {}),
        channel_id=channel,
        asker=MALLORY,
        permissions=0,
        roles=(),
    )
    event["context"] = context
    if context is None:
        del event["context"]
    await discord.gateway.dispatch("INTERACTION_CREATE", event)
    await exchange.answer()
    assert exchange.private
    assert answers.requests[0].stranger


# ---- what may be carried -------------------------------------------------------------------------------------------------

FORGED = [
    "redirect|p|x",
    "why|p|v1",
    "status||",
    "help||",
    "report|p|",
    "a|b|c|d",
    "x||",
    "affected|p",
    "affected",
    "",
    "upgrade|p|s",
    "affected|p q|s",
    "affected|\N{ZERO WIDTH SPACE}|s",
    "choose|redirect|message=1%2F2",
    "affected|" + "x" * 90 + "|y",
    "|||",
    "affected|p|" + "y" * 200,
    "REMOVE|p|1/2",
    " remove|p|1/2",
]


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("forged", FORGED)
async def test_a_button_carries_what_a_button_may_carry(discord: DiscordStandIn, answers: Answers, forged: str) -> None:
    question = await discord.press(forged, at=discord.room(), permissions=MANAGE_MESSAGES)
    assert "I don't know what" in title(await question.answer())
    assert question.private
    assert answers.requests == []


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("forged", ["redirect|p|x", "redirect||", "why|p|v1", "template|p|", "remove|p|1/2", "", "x"])
async def test_a_form_that_nobody_opened_is_refused(discord: DiscordStandIn, answers: Answers, forged: str) -> None:
    fields = {"author": "discord:user:999", "message": "x", "version": "1.0"}
    question = await discord.submit({"custom_id": forged}, fields, at=discord.room(), permissions=MANAGE_MESSAGES)
    assert "I don't know what" in title(await question.answer())
    assert question.private
    assert answers.requests == []


@pytest.mark.usefixtures("chat")
async def test_a_form_has_its_fields_and_no_others(discord: DiscordStandIn, answers: Answers) -> None:
    fields = {"version": "1.2.3", "author": "discord:user:999", "project": "other", "message": "1/2"}
    question = await discord.submit({"custom_id": "affected|example|s"}, fields, at=discord.room())
    await question.answer()
    assert answers.requests[0].arguments == {"version": "1.2.3", "project": "example"}


@pytest.mark.usefixtures("chat")
async def test_a_command_has_its_parameters_and_no_others(discord: DiscordStandIn, answers: Answers) -> None:
    options = {"version": "1.2.3", "author": "discord:user:999", "subject": "x"}
    await (await discord.slash("affected", options, at=discord.room())).answer()
    assert answers.requests[0].arguments == {"version": "1.2.3"}


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("data", [{"name": "redirect", "type": 1}, {"name": "nothing", "type": 1}, {"type": 3}, {}])
async def test_a_command_that_does_not_exist_there_is_refused(
    discord: DiscordStandIn, answers: Answers, data: dict[str, Any]
) -> None:
    """`redirect` is an entry in the menu of a message: as a typed command its author would be the asker's own word."""
    options = [{"name": "author", "type": 3, "value": "discord:user:999"}]
    forged = {"id": "1", "options": options} | data
    question = await discord.fire(2, forged, at=discord.room(), permissions=MANAGE_MESSAGES)
    assert "I don't know this command" in title(await question.answer())
    assert answers.requests == []


TEXTS = st.text(st.characters(blacklist_categories=())) | st.sampled_from(FORGED)


@given(TEXTS)
def test_whatever_comes_as_a_custom_id_is_read_or_refused(text: str) -> None:
    button, form, menu = carried.read_button(text), carried.read_form(text), carried.read_menu(text)
    assert button is None or button.name in carried.BUTTONS
    assert form is None or form.name in carried.FORMS
    if menu is not None:
        permitted = {p.name for c in COMMANDS if c.name == menu.command for p in c.parameters} | {"message"}
        assert set(menu.arguments) <= permitted - {"author", "project"}


@given(st.dictionaries(st.sampled_from(["components", "custom_id"]), st.lists(st.dictionaries(st.text(), TEXTS))))
def test_whatever_a_form_holds_is_read_or_left_out(data: dict[str, Any]) -> None:
    assert set(modals.values(data, "affected")) <= {"version"}


def test_a_menu_says_what_was_asked_and_never_who_is_meant() -> None:
    arguments = {"message": "12345678901234567890/12345678901234567890", "author": "discord:user:1", "project": "p"}
    ask = CommandRequest(command="redirect", arguments=arguments, asker=RoomAddress("discord:user:2"), asked_at=NOW)
    menu = carried.read_menu(carried.menu_id(ask))
    assert menu == carried.Carried(command="redirect", arguments={"message": arguments["message"]})
    assert carried.read_menu("choose|redirect|author=discord%3Auser%3A1&message=1%2F2") is None
    assert carried.read_menu("choose|supported|version=1.0&project=p") is None


def test_a_question_too_long_for_a_menu_gets_none() -> None:
    ask = CommandRequest(
        command="policy", arguments={"section": "é" * 90}, asker=RoomAddress("discord:user:2"), asked_at=NOW
    )
    assert carried.menu_id(ask) == ""


# ---- the choice of a project ----------------------------------------------------------------------------------------------

WHICH = Message(
    title="Which project?",
    tone=Tone.UNSURE,
    actions=tuple(Action(CHOOSE, name.title(), ProjectId(name), "") for name in ("ferry", "lantern")),
    private=True,
)


@dataclass
class Undecided(Answers):
    """Does not know which of two projects is meant until it is named."""

    reason: str = ""

    async def answer(self, ask: CommandRequest) -> Message:
        await super().answer(ask)
        if (name := ask.arguments.get("project")) in ("ferry", "lantern"):
            return Message(title=f"{name.title()} it is", tone=Tone.GOOD)
        lines = (
            *([paragraph(self.reason)] if self.reason else []),
            paragraph(f"Send one of these: /{ask.command} ferry"),
        )
        return replace(WHICH, body=lines)


def menu_of(payload: Any) -> Any:
    (menu,) = [one for row in payload["components"] for one in row["components"] if one["type"] == carried.SELECT]
    return menu


@pytest.mark.usefixtures("chat")
async def test_which_project_is_a_menu_for_the_asker_alone(discord: DiscordStandIn, answers: Answers) -> None:
    answers.message, room = WHICH, discord.room()
    question = await discord.slash("supported", {"version": "1.0"}, at=room)
    menu = menu_of(await question.answer())
    assert question.private
    assert [option["label"] for option in menu["options"]] == ["Ferry", "Lantern"]
    answers.message = Message(title="It is supported", tone=Tone.GOOD)
    chosen = await discord.choose(menu, "lantern", at=room)
    assert "It is supported" in title(await chosen.answer())
    assert answers.requests[-1].arguments == {"version": "1.0", "project": "lantern"}


@pytest.mark.parametrize(
    "command",
    [
        c.name
        for c in COMMANDS
        if c.right is Right.EVERYONE and not c.hidden and any(p.kind is Kind.PROJECT for p in c.parameters)
    ],
)
async def test_every_command_asks_which_project_and_goes_on_with_the_one_chosen(
    discord: DiscordStandIn, command: str
) -> None:
    answers, room, arguments = Undecided(), discord.room(), {"version": "1.0", "id": "CVE-2030-1", "section": "Scope"}
    definition = find(command)
    assert definition is not None
    options = {
        parameter.name: arguments[parameter.name] for parameter in definition.parameters if parameter.name in arguments
    }
    async with running(make_chat(discord, answers)):
        question = await discord.slash(command, options, at=room)
        payload = await question.answer()
        assert question.private
        assert "Send one of these" not in str(payload)  # a command is not sent as a line here
        chosen = await discord.choose(menu_of(payload), "lantern", at=room)
        assert "Lantern it is" in title(await chosen.answer())
        assert answers.requests[-1].arguments == options | {"project": "lantern"}


async def test_a_redirect_from_a_message_s_menu_asks_which_project_and_goes_on(discord: DiscordStandIn) -> None:
    answers, room, finder = Undecided(), discord.room(), user("finder")
    message = discord.world.write(room, "there is a hole", finder)
    async with running(make_chat(discord, answers)):
        question = await discord.use_on_message(
            "Redirect to private report", message, at=room, permissions=MANAGE_MESSAGES
        )
        menu = menu_of(await question.answer())
        chosen = await discord.choose(menu, "ferry", at=room, permissions=MANAGE_MESSAGES)
        assert "Ferry it is" in title(await chosen.answer())
    ask = answers.requests[-1]
    assert (ask.command, ask.target, ask.arguments["project"]) == ("redirect", f"discord:user:{finder['id']}", "ferry")


async def test_a_question_too_long_for_a_menu_names_the_option(discord: DiscordStandIn) -> None:
    async with running(make_chat(discord, Undecided())):
        payload = await (await discord.slash("policy", {"section": "é" * 90}, at=discord.room())).answer()
    assert payload["components"] == []
    assert "Ask again with the option `project`: ferry, lantern." in str(payload)


async def test_why_a_name_was_not_understood_stands_above_the_menu(discord: DiscordStandIn) -> None:
    async with running(make_chat(discord, Undecided(reason="There is no project “fery” here."))):
        payload = await (await discord.slash("latest", {"project": "fery"}, at=discord.room())).answer()
    assert menu_of(payload)
    assert payload["embeds"][0]["description"] == "There is no project “fery” here.\n\nChoose one below."


@pytest.mark.usefixtures("chat")
async def test_more_projects_than_a_menu_holds(discord: DiscordStandIn, answers: Answers) -> None:
    answers.message = Message(
        title="Which project?",
        tone=Tone.UNSURE,
        actions=tuple(Action(CHOOSE, "N" * 200, ProjectId(f"p{n}"), "") for n in range(40)),
        private=True,
    )
    payload = await (await discord.slash("latest", at=discord.room())).answer()
    assert len(menu_of(payload)["options"]) == 25
    assert "Or ask again with the option `project`: p25, p26" in str(payload)


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(
    "data",
    [
        {"custom_id": "choose|supported|version=1.0", "values": []},
        {"custom_id": "choose|supported|version=1.0", "values": ["a", "b"]},
        {"custom_id": "choose|supported|version=1.0", "values": [None]},
        {"custom_id": "choose|supported|version=1.0"},
        {"custom_id": "choose|nothing|", "values": ["a"]},
        {"custom_id": "affected|p|s", "values": ["a"]},
        {"custom_id": "choose|redirect|author=x", "values": ["a"]},
    ],
)
async def test_a_forged_choice_is_refused(discord: DiscordStandIn, answers: Answers, data: dict[str, Any]) -> None:
    question = await discord.fire(3, {"component_type": 3} | data, at=discord.room(), permissions=MANAGE_MESSAGES)
    assert "I don't know what" in title(await question.answer())
    assert answers.requests == []


async def redirected(discord: DiscordStandIn, reference: str, at: str, permissions: int = MANAGE_MESSAGES) -> Any:
    menu = {"custom_id": carried.menu_id(_redirect(reference))}
    return await discord.choose(menu, "ferry", at=at, permissions=permissions)


def _redirect(reference: str) -> CommandRequest:
    return CommandRequest(
        command="redirect", arguments={"message": reference}, asker=RoomAddress("discord:user:2"), asked_at=NOW
    )


@pytest.mark.usefixtures("chat")
async def test_whose_message_it_is_is_looked_up_when_the_project_is_chosen(
    discord: DiscordStandIn, answers: Answers
) -> None:
    room, other, finder = discord.room(), discord.room(name="other"), user("finder")
    here, elsewhere = discord.world.write(room, "a", finder), discord.world.write(other, "b", finder)
    await (await redirected(discord, f"{room}/{here['id']}", room)).answer()
    assert answers.requests[-1].target == f"discord:user:{finder['id']}"
    assert Right.MODERATOR in answers.requests[-1].rights
    for reference in (f"{other}/{elsewhere['id']}", f"{room}/1", "x", f"{room}/x"):
        unknown = await redirected(discord, reference, room)
        assert "I can't see that message" in title(await unknown.answer())
    assert len(answers.requests) == 1


@pytest.mark.usefixtures("chat")
async def test_rights_are_checked_again_when_the_project_is_chosen(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    message = discord.world.write(room, "a", user("finder"))
    await (await redirected(discord, f"{room}/{message['id']}", room, permissions=0)).answer()
    (ask,) = answers.requests
    assert Right.MODERATOR not in ask.rights
    assert "author" not in ask.arguments


@pytest.mark.usefixtures("chat")
async def test_a_message_of_a_bot_has_no_author_to_be_written_to(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    message = discord.world.write(room, "a", user("machine", bot=True))
    await (await redirected(discord, f"{room}/{message['id']}", room)).answer()
    assert "author" not in answers.requests[0].arguments
