"""News in a thread of a real Synapse: they answer nobody, and are found again for what they are."""

from pathlib import Path

from chatbot.core.model.message import Message, Tone
from tests.chats.matrix.bot import away, outgoing, running
from tests.standins.synapse import Synapse


def news(title: str) -> Message:
    return Message(title=title, tone=Tone.ROUTINE)


async def test_news_stand_behind_the_newest_message_of_their_thread(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = str(await away(lambda: alice.create_room(invite=[bot.user.id])))
        await bot.knows(room, joined=2)
        root = await away(alice.send_text, room, "releases")
        place = f"matrix:{room}/{root}"

        async def relation(reference: str) -> dict[str, object]:
            event = await away(alice.call, "GET", f"/v3/rooms/{room}/event/{reference.split()[1]}")
            return dict(event["content"]["m.relates_to"])

        first = await bot.post(place, news("one"))
        assert await relation(first) == {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        talk = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
        newest = await away(lambda: alice.send_text(room, "thank you", **{"m.relates_to": talk}))
        second = await bot.post(place, news("two"))
        assert (await relation(second))["m.in_reply_to"] == {"event_id": newest}
        assert await bot.chat.find(outgoing(place, news("two"))) == second
        # the announcement itself is found without its key, and no reply to it is taken for it
        again = outgoing(place, news("two"), "anotherkey", announcement=outgoing(place, news("two")).announcement)
        assert await bot.chat.find(again) == second
        assert await bot.post(place, news("two")) == second
