"""Words that a member types, presses or forges: whatever they are, the answer pings nobody, links nowhere and fits."""

import json

import pytest

from chatbot.chats import PROFILES
from tests.runtime.subscriptions.stage import ANN, CHANNEL, OLA, ROOM, Stage

WORDS = [
    "@everyone",
    "<@&1001> <@1> @room",
    "[4.1](https://evil.example)",
    "https://evil.example/4.1",
    "<a href='https://evil.example'>4.1</a>",
    "**4.1** `4.1` ||4.1||\n# 4.1",
    "\u202e1.4\u2066",
    "4" * 5000,
    "4." * 2500,
    "#" + "9" * 400,
    "line:" + "4." * 400,
    "😀" * 3000,
    "all\x00",
]
COMMANDS = {
    "subscribe": "version",
    "unsubscribe": "version",
    "upgraded": "version",
    "snooze": "id",
    "mute": "id",
    "unmute": "id",
    "choose-scope": "value",
    "choose-releases": "value",
    "choose-subscription": "value",
    "choose-end": "value",
    "choose-moved": "id",
}


@pytest.mark.parametrize("words", WORDS, ids=lambda words: repr(words[:12]))
async def test_no_words_act(stage: Stage, words: str) -> None:
    who, room = (ANN, CHANNEL) if WORDS.index(words) % 2 else (OLA, ROOM)
    await stage.type("subscribe 4.1.8", who, room=room)
    await stage.type("subscribe 4.2", who, room=room)
    for command, name in COMMANDS.items():
        for arguments in ({name: words, "id": f"1 {words}"[:5000]}, {name: "4.1.8", "project": words}):
            answer = await stage.ask(command, arguments, who, room=room)
            for profile in PROFILES:
                payload = json.dumps(profile.preview(answer)) if profile.preview else ""
                assert len(payload) < 20_000, command
                assert '"m.mentions": {"' not in payload, command
                assert 'href=\\"https://evil' not in payload, command
                assert profile.name != "discord" or ("](https://evil" not in payload and '"parse": []' in payload), (
                    command
                )
    assert set(await stage.scopes(who)) <= {("line", "4.1"), ("line", "4.2")}
