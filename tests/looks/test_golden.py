"""Every scene looks on both chats as its golden file says, and fits what the chat takes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.discord import format as discord_format
from chatbot.chats.discord.components.rows import with_row
from chatbot.chats.discord.marks import mark_of
from chatbot.chats.discord.questions.choosing import with_menu
from chatbot.chats.matrix import format as matrix_format
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandError, CommandRequest, read_line
from tests.looks import windlass as w
from tests.looks.scenes import SCENES, Scene
from tests.standins.discord import Recorded
from tests.standins.discord.rules import complaints

CHATS = Path(__file__).parents[1] / "chats"
DELIVERY = {"key": "k1", "announcement": "a1"}
MATRIX_LARGEST = 16_000  # bytes of body and HTML: encrypted and escaped they must stay below 64 KiB


def above_its_menu(scene: Scene) -> tuple[Message, dict[str, Any] | None]:
    """An answer as Discord shows it, with the menu that goes with it; everything else as it is."""
    command = read_line(scene.asked) if scene.kind == "answer" else CommandError("")
    if isinstance(command, CommandError):
        return scene.message, None
    question = CommandRequest(
        command=command[0].name, arguments=command[1], asker=RoomAddress("discord:user:1"), asked_at=w.NOW
    )
    return with_menu(question, scene.message)


def discord_payload(scene: Scene) -> dict[str, Any]:
    mark = mark_of(f"windlass/{scene.name}", "k1") if scene.kind in ("new", "edit", "reply") else ""
    to_payload = discord_format.to_edit_payload if scene.kind == "edit" else discord_format.to_payload
    message, menu = above_its_menu(scene)
    payload = to_payload(message, mark)
    return payload if menu is None else {**payload, "components": with_row(payload["components"], menu)}


def matrix_payload(scene: Scene) -> dict[str, Any]:
    if scene.kind == "edit":
        return matrix_format.to_edit(scene.message, DELIVERY, "$announcement", may_ping_room=True, numbered=scene.in_dm)
    in_dm = scene.in_dm and scene.kind == "answer"
    content = matrix_format.to_content(scene.message, DELIVERY, may_ping_room=True, in_dm=in_dm, numbered=scene.in_dm)
    return content if scene.kind == "new" else matrix_format.in_reply(content, "$before")


PAYLOADS = {"discord": discord_payload, "matrix": matrix_payload}


def golden(chat: str, name: str) -> Path:
    return CHATS / chat / "golden" / f"{name}.json"


@pytest.mark.parametrize("chat", sorted(PAYLOADS))
@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_scene_looks_as_its_golden_file_says(name: str, chat: str) -> None:
    """CHATBOT_WRITE_GOLDEN=1 writes the files again; the difference is for a person to judge."""
    scene = SCENES[name]
    document = {"name": name, "kind": scene.kind, "asked": scene.asked, "payload": PAYLOADS[chat](scene)}
    written = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    path = golden(chat, name)
    if os.environ.get("CHATBOT_WRITE_GOLDEN"):
        path.write_text(written, encoding="utf-8")
    assert path.is_file(), f"there is no {path.name} yet: write it with CHATBOT_WRITE_GOLDEN=1, and look at it"
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("chat", sorted(PAYLOADS))
def test_no_golden_file_is_left_of_a_scene_that_is_gone(chat: str) -> None:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (CHATS / chat / "golden").glob("*.json")]
    assert sorted(each["name"] for each in documents if "kind" in each) == sorted(SCENES)


def test_discord_takes_every_scene() -> None:
    refused = {}
    for name, scene in SCENES.items():
        body = discord_payload(scene)
        request = Recorded(method="POST", path="/channels/1/messages", body=body, content_type="application/json")
        refused[name] = complaints(request)
    assert {name: reasons for name, reasons in refused.items() if reasons} == {}


def test_matrix_takes_every_scene() -> None:
    contents = {name: matrix_payload(scene) for name, scene in SCENES.items()}
    new = {name: content.get("m.new_content", content) for name, content in contents.items()}
    sizes = {name: len((each["body"] + each["formatted_body"]).encode()) for name, each in new.items()}
    assert {name: size for name, size in sizes.items() if size > MATRIX_LARGEST} == {}


def test_there_is_a_scene_of_every_tone_and_of_every_kind() -> None:
    assert {scene.message.tone for scene in SCENES.values()} == set(Tone)
    assert {scene.kind for scene in SCENES.values()} == {"new", "edit", "reply", "answer"}
    assert len(SCENES) >= 30
