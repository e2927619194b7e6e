"""The bot against a real Synapse: it says, edits and finds its messages, and answers what is asked."""

from pathlib import Path
from typing import Any

from chatbot.chats.matrix.format import MARK
from chatbot.core.model.message import Message, Tone, paragraph
from tests.chats.matrix.bot import away, outgoing, running
from tests.standins.synapse import Synapse

NEWS = Message(title="Mail 0.13.4", tone=Tone.ROUTINE, body=(paragraph("two bugs less"),))


def body(event: dict[str, Any]) -> str:
    return str(event.get("content", {}).get("body", ""))


async def test_a_message_is_posted_edited_and_found(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await away(lambda: alice.create_room(invite=[bot.user.id]))
        await bot.knows(room, joined=2)
        first = await bot.post(room, NEWS)
        assert await bot.post(room, NEWS) == first
        event = await away(alice.wait_for, room, lambda e: "Mail 0.13.4" in body(e))
        assert event["content"]["msgtype"] == "m.notice"
        assert event["content"]["m.mentions"] == {}
        assert "<p>two bugs less</p>" in event["content"]["formatted_body"]
        assert await bot.chat.find(outgoing(room, NEWS)) == first

        edit = outgoing(room, Message(title="Mail 0.13.4 – security", tone=Tone.SECURITY), replaces=first)
        assert await bot.chat.find(edit) is None
        assert await bot.chat.edit(edit) == first
        assert await bot.chat.find(edit) == first
        before_it = await away(alice.wait_for, room, lambda e: "– security" in body(e))
        assert before_it["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": event["event_id"]}
        assert len([e for e in await away(alice.history, room) if MARK in e["content"]]) == 2


async def test_a_question_is_answered_in_reply(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await away(lambda: alice.create_room(invite=[bot.user.id]))
        await bot.knows(room, joined=2)
        question = await away(alice.send_text, room, "!supported 0.11")
        reply = await away(alice.wait_for, room, lambda e: "supported version=0.11" in body(e))
        assert reply["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": question}}
        assert reply["content"]["msgtype"] == "m.notice"
