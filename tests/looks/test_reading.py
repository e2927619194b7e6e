"""The reading test: what a phone shows of a message about security says how bad it is, what to do, and for what."""

import re

import pytest

from chatbot.core.model.message import Tone
from tests.looks.scenes import SCENES, Scene
from tests.looks.test_golden import discord_payload, matrix_payload
from tests.looks.windlass import WINDLASS

GLANCE = 160  # characters that a notification or a list of rooms shows
SEVERITY = re.compile(r"\b(critical|high|medium|low|severity (is )?not stated)\b", re.IGNORECASE)
TO_DO = re.compile(
    r"\b(upgrade|update to|take|no fix|no fixed (release|version)|not fixed|nothing to do|check whether|ask whether"
    r"|(is )?fixed in|fixes)\b",
    re.IGNORECASE,
)
MARKS = re.compile(r"<@&?[0-9]+>|@everyone|@room|[*_~`\\]|\[|\]\([^)]*\)")


def glance_discord(scene: Scene) -> str:
    """The content, which is what a notification shows; without one, the beginning of the embed."""
    payload = discord_payload(scene)
    (embed,) = payload["embeds"]
    parts = [embed.get("author", {}).get("name", ""), embed["title"], embed.get("description", "")]
    return MARKS.sub("", payload["content"] or "\n".join(filter(None, parts))).strip()[:GLANCE]


def glance_matrix(scene: Scene) -> str:
    content = matrix_payload(scene)
    return MARKS.sub("", str(content.get("m.new_content", content)["body"])).strip()[:GLANCE]


def lacking(words: str) -> list[str]:
    """What somebody who only glances at it does not learn."""
    needed = {
        "how bad it is": SEVERITY.search(words),
        "what to do": TO_DO.search(words),
        "the project": WINDLASS.name in words,
    }
    return [what for what, there in needed.items() if not there]


URGENT = [
    name
    for name, scene in SCENES.items()
    if scene.kind in ("new", "reply")
    and scene.message.tone in (Tone.SECURITY, Tone.CRITICAL)
    and scene.message.example is None  # a card asks maintainers about what it shows
]


@pytest.mark.parametrize("chat", ["discord", "matrix"])
def test_a_glance_at_a_message_about_security_is_enough(chat: str) -> None:
    glance = {"discord": glance_discord, "matrix": glance_matrix}[chat]
    words = {name: glance(SCENES[name]) for name in URGENT}
    assert {name: (lacking(each), each) for name, each in words.items() if lacking(each)} == {}


def test_there_are_such_messages_of_every_kind() -> None:
    severities = {"advisory-high-new", "advisory-low-new", "advisory-medium-no-fix-new", "advisory-exploited-new"}
    assert severities <= set(URGENT)
    assert len(URGENT) > 12


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("🚨 Windlass – Share links open every folder", ["how bad it is", "what to do"]),
        ("Critical vulnerability in Windlass: upgrade to 4.2.3", []),
        ("🔒 Security advisory · Low\nUpgrade: 4.2.x → 4.2.2", ["the project"]),
    ],
)
def test_what_a_glance_lacks(words: str, what: list[str]) -> None:
    assert lacking(words) == what
