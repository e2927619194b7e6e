"""A Matrix account that does nothing outside of one room: it answers, joins and declines nowhere else."""

import asyncio
from pathlib import Path

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.core.model.ids import RoomAddress
from tests.chats.matrix.bot import Memory, away, now
from tests.patience import PATIENCE
from tests.standins.synapse import Synapse


async def test_nothing_is_done_outside_of_the_room(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    here = str(await away(lambda: alice.create_room(invite=[user.id])))
    joined = str(await away(lambda: alice.create_room(invite=[user.id])))
    await away(user.join, joined)
    invited = str(await away(lambda: alice.create_room(invite=[user.id], is_direct=True)))
    account = Account(
        homeserver=homeserver.url, user_id=user.id, password=user.password, store_path=tmp_path / "matrix",
        allow_invites_from=("nobody.test", alice.id), direct_chats="members",
    )  # fmt: skip
    memory = Memory()
    chat = MatrixChat(
        account, memory, now, rooms=lambda: [RoomAddress(f"matrix:{joined}")], only_in=RoomAddress(f"matrix:{here}")
    )
    task = asyncio.create_task(chat.run())
    try:
        await memory.until(lambda: here in memory.places and not memory.places[here].get("invited_by"))
        for room in (joined, here):
            await away(alice.send_text, room, "!latest")
        await memory.until(lambda: memory.questions)
        assert [question.place for question in memory.questions.values()] == [here]
        async with asyncio.timeout(PATIENCE):
            await chat.ready()
        assert set(await away(user.joined_rooms)) == {here, joined}
        members = (await away(alice.call, "GET", f"/v3/rooms/{invited}/members"))["chunk"]
        assert {each["state_key"]: each["content"]["membership"] for each in members}[user.id] == "invite"
    finally:
        task.cancel()
        await asyncio.wait({task})
