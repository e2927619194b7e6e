"""`chatbot run` with both chats: a channel and a room are watched by command, are told of a release, and fall silent again."""

import signal
from pathlib import Path
from typing import Any

from tests.runtime.bot_process import BotHarness, open_bot
from tests.runtime.room_contents import title_of
from tests.standins.synapse import Synapse, in_room

MANAGE_CHANNELS = 1 << 4


def titles_in(there: BotHarness, room: str) -> list[str]:
    events = [event for event in there.reader.history(room) if event["type"] == "m.room.message"]
    return [title_of(str(event["content"]["body"])) for event in events if event["sender"] == there.bot]


async def test_a_channel_and_a_room_are_watched_by_command(homeserver: Synapse, tmp_path: Path) -> None:
    async with open_bot(tmp_path, homeserver) as there:
        await there.start()
        await there.baseline()
        channel = there.discord.room(name="by-command")
        room = there.reader.create_room(invite=[there.bot])
        await there.until(lambda: there.bot in _joined(there, room), "the bot is in the room")

        async def on_discord(command: str, **options: str) -> tuple[str, bool]:
            exchange = await there.discord.slash(command, options, at=channel, permissions=MANAGE_CHANNELS)
            answer: Any = await exchange.answer()
            return str(answer["embeds"][0]["title"]), exchange.private

        async def on_matrix(line: str, title: str) -> None:
            before = len(titles_in(there, room))
            there.reader.send_text(room, line)
            await there.until(lambda: len(titles_in(there, room)) > before, f"{line} is answered")
            assert title in titles_in(there, room)[-1]

        assert await on_discord("watch", project="ferry") == ("✅ This channel watches Ferry from now on", True)
        await on_matrix("!watch ferry events:releases", "This room watches Ferry from now on")
        there.publish("v1.0.1")
        await there.until(lambda: len(there.discord.world.posts(channel)) == 1, "the channel is told")
        await there.until(lambda: any("1.0.1" in title for title in titles_in(there, room)), "the room is told")
        assert "This channel watches Ferry" in (await on_discord("watching"))[0]

        await there.end(signal.SIGKILL)
        there.publish("v1.0.2")
        await there.start()
        await there.baseline()
        await there.until(lambda: len(there.discord.world.posts(channel)) == 2, "the channel is told after a kill")
        await there.until(
            lambda: any("1.0.2" in title for title in titles_in(there, room)), "the room is told after a kill"
        )

        assert await on_discord("unwatch", project="ferry") == ("✅ This channel no longer watches Ferry", True)
        await on_matrix("!unwatch ferry", "This room no longer watches Ferry")
        there.publish("v1.0.3")
        await there.until(
            lambda: any("1.0.3" in title for title in there.in_discord()), "the configured channel is told"
        )
        await there.until(lambda: any("1.0.3" in title for title in there.in_matrix()), "the configured room is told")
        assert len(there.discord.world.posts(channel)) == 2
        assert not any("1.0.3" in title for title in titles_in(there, room))


def _joined(there: BotHarness, room: str) -> dict[str, Any]:
    members: dict[str, Any] = there.reader.call("GET", f"{in_room(room)}/joined_members")["joined"]
    return members
