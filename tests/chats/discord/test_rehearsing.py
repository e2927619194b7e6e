"""A connection that changes nothing outside of one channel: no command, no server, no follower, and no answer elsewhere."""

from dataclasses import replace

from tests.chats.discord.conftest import HASTY, Answers, make_chat, outgoing, running
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import ANNOUNCEMENT


async def test_nothing_is_done_outside_of_the_channel(discord: DiscordStandIn, answers: Answers) -> None:
    here, elsewhere = discord.room(kind=ANNOUNCEMENT), discord.room()
    options = replace(HASTY, only_in=int(here), allow_guilds=frozenset({1}))
    chat = make_chat(discord, answers, options)
    async with running(chat):
        await chat.send(outgoing(here))
        assert discord.world.commands == []
        await make_chat(discord, answers).sync()  # as the bot does that really runs
        silent = await discord.slash("latest", at=elsewhere)
        loud = await discord.slash("latest", at=here)
        await loud.answer()
        assert [ask.room for ask in answers.requests] == [f"discord:{here}"]
        assert not [request for request in discord.requests if silent.id in request.path]
    assert discord.world.left == []
    assert discord.world.crossposted == []
    assert len(discord.world.posts(here)) == 1
