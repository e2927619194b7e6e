"""A few messages beside a running bot: they come and go where no encryption is needed; where it is, the reason is said."""

from pathlib import Path

from chatbot.chats.matrix.client import MatrixChat
from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.checks.trial_message import Trial
from tests.chats.matrix.bot import Memory, away, now, running
from tests.standins.synapse import Synapse

MEGOLM = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


async def test_a_message_is_tried_beside_the_running_bot_and_without_it(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False) as bot:
        plain = str(await away(lambda: alice.create_room(invite=[bot.user.id])))
        sealed = str(await away(lambda: alice.create_room(invite=[bot.user.id], initial_state=[MEGOLM])))
        for room in (plain, sealed):
            await bot.knows(room, joined=2)
        beside = MatrixChat(bot.account, Memory(), now)
        fine, refused = [await Trial(beside, RoomAddress(f"matrix:{room}"), now()).run() for room in (plain, sealed)]
        assert [(each.subject, each.verdict) for each in fine] == [
            (step, "fine") for step in ("post", "read back", "edit", "remove")
        ]
        (post,) = refused
        assert (post.verdict, "the running bot holds the keys: stop it" in post.words) == ("wrong", True)
    without = await Trial(MatrixChat(bot.account, Memory(), now), RoomAddress(f"matrix:{sealed}"), now()).run()
    assert [each.verdict for each in without] == ["fine"] * 4
    for room in (plain, sealed):
        ours = [each for each in await away(alice.history, room) if each["sender"] == bot.user.id]
        messages = [each["content"] for each in ours if each["type"] in ("m.room.message", "m.room.encrypted")]
        assert len(messages) == 2
        assert not [content for content in messages if "body" in content or "ciphertext" in content]
