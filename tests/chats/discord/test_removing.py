"""A message of ours is taken away again: in a channel itself, in a forum the whole post, as far as the bot may."""

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused
from tests.chats.discord.conftest import outgoing
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import FORUM

MANAGE_THREADS = 1 << 34


@pytest.mark.parametrize("may_manage", [True, False])
async def test_a_post_of_a_forum_is_deleted_or_emptied(
    discord: DiscordStandIn, chat: DiscordChat, may_manage: bool
) -> None:
    forum = discord.room(kind=FORUM)
    everyone = discord.world.guilds[discord.world.channels[forum]["guild_id"]]["roles"][0]
    permissions = int(everyone["permissions"])
    everyone["permissions"] = str(permissions | MANAGE_THREADS if may_manage else permissions & ~MANAGE_THREADS)
    reference = await chat.send(outgoing(forum))
    post = reference.partition("/")[0]
    room = RoomAddress(f"discord:{forum}")
    if may_manage:
        await chat.remove(room, reference)
    else:
        with pytest.raises(
            ChatRefused, match="the empty post stays: delete it by hand, or give the bot Manage Threads"
        ):
            await chat.remove(room, reference)
    assert (post in discord.world.channels) is not may_manage
    assert discord.world.posts(post) == []
