"""Which words are meant for the bot. Other bots have commands too, and people talk."""

from typing import Any

import pytest

from chatbot.chats.matrix.commands import INVOCATION, REDIRECT, Listener

US = "@bot:hs.test"
BOB = Listener(us=US, name="Release Bot")
PILL = {"m.mentions": {"user_ids": [US]}}
REPLY = {"m.relates_to": {"m.in_reply_to": {"event_id": "$said"}}}
THREAD = {
    "m.relates_to": {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$x"},
    }
}


def message(body: object, **content: Any) -> dict[str, Any]:
    return {"type": "m.room.message", "sender": "@a:b", "content": {"msgtype": "m.text", "body": body, **content}}


def heard(event: dict[str, Any], *, direct: bool = False) -> str:
    """`command key=value …`, `command?` where it counts only as an answer to us, empty where nothing was asked."""
    found = BOB.hear(event, direct=direct)
    if found is None:
        return ""
    words = [found.command.name + "?" * found.if_ours, *(f"{k}={v}" for k, v in sorted(found.arguments.items()))]
    return " ".join(words)


@pytest.mark.parametrize(
    ("body", "content", "in_room", "in_direct"),
    [
        ("!supported 0.11", {}, "supported version=0.11", "supported version=0.11"),
        ("/supported version:0.11", {}, "supported version=0.11", "supported version=0.11"),
        ("!SUPPORTED 0.11", {}, "supported version=0.11", "supported version=0.11"),
        ("supported 0.11", {}, "", "supported version=0.11"),
        ("is 0.11 still supported?", {}, "", "help"),
        ("!weather Berlin", {}, "", "help"),
        ("!suported 0.11", {}, "help near=supported", "help near=supported"),
        ("!supportde", {}, "help near=supported", "help near=supported"),
        ("!stats", {}, "help near=status", "help near=status"),
        ("!st", {}, "", "help"),
        ("!supported 0.11 mail too much", {}, "help near=supported", "help near=supported"),
        ("/etc/passwd is readable", {}, "", "help"),
        ("!!!", {}, "", "help"),
        ("!", {}, "", "help"),
        ("", {}, "", "help"),
        (f"{US}: supported 0.11", PILL, "supported version=0.11", "supported version=0.11"),
        ("Release Bot: latest", PILL, "latest", "latest"),
        ("Release Bot latest", PILL, "latest", "latest"),
        ("release bot, latest", {}, "latest", "latest"),
        ("bot: latest", {}, "latest", "latest"),
        ("bot latest", {}, "", "help"),
        ("@bot !latest", PILL, "latest", "latest"),
        ("bottle: latest", {}, "", "help"),
        ("Release Bot", PILL, "help", "help"),
        ("Release Bot: thanks a lot", PILL, "help", "help"),
        ("I like the Release Bot", PILL, "", "help"),
        ("latest", REPLY, "latest?", "latest"),
        ("thank you", REPLY, "", "help"),
        ("> <@bot:hs.test> Mail 0.13.4\n> two bugs\n\n!latest 0.13", REPLY, "latest line=0.13", "latest line=0.13"),
        ("latest", THREAD, "latest?", "latest"),
        ("!latest\nand some words", {}, "latest", "latest"),
        ("!latest " + "x" * 5000, {}, "help near=latest", "help near=latest"),
        ("!latest", {"msgtype": "m.notice"}, "", ""),
        ("!latest", {"msgtype": "m.emote"}, "", "help"),
        ("cat.png", {"msgtype": "m.image"}, "", "help"),
        ("x", {"msgtype": ["m.text"]}, "", ""),
        ("* !latest", {"m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}}, "", ""),
        ("!latest", {"m.new_content": {}}, "", ""),
        (None, {}, "", ""),
        ("latest", {"m.relates_to": "x", "m.mentions": []}, "", "latest"),
        ("x", {**PILL, INVOCATION: {"command": "supported", "arguments": {"version": "0.11", "evil": "x"}}}, "supported version=0.11", "supported version=0.11"),
        ("x", {INVOCATION: {"command": "supported", "arguments": {}}}, "", "help"),
    ],
)  # fmt: skip
def test_what_is_asked(body: object, content: dict[str, Any], in_room: str, in_direct: str) -> None:
    event = message(body, **content)
    assert (heard(event), heard(event, direct=True)) == (in_room, in_direct)


@pytest.mark.parametrize(
    "event",
    [
        {**message("!latest"), "sender": US},
        {**message("!latest"), "type": "m.sticker"},
        {**message("!latest"), "content": None},
        {**message("!latest"), "content": "!latest"},
    ],
)
def test_what_is_no_question(event: dict[str, Any]) -> None:
    assert heard(event, direct=True) == ""


def test_a_redirect_names_the_message() -> None:
    found = BOB.hear(message("!redirect", **REPLY), direct=False)
    assert found is not None
    assert (found.command, found.answers) == (REDIRECT, "$said")
    assert BOB.hear(message("redirect", **REPLY), direct=False) is None
    assert heard(message("!redirect mail @eve:hs")) == "redirect author=@eve:hs project=mail"


def test_a_thread_is_kept() -> None:
    found = BOB.hear(message("!latest", **THREAD), direct=False)
    assert found is not None
    assert (found.thread, found.answers) == ("$root", "")
