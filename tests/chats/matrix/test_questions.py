"""Questions against a real Synapse: which come in, once each, with which rights, and where the answer goes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.matrix.typing import MOST
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import Right
from chatbot.core.rate_allowance import AT_ONCE, RateAllowance
from tests.chats.matrix.bot import Bot, answer, away, now, running
from tests.standins.proxy import FaultyProxy
from tests.standins.synapse import Synapse, User, in_room

NEWS = Message(title="Mail 0.13.4", tone=Tone.ROUTINE)


def body(event: dict[str, Any]) -> str:
    return str(event.get("content", {}).get("body", ""))


async def together(alice: User, bot: Bot, **more: Any) -> str:
    """A room with both of them in it."""
    room = str(await away(lambda: alice.create_room(invite=[bot.user.id], **more)))
    await bot.knows(room, joined=2)
    return room


async def arguments_asked(bot: Bot, number: int) -> list[str]:
    """The commands that have come in, once there are so many."""
    await bot.memory.until(lambda: len(bot.memory.questions) >= number)
    return [question.ask.command for question in bot.memory.questions.values()]


async def direct_chat(bot: Bot, somebody: User) -> str:
    def commands_seen() -> list[str]:
        return [place for place, facts in bot.memory.places.items() if facts.get("direct") == somebody.id]

    await bot.memory.until(commands_seen)
    (only,) = commands_seen()
    return only


async def test_nothing_older_than_the_first_start_is_answered(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    room = await away(lambda: alice.create_room(invite=[user.id]))
    await away(user.join, room)
    await away(alice.send_text, room, "!supported 0.10")
    async with running(homeserver, tmp_path, user=user) as bot:
        await away(alice.send_text, room, "!latest")
        await away(alice.wait_for, room, lambda e: "answer: latest" in body(e))
        assert await arguments_asked(bot, 1) == ["latest"]


async def test_a_gap_of_hundreds_of_messages_loses_no_question(homeserver: Synapse, tmp_path: Path) -> None:
    alice, carol, user = homeserver.register("alice"), homeserver.register("carol"), homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        room = await together(alice, bot)
        memory = bot.memory
    for number in range(300):
        await away(alice.send_text, room, f"!supported 0.{number}" if number % 60 == 7 else f"talk {number}")
    await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": carol.id}))
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        await arguments_asked(bot, 5)
        await away(alice.wait_for, room, lambda e: "version=0.247" in body(e))
        versions = [question.ask.arguments["version"] for question in memory.questions.values()]
        assert versions == ["0.7", "0.67", "0.127", "0.187", "0.247"]


async def test_a_lost_token_makes_nobody_deaf(
    homeserver: Synapse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked meanwhile is answered, once; what is too old, or was said before, is not."""
    alice, user, shift = homeserver.register("alice"), homeserver.register("bot"), [timedelta(minutes=16)]
    async with running(homeserver, tmp_path, user=user) as bot:
        room, quiet = await together(alice, bot), await together(alice, bot)
        await away(alice.send_text, room, "!supported 0.1")
        await away(alice.wait_for, room, lambda e: "version=0.1" in body(e))
        await away(alice.send_text, quiet, "talk")
        memory = bot.memory
    memory.at = "nonsense"
    for number in (2, 3):
        await away(alice.send_text, room, f"!supported 0.{number}")
        await away(alice.send_text, room, f"talk {number}")
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        await arguments_asked(bot, 3)
        await away(alice.send_text, room, "!supported 0.4")
        await away(alice.wait_for, room, lambda e: "version=0.4" in body(e))
        versions = [question.ask.arguments["version"] for question in memory.questions.values()]
        assert versions == ["0.1", "0.2", "0.3", "0.4"]
    assert "our sync token" in capsys.readouterr().out
    memory.at = "nonsense"
    await away(alice.send_text, room, "!supported 0.5")
    async with running(homeserver, tmp_path, user=user, memory=memory, clock=lambda: now() + shift[0]) as bot:
        await memory.until(lambda: memory.at != "nonsense")
        shift[0] = timedelta()
        await away(alice.send_text, quiet, "!supported 0.6")
        await arguments_asked(bot, 5)
        assert [question.ask.arguments["version"] for question in memory.questions.values()][4:] == ["0.6"]
    answers = [body(event) for event in await away(alice.history, room) if "answer:" in body(event)]
    assert len(answers) == 4


async def test_a_question_that_waited_too_long_is_dropped(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    shift = [timedelta(minutes=16)]

    def clock() -> datetime:
        return now() + shift[0]

    async with running(homeserver, tmp_path, clock=clock) as bot:
        room = await together(alice, bot)
        before = bot.memory.at
        await away(alice.send_text, room, "!supported 0.10")
        await bot.memory.until(lambda: bot.memory.at != before)
        shift[0] = timedelta(minutes=14)
        await away(alice.send_text, room, "!latest")
        assert await arguments_asked(bot, 1) == ["latest"]


async def test_talk_is_left_alone(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        mine = (await bot.post(room, NEWS)).split()[1]
        other = await away(alice.send_text, room, "what do you think?")
        for words in ("!weather", "latest is greatest", "thank you, bot", "supported 0.11"):
            await away(alice.send_text, room, words)
        await away(lambda: alice.send_text(room, "latest", **{"m.relates_to": {"m.in_reply_to": {"event_id": other}}}))
        await away(lambda: alice.send(room, {"msgtype": "m.notice", "body": "!latest"}))
        await away(
            lambda: alice.send_text(room, "latest 0.13", **{"m.relates_to": {"m.in_reply_to": {"event_id": mine}}})
        )
        await away(alice.wait_for, room, lambda e: "latest line=0.13" in body(e))
        assert await arguments_asked(bot, 1) == ["latest"]


async def test_an_answer_stays_in_the_thread(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        root = await away(alice.send_text, room, "about versions")
        thread = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        question = await away(lambda: alice.send_text(room, "!latest", **{"m.relates_to": thread}))
        answer = await away(alice.wait_for, room, lambda e: "answer: latest" in body(e))
        assert answer["content"]["m.relates_to"] == {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": False,
            "m.in_reply_to": {"event_id": question},
        }


async def test_in_a_dm_every_word_is_answered(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot, is_direct=True)
        await away(alice.send_text, room, "supported 0.11")
        reply = await away(alice.wait_for, room, lambda e: "answer: supported version=0.11 [everyone]" in body(e))
        assert reply["content"]["msgtype"] == "m.text"  # a notice would be drawn as something that nobody said
        await away(alice.send_text, room, "hello there")
        await away(alice.wait_for, room, lambda e: "answer: help" in body(e))
        assert [question.ask.room for question in bot.memory.questions.values()] == ["", ""]


async def test_a_person_who_asks_too_much_is_asked_to_wait(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot, is_direct=True)
        for number in range(9):
            await away(alice.send_text, room, f"latest 0.{number}")
        await away(alice.wait_for, room, lambda e: "more than I can answer" in body(e))
        assert len(await arguments_asked(bot, 6)) == 6


async def test_a_private_answer_goes_to_a_dm_and_the_room_gets_a_note(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        question = await away(alice.send_text, room, "!report")
        response = await away(alice.wait_for, room, lambda e: "in a DM" in body(e))
        assert response["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == question
        assert not [e for e in await away(alice.history, room) if "answer: report" in body(e)]
        direct = await direct_chat(bot, alice)
        await away(alice.join, direct)
        noted = await away(bot.user.call, "GET", f"/v3/user/{bot.user.id}/account_data/m.direct")
        assert noted == {alice.id: [direct]}
        await bot.knows(direct, joined=2, other="join")
        await away(alice.send_text, room, "!report")
        await away(bot.user.wait_for, direct, lambda e: e["type"] == "m.room.encrypted")
        # who left is not followed, unless they ask again
        await away(alice.leave, direct)
        await bot.knows(direct, other="leave")
        await away(alice.send_text, room, "!report")
        await away(
            bot.user.wait_for,
            direct,
            lambda e: (
                e["content"].get("membership") == "invite"
                and e.get("state_key") == alice.id
                and "prev_content" in e.get("unsigned", {})
            ),
        )


async def test_a_redirect_names_the_author_and_removes_the_message(homeserver: Synapse, tmp_path: Path) -> None:
    alice, eve = homeserver.register("alice"), homeserver.register("eve")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        levels = await away(alice.state, room, "m.room.power_levels")
        await away(
            alice.put_state, room, "m.room.power_levels", {**levels, "users": {**levels["users"], bot.user.id: 50}}
        )
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": eve.id}))
        await away(eve.join, room)
        leak = await away(eve.send_text, room, "the overflow is in line 7")
        reply = {"m.relates_to": {"m.in_reply_to": {"event_id": leak}}}
        await away(lambda: eve.send_text(room, "!redirect", **reply))  # not for everybody
        await away(lambda: alice.send_text(room, "!redirect", **reply))
        await away(alice.wait_for, room, lambda e: "in a DM" in body(e))
        removed = await away(alice.call, "GET", f"{in_room(room)}/event/{leak}")
        assert removed["content"] == {}
        theirs, ours = bot.memory.questions.values()
        assert (theirs.ask.command, theirs.ask.arguments, Right.MODERATOR in theirs.ask.rights) == (
            "redirect",
            {},
            False,
        )
        assert (ours.ask.command, ours.ask.arguments, ours.ask.target) == ("redirect", {}, f"matrix:{eve.id}")
        assert theirs.ask.target == ""
        assert Right.MODERATOR in ours.ask.rights


async def test_a_redirect_is_about_nobody_whom_the_room_does_not_know(homeserver: Synapse, tmp_path: Path) -> None:
    """However the command is written: with a capital letter, without a sign as a reply, or picked from a list."""
    alice, eve, stranger, guest = (homeserver.register(name) for name in ("alice", "eve", "stranger", "guest"))
    async with running(homeserver, tmp_path, allowance=RateAllowance(at_once=100)) as bot:
        room = await together(alice, bot)
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": eve.id}))
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": guest.id}))  # has not come
        await away(eve.join, room)
        mine = (await bot.post(room, NEWS)).split()[1]
        reply = {"m.relates_to": {"m.in_reply_to": {"event_id": mine}}}
        nowhere = {"m.relates_to": {"m.in_reply_to": {"event_id": "$nothing"}}}
        picked = {"m.mentions": {"user_ids": [bot.user.id]}}
        lines: list[tuple[str, dict[str, Any]]] = []
        for whom in (stranger.id, guest.id, "@not/a:name", bot.user.id, room, "#x:hs.test", "matrix:!x:hs.test", ""):
            invoked = {"org.matrix.msc4391.command": {"command": "Redirect", "arguments": {"author": whom}}}
            lines += [
                (f"!Redirect {whom}", {}),
                (f"{bot.user.id}: REDIRECT {whom}", picked),
                ("x", {**picked, **invoked}),
            ]
        lines += [("!redirect", reply), ("!redirect", nowhere), (f"!redirect {eve.id}", {})]
        for line, content in lines:
            await away(lambda line=line, content=content: alice.send_text(room, line, **content))
        await away(lambda: alice.send_text(room, f"redirect {stranger.id}", **reply))  # no sign: talk
        await bot.memory.until(lambda: len(bot.memory.questions) == len(lines))
        requests = [(question.ask.command, question.ask.target) for question in bot.memory.questions.values()]
        assert requests == [("redirect", "")] * (len(lines) - 1) + [("redirect", f"matrix:{eve.id}")]
        assert not any("author" in question.ask.arguments for question in bot.memory.questions.values())


async def test_a_misspelt_command_may_be_corrected_by_an_edit(homeserver: Synapse, tmp_path: Path) -> None:
    alice, ben = homeserver.register("alice"), homeserver.register("ben")

    def edit(who: User, room: str, old: str, words: str) -> None:
        new = {"msgtype": "m.text", "body": words}
        who.send_text(
            room, f"* {words}", **{"m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": old}}
        )

    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot, preset="public_chat")
        await away(ben.join, room)
        wrong, right = (
            await away(alice.send_text, room, "!suported 1.0"),
            await away(alice.send_text, room, "!supported 2.0"),
        )
        await away(edit, ben, room, wrong, "!latest 3.0")  # Synapse lets nobody edit for others, but may be lied to
        await away(edit, alice, room, right, "!supported 4.0")  # it was answered
        await away(edit, alice, room, wrong, "!supported 5.0")
        await away(edit, alice, room, wrong, "!supported 6.0")  # and so is this now
        await away(alice.send_text, room, "!latest 7.0")
        await arguments_asked(bot, 4)
        await bot.memory.until(lambda: any(q.ask.command == "latest" for q in bot.memory.questions.values()))
        result = [(question.ask.command, dict(question.ask.arguments)) for question in bot.memory.questions.values()]
        assert result == [
            ("help", {"near": "supported"}),
            ("supported", {"version": "2.0"}),
            ("supported", {"version": "5.0"}),
            ("latest", {"line": "7.0"}),
        ]


async def test_an_answer_too_large_to_be_read_at_once_is_asked_for_in_pieces(
    homeserver: Synapse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        rooms = [await together(alice, bot) for _ in range(2)]
        memory = bot.memory
    for room in rooms:
        for number in range(90):
            await away(alice.send_text, room, "x" * 58_000 if number != 5 else f"!latest {rooms.index(room)}")
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        await arguments_asked(bot, 2)
        lines = sorted(question.ask.arguments["line"] for question in memory.questions.values())
        assert lines == ["0", "1"]
        await away(alice.send_text, rooms[0], "!latest 2")
        await arguments_asked(bot, 3)
    assert "is larger than" in capsys.readouterr().out


def typing(alice: User, room: str, since: str) -> tuple[list[str], str]:
    """Who types in the room, as soon as that changes."""
    response = alice.call("GET", f"/v3/sync?timeout=20000&since={since}")
    events = response.get("rooms", {}).get("join", {}).get(room, {}).get("ephemeral", {}).get("events", [])
    who = [event["content"]["user_ids"] for event in events if event["type"] == "m.typing"]
    return (who[0], response["next_batch"]) if who else typing(alice, room, response["next_batch"])


async def test_a_person_who_waits_longer_sees_the_bot_type(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False) as bot:
        room = await together(alice, bot)
        since = (await away(alice.call, "GET", "/v3/sync"))["next_batch"]
        await away(alice.send_text, room, "!latest")
        who, since = await away(typing, alice, room, since)
        assert who == [bot.user.id]
        (question,) = bot.memory.questions.values()
        await bot.chat.send(answer(question))
        who, since = await away(typing, alice, room, since)
        assert who == []


def who_types(alice: User, room: str) -> list[str]:
    """As somebody sees it who opens the client now."""
    response = alice.call("GET", "/v3/sync")
    events = response["rooms"]["join"][room]["ephemeral"]["events"]
    return [user for event in events if event["type"] == "m.typing" for user in event["content"]["user_ids"]]


async def test_the_bot_types_until_the_last_answer(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False) as bot:
        room = await together(alice, bot)
        since = (await away(alice.call, "GET", "/v3/sync"))["next_batch"]
        for number in range(3):
            await away(alice.send_text, room, f"!latest {number}")
        who, since = await away(typing, alice, room, since)
        assert who == [bot.user.id]
        await arguments_asked(bot, 3)
        *first, last = bot.memory.questions.values()
        for question in first:
            await bot.chat.send(answer(question))
        assert await away(who_types, alice, room) == [bot.user.id]
        await bot.chat.send(answer(last))
        who, since = await away(typing, alice, room, since)
        assert who == []


async def test_so_many_questions_wait_at_a_time(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False, allowance=RateAllowance(at_once=1000)) as bot:
        room = await together(alice, bot)
        for number in range(MOST + 10):
            await away(alice.send_text, room, f"!latest {number}")
        await arguments_asked(bot, MOST)
        await bot.chat.send(answer(next(iter(bot.memory.questions.values()))))
        await away(alice.send_text, room, "!latest 999")
        await bot.memory.until(lambda: any(q.ask.arguments["line"] == "999" for q in bot.memory.questions.values()))
        assert len(bot.memory.questions) <= MOST + 1


async def test_talk_of_one_person_costs_few_requests(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with FaultyProxy(homeserver.url) as way, running(homeserver, tmp_path, homeserver=way.url) as bot:
        room = await together(alice, bot)
        root = await away(alice.send_text, room, "root")
        for number in range(30):
            relation = {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": f"$nothing{number}"}}
            await away(lambda relation=relation: alice.send_text(room, "supported 1.0", **{"m.relates_to": relation}))
        ben = homeserver.register("ben")
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": ben.id}))
        await away(ben.join, room)
        await away(ben.send_text, room, "!latest")
        assert await arguments_asked(bot, 1) == ["latest"]
        assert sum("/event/" in line for line, _ in way.passed) <= 2 * (AT_ONCE + 2)


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_rights_are_those_of_this_moment(homeserver: Synapse, tmp_path: Path, version: str) -> None:
    alice, ben = homeserver.register("alice"), homeserver.register("ben")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot, version=version)
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": ben.id}))
        await away(ben.join, room)
        levels = await away(alice.state, room, "m.room.power_levels")

        async def rank(level: int | None) -> None:
            users = {user: power for user, power in levels["users"].items() if user != ben.id}
            changed = users if level is None else {**users, ben.id: level}
            await away(alice.put_state, room, "m.room.power_levels", {**levels, "users": changed})

        async def redirects(who: User) -> bool:
            """Whether `!redirect` is obeyed; a question that follows it says when it was heard."""
            event = await away(alice.send_text, room, "words")
            before = len(bot.memory.questions)
            await away(
                lambda: who.send_text(room, "!redirect", **{"m.relates_to": {"m.in_reply_to": {"event_id": event}}})
            )
            await away(alice.send_text, room, f"!latest {before}")
            await bot.memory.until(
                lambda: any(q.ask.arguments.get("line") == str(before) for q in bot.memory.questions.values())
            )
            question, _ = list(bot.memory.questions.values())[before:]
            return bool(question.ask.target) and Right.MODERATOR in question.ask.rights

        assert not await redirects(ben)
        await rank(50)
        assert await redirects(ben)
        await rank(None)
        assert not await redirects(ben)
        facts = bot.memory.places[room]
        assert facts["version"] == version
        assert Right.EVERYONE in next(iter(bot.memory.questions.values())).ask.rights
