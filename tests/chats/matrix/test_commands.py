"""Which words are meant for the bot. Other bots have commands too, and people talk."""

from typing import Any

import pytest

from chatbot.chats.matrix.commands import INVOCATION, Listener

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


def parse(event: dict[str, Any], *, direct: bool = False) -> str:
    """`command key=value …`, `command?` where it counts only as an answer to us, empty where nothing was asked."""
    parsed = BOB.hear(event, direct=direct)
    if parsed is None:
        return ""
    words = [parsed.command.name + "?" * parsed.if_ours, *(f"{k}={v}" for k, v in sorted(parsed.arguments.items()))]
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
        ("latest", THREAD, "", "latest"),
        ("supported 0.11", THREAD, "supported? version=0.11", "supported version=0.11"),
        ("supported 0.11", {"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}}, "supported? version=0.11", "supported version=0.11"),
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
    assert (parse(event), parse(event, direct=True)) == (in_room, in_direct)


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
    assert parse(event, direct=True) == ""


def test_a_redirect_names_the_message() -> None:
    parsed = BOB.hear(message("!redirect", **REPLY), direct=False)
    assert parsed is not None
    assert (parsed.command.name, parsed.answers) == ("redirect", "$said")
    assert BOB.hear(message("redirect", **REPLY), direct=False) is None
    for line in ("!redirect mail @eve:hs", "!redirect @eve:hs project:mail", "!redirect author:@eve:hs mail"):
        assert parse(message(line)) == "redirect author=@eve:hs project=mail"


def test_a_thread_is_kept() -> None:
    parsed = BOB.hear(message("!latest", **THREAD), direct=False)
    assert parsed is not None
    assert (parsed.thread, parsed.answers) == ("$root", "")


ENCODED, PLAIN = "https://matrix.to/#/%40bot%3Ahs.test", f"https://matrix.to/#/{US}"


def html(link: str, label: str, rest: str = " supported 2.2.0") -> dict[str, Any]:
    return {"format": "org.matrix.custom.html", "formatted_body": f'<a href="{link}">{label}</a>{rest}'}


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (f"[{US}]({PLAIN}) supported 2.2.0", {**html(PLAIN, US), **PILL}),  # Element X
        (f"[{US}]({PLAIN}) supported 2.2.0", {}),
        (f"[Release Bot]({ENCODED}): supported 2.2.0", {}),
        (f"[Release [1] Bot](<{ENCODED}>) supported 2.2.0", {}),
        (f"[x]({PLAIN}?via=hs.test&via=b.test) !supported 2.2.0", {}),
        (f"{PLAIN} supported 2.2.0", {}),
        (f"<{ENCODED}>: supported 2.2.0", {}),
        ("matrix:u/bot:hs.test supported 2.2.0", {}),
        ("bot supported 2.2.0", html(ENCODED, "bot")),  # nheko: no list of mentions
        ("bot supported 2.2.0", html(f"{PLAIN}?via=hs.test", "bot")),
        ("bot supported 2.2.0", html("matrix:u/bot:hs.test", "bot")),
        ("bot supported 2.2.0", {"formatted_body": f"<a href='{ENCODED}'>bot</a> supported 2.2.0"}),
        ("bot: supported 2.2.0", html(PLAIN, "bot")),  # Element Web
        ("The Helper supported 2.2.0", html(ENCODED, "The Helper")),  # a name that it has in this room alone
        ("Tom &amp; Jerry supported 2.2.0".replace("&amp;", "&"), html(ENCODED, "Tom &amp; Jerry")),
        ("@bot:hs.test supported 2.2.0", PILL),
        ("@Release Bot supported 2.2.0", PILL),
        ("RELEASE BOT， supported 2.2.0", {}),
        ("@room", {}),
    ],
)  # fmt: skip
def test_a_mention_in_every_form(body: str, content: dict[str, Any]) -> None:
    assert parse(message(body, **content)) == ("" if body == "@room" else "supported version=2.2.0")


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("[Ann](https://matrix.to/#/@ann:hs.test) supported 2.2.0", PILL),
        (f"[x]({PLAIN}.evil.test) supported 2.2.0", {}),
        (f"[x](https://evil.test/?{PLAIN}) supported 2.2.0", {}),
        ("[x](https://matrix.to/#/%40bot%3Ahs.test%2F..) supported 2.2.0", {}),
        ("bot supported 2.2.0", html("https://matrix.to/#/@ann:hs.test", "bot")),
        ("ann supported 2.2.0", html(ENCODED, "bot")),
        ("robot supported 2.2.0", PILL),
        ("bottle supported 2.2.0", PILL),
        ("bot.example supported 2.2.0", PILL),
        ("[" * 5000, PILL),
        ("bot supported 2.2.0", {"formatted_body": 'href="' * 20_000}),
        ("bot supported 2.2.0", {"formatted_body": ["x"], "m.mentions": {"user_ids": {"@bot:hs.test": 1}}}),
    ],
)
def test_who_else_is_pinged(body: str, content: dict[str, Any]) -> None:
    assert parse(message(body, **content)) == ""


TALK = [
    "policy looks good to me",
    "affected here too",
    "supported by whom?",
    "advisory is unclear",
    "latest",
    "latest one works for me",
    "help",
    "status?",
    "report it upstream",
    "credits to ann",
    "affected 2.1.4 too",
    "supported until 2027",
    "why though",
    "upgrade went fine",
    "template please",
    "advisories everywhere",
    "redirect @ann:hs.test",
]


@pytest.mark.parametrize("words", TALK)
def test_talk_below_an_announcement_is_no_question(words: str) -> None:
    assert parse(message(words, **THREAD)) == ""
    if words not in ("latest", "help"):  # a reply that is a command's name and no more may be meant
        assert parse(message(words, **REPLY)) == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("supported 2.1.4", "supported? version=2.1.4"),
        ("affected v0.15.3-rc.1", "affected? version=v0.15.3-rc.1"),
        ("latest 0.15", "latest? line=0.15"),
        ("advisory GHSA-2345-6789-cfgh", "advisory? id=GHSA-2345-6789-cfgh"),
        ("advisory cve-2026-1234", "advisory? id=cve-2026-1234"),
        ("why v1.0.0", "why? id=v1.0.0"),
        ("advisories high", "advisories? severity=high"),
    ],
)
def test_a_question_below_an_announcement(words: str, expected: str) -> None:
    assert parse(message(words, **THREAD)) == expected
    assert parse(message(words, **REPLY)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "!supported\u00a02.1.0",
        "\u200f!supported 2.1.0",
        "\u2067!supported\u2069 2.1.0",
        "!supported \u200f2.1.0\u200f",
        "\ufeff!\u200bsupported\u20032.1.0\u200e",
        "!supp\u00adorted\u3000\u20602.1\u200d.0",
        "\u061c! supported\u202f2.1.0",
    ],
)
def test_what_nobody_sees_changes_nothing(body: str) -> None:
    assert parse(message(body)) == "supported version=2.1.0"
    picked = {INVOCATION: {"command": "supported", "arguments": {"version": "\u200f2.1.0\u00a0"}}}
    assert parse(message("x", **PILL, **picked)) == "supported version=2.1.0"


def test_what_was_corrected_meanwhile_is_read_as_corrected() -> None:
    edit = {
        "type": "m.room.message",
        "sender": "@a:b",
        "content": {"m.new_content": {"msgtype": "m.text", "body": "!latest 2"}},
    }
    event = message("!lattest 2")
    assert parse({**event, "unsigned": {"m.relations": {"m.replace": edit}}}) == "latest line=2"
    others: tuple[Any, ...] = (
        {**edit, "sender": "@eve:b"},
        {"event_id": "$x"},
        [],
        {**edit, "content": {"m.new_content": "x"}},
    )
    for foreign in others:
        assert parse({**event, "unsigned": {"m.relations": {"m.replace": foreign}}}) == "help near=latest"


def test_a_long_quotation_is_left_out_quickly() -> None:
    body = "> x\n" * 30_000 + "\n!latest 2"
    assert parse(message(body, **REPLY)) == "latest line=2"
