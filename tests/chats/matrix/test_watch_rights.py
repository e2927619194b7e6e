"""Who may have a room watched, and whom they may have pinged: by the word of a real Synapse at the call."""

from pathlib import Path

from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.rate_allowance import RateAllowance
from tests.chats.matrix.bot import Bot, away, running
from tests.standins.synapse import Synapse, User, in_room

ADMIN, MODERATOR = {Right.EVERYONE, Right.ROOM_ADMIN, Right.MODERATOR}, {Right.EVERYONE, Right.MODERATOR}


async def request_of(bot: Bot, who: User, room: str, line: str) -> CommandRequest:
    """What comes of a line that somebody sends."""
    event = await away(who.send_text, room, line)
    await bot.memory.until(lambda: any(event in name for name in bot.memory.questions))
    return next(question.ask for name, question in bot.memory.questions.items() if event in name)


async def test_rights_and_pings_are_those_of_the_moment(homeserver: Synapse, tmp_path: Path) -> None:
    alice, ben, carol = (homeserver.register(name) for name in ("alice", "ben", "carol"))
    async with running(homeserver, tmp_path, answers=False, allowance=RateAllowance(1000)) as bot:
        room = str(await away(lambda: alice.create_room(invite=[bot.user.id, ben.id])))
        await away(ben.join, room)
        await bot.knows(room, joined=3)
        levels = await away(alice.state, room, "m.room.power_levels")

        async def allow(level: int, **notifications: int) -> None:
            changed = {
                **levels,
                "users": {**levels["users"], ben.id: level},
                "redact": 20,
                "notifications": notifications,
            }
            await away(alice.put_state, room, "m.room.power_levels", changed)

        table = [
            (0, 50, {Right.EVERYONE}, set()),
            (20, 50, MODERATOR, set()),
            (20, 10, MODERATOR, {"room"}),
            (50, 60, ADMIN, set()),
            (50, 50, ADMIN, {"room"}),
            (0, 50, {Right.EVERYONE}, set()),
        ]
        for number, (level, needed, rights, may_ping) in enumerate(table):
            await allow(level, room=needed)
            for command in ("watch", "unwatch", "watching"):
                line = f"!{command}" if command == "watching" else f"!{command} ferry{number}"
                request = await request_of(bot, ben, room, line)
                assert (request.command, set(request.rights), set(request.may_ping)) == (command, rights, may_ping), (
                    line
                )
                assert (request.room, request.server) == (f"matrix:{room}", f"matrix:{room}")
        await allow(50, room=60)
        here = await request_of(bot, ben, room, f"!watch ferry events:security mention:{alice.id}")
        assert here.arguments == {"project": "ferry", "events": "security", "mention": alice.id}
        assert here.may_ping == {f"user:{alice.id}"}
        away_from_here = await request_of(bot, ben, room, f"!watch ferry mention:user:{carol.id}")
        assert away_from_here.may_ping == frozenset(), "she is not in the room"
        await away(lambda: alice.call("POST", f"{in_room(room)}/kick", {"user_id": ben.id}))


async def test_it_is_never_taken_from_mere_talk(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False) as bot:
        room = str(await away(lambda: alice.create_room(invite=[bot.user.id])))
        await bot.knows(room, joined=2)
        for line in ("watch ferry", "unwatch", "watching you"):
            await away(alice.send_text, room, line)
        assert (await request_of(bot, alice, room, "!latest")).command == "latest"
        assert len(bot.memory.questions) == 1
        wrong = await request_of(bot, alice, room, "!watching ferry")
        assert (wrong.command, wrong.arguments) == ("help", {"near": "watching"})
