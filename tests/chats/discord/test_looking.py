"""Looking for a delivery in doubt: as far back as it may stand, whatever the clocks say, and no answer where that is too far."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.history import MOST_ARCHIVED, MOST_MESSAGES, MOST_POSTS
from chatbot.ports import ChatRefused, ChatUnavailable, Outgoing
from tests.chats.discord.conftest import outgoing
from tests.standins.discord import DiscordStandIn, Fault, objects
from tests.standins.discord.objects import FORUM

POST = r"POST /channels/\d+/messages$"
THREADS = r"POST /channels/\d+/threads$"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def tried(room: str, at: datetime) -> Outgoing:
    """A delivery whose first attempt our clock says was then."""
    return replace(outgoing(room), first_attempt_at=at)


def time_of(identifier: str) -> datetime:
    """When Discord says that it was made."""
    return datetime.fromtimestamp(((int(identifier) >> 22) + objects._EPOCH_MS) / 1000, UTC)


def chatter(discord: DiscordStandIn, room: str, many: int) -> None:
    for number in range(many):
        discord.world.write(room, f"people talk {number}")


async def lost_send(discord: DiscordStandIn, chat: DiscordChat, room: str) -> str:
    """Say it, and lose the answer; return what it stands under."""
    discord.plant(Fault(kind="drop_after", where=f"{POST}|{THREADS}"))
    with pytest.raises(ChatUnavailable) as cut:
        await chat.send(outgoing(room))
    assert cut.value.doubtful
    threads = [c["id"] for c in discord.world.channels.values() if c.get("parent_id") == room]
    place = threads[-1] if threads else room
    return f"{place}/{discord.world.posts(place)[-1]['id']}"


def pages(discord: DiscordStandIn) -> int:
    return len(
        [request for request in discord.requests if request.method == "GET" and request.path.endswith("/messages")]
    )


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(minutes=15), 23 * HOUR, -30 * DAY])
@pytest.mark.parametrize("kind", [objects.TEXT, FORUM])
async def test_it_is_found_though_our_clock_was_wrong(
    discord: DiscordStandIn, chat: DiscordChat, ahead: timedelta, kind: int
) -> None:
    room = discord.room(kind=kind)
    reference = await lost_send(discord, chat, room)
    created_at = time_of(reference.split("/")[1])
    assert await chat.find(tried(room, created_at + ahead)) == reference


async def test_it_is_found_behind_and_before_what_people_wrote(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    first = time_of(discord.world.write(room, "before the first attempt")["id"])
    chatter(discord, room, 1005)
    reference = await lost_send(discord, chat, room)
    assert await chat.find(tried(room, first)) == reference
    assert pages(discord) == 1
    chatter(discord, room, MOST_MESSAGES - 1)
    assert await chat.find(tried(room, first)) == reference


async def test_what_lies_too_far_back_is_no_answer(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    reference = await lost_send(discord, chat, room)
    first = time_of(reference.split("/")[1])
    chatter(discord, room, MOST_MESSAGES)
    with pytest.raises(ChatRefused, match="cannot be read so far back"):
        await chat.find(tried(room, first))
    assert pages(discord) == MOST_MESSAGES / 100


async def test_what_is_not_there_is_looked_for_as_far_as_it_may_be(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    chatter(discord, room, 250)
    now = time_of(discord.world.write(room, "now")["id"])
    assert await chat.find(tried(room, now)) is None
    assert pages(discord) == 3
    assert await chat.find(tried(room, now + DAY + HOUR)) is None  # all that was read lies before what may be ours
    assert pages(discord) == 4
    chatter(discord, room, MOST_MESSAGES)
    assert (
        await chat.find(tried(room, now + HOUR)) is None
    )  # it went back beyond the first attempt, if not to the whole day


async def test_a_post_is_found_behind_many_that_were_archived(discord: DiscordStandIn, chat: DiscordChat) -> None:
    forum = discord.room(kind=FORUM)
    reference = await lost_send(discord, chat, forum)
    first = time_of(reference.split("/")[0])
    archived(discord, reference.split("/")[0], first)
    for number in range(MOST_ARCHIVED - 1):  # of other people, all archived later
        thread = discord.world.add_thread(forum, f"a thread {number}")
        thread["owner_id"] = discord.world.owner["id"]
        archived(discord, thread["id"], first + timedelta(seconds=1 + number))
    assert await chat.find(tried(forum, first)) == reference
    last = discord.world.add_thread(forum, "one more")
    archived(discord, last["id"], first + HOUR)
    with pytest.raises(ChatRefused, match="cannot be read so far back"):
        await chat.find(tried(forum, first))
    assert await chat.find(tried(forum, first + DAY + 2 * HOUR)) is None


def archived(discord: DiscordStandIn, thread: str, at: datetime) -> None:
    metadata = discord.world.channels[thread]["thread_metadata"]
    metadata["archived"], metadata["archive_timestamp"] = True, at.isoformat()


async def test_a_post_is_searched_for_among_those_of_its_time_first(discord: DiscordStandIn, chat: DiscordChat) -> None:
    forum = discord.room(kind=FORUM)
    first = time_of((await lost_send(discord, chat, forum)).split("/")[0])
    for number in range(MOST_POSTS):
        thread = discord.world.add_thread(forum, f"a later post {number}")["id"]
        opening = objects.message(thread, discord.world.me, {"content": "x"}) | {"id": thread}
        discord.world.messages[thread] = {thread: opening}
    before = len(discord.requests)
    assert await chat.find(tried(forum, first))
    assert len(discord.requests) - before < 10
    with pytest.raises(ChatRefused, match="cannot be read so far back"):
        await chat.find(replace(tried(forum, first), announcement="another", key="k2"))


async def test_a_post_that_lost_its_words_is_not_ours(discord: DiscordStandIn, chat: DiscordChat) -> None:
    forum = discord.room(kind=FORUM)
    reference = await lost_send(discord, chat, forum)
    post = reference.split("/")[0]
    discord.world.delete(post, post)
    assert await chat.find(tried(forum, time_of(post))) is None
