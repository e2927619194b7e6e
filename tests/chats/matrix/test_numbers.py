"""Numbers as answers in a DM: typed, in reply, or as a reaction; in a room they are talk."""

from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.chats.matrix.commands import Listener, ParsedCommand
from chatbot.chats.matrix.format import to_content
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action, Menu, Message, Option, Tone

MAIL = ProjectId("mail")
LISTENER = Listener(us="@bot:example.org")
REPLY = {"m.in_reply_to": {"event_id": "$card"}}


def parse(content: Mapping[str, Any], *, direct: bool = True, kind: str = "m.room.message") -> ParsedCommand | None:
    return LISTENER.hear({"type": kind, "sender": "@alice:example.org", "content": content}, direct=direct)


def reaction(key: object, relation: str = "m.annotation") -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": relation, "event_id": "$card", "key": key}}


@pytest.mark.parametrize(
    ("kind", "content", "arguments"),
    [
        ("m.room.message", {"msgtype": "m.text", "body": "2"}, {"number": "2"}),
        ("m.room.message", {"msgtype": "m.text", "body": "2️⃣"}, {"number": "2"}),
        (
            "m.room.message",
            {"msgtype": "m.text", "body": "2", "m.relates_to": REPLY},
            {"number": "2", "message": "$card"},
        ),
        (
            "m.room.message",
            {"msgtype": "m.text", "body": "> <@bot:example.org> words\n\n3", "m.relates_to": REPLY},
            {"number": "3", "message": "$card"},
        ),
        ("m.reaction", reaction("1️⃣"), {"number": "1", "message": "$card"}),
    ],
)
def test_a_number_in_a_dm_is_an_answer(kind: str, content: dict[str, Any], arguments: dict[str, str]) -> None:
    command = parse(content, kind=kind)
    assert command is not None
    assert (command.command.name, dict(command.arguments)) == ("pick", arguments)
    assert parse(content, kind=kind, direct=False) is None


@pytest.mark.parametrize(
    "content",
    [reaction("👍"), reaction(""), reaction(7), reaction(None), reaction("1", "m.thread"), {"m.relates_to": "x"}, {}],
)
def test_any_other_reaction_is_nobodys_business(content: dict[str, Any]) -> None:
    assert parse(content, kind="m.reaction") is None


def test_a_version_is_no_number() -> None:
    question = parse({"msgtype": "m.text", "body": "supported 2"})
    assert question is not None
    assert question.command.name == "supported"


CARD = Message(
    title="You get alerts for 2.1",
    tone=Tone.ANSWER,
    actions=(Action("status", "Is all well?", MAIL, ""), Action("affected", "Am I affected?", MAIL, "")),
    menus=(
        Menu(
            name="pick",
            title="Releases of <2.1>",
            project=MAIL,
            subject="7",
            options=(Option("now", "Now"), Option("never", "Never", chosen=True)),
        ),
    ),
)


def test_the_numbers_stand_in_a_dm_alone() -> None:
    body = str(to_content(CARD, {}, numbered=True)["body"])
    lines = body.splitlines()
    first = lines.index("Answer with a number, or react with it:")
    assert lines[first + 1 :] == ["Releases of <2.1>:", "1  Now", "2  Never – as it is now", "3  Is all well?"]
    assert lines[first - 1].endswith("end !affected VERSION mail")
    assert "&lt;2.1&gt;" in str(to_content(CARD, {}, numbered=True)["formatted_body"])
    in_a_room = str(to_content(CARD, {})["body"])
    assert "number" not in in_a_room
    assert "Releases" not in in_a_room
