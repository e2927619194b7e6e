"""Rooms of other kinds: forums, announcement channels and threads."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.crossposts import FOR_SECURITY, Crossposts
from chatbot.chats.discord.forum import name_of, post
from chatbot.chats.discord.marks import mark_of
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused, ChatUnavailable
from tests.chats.discord.conftest import MESSAGE, Answers, make_chat, outgoing, running
from tests.chats.discord.shown import MESSAGES
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import ANNOUNCEMENT, FORUM

THREADS = r"POST /channels/\d+/threads$"
SEE, SEND = 1 << 10, 1 << 11
SECURITY = Message(title="Example: all mail is readable", tone=Tone.SECURITY, url="https://example.org/GHSA-1")


@pytest.fixture
def forum(discord: DiscordStandIn) -> str:
    return discord.room(kind=FORUM, name="news", tags=("Releases", "Security"))


@pytest.fixture
def announcements(discord: DiscordStandIn) -> str:
    return discord.room(kind=ANNOUNCEMENT, name="announcements")


def posts(discord: DiscordStandIn, forum: str) -> list[str]:
    return [c["id"] for c in discord.world.channels.values() if c.get("parent_id") == forum and "thread_metadata" in c]


async def test_a_forum_gets_a_post_with_the_tags_that_suit(
    discord: DiscordStandIn, forum: str, chat: DiscordChat
) -> None:
    reference = await chat.send(outgoing(forum, MESSAGES["security"]))
    (thread,) = posts(discord, forum)
    assert reference == f"{thread}/{thread}"
    tags = {tag["id"]: tag["name"] for tag in discord.world.channels[forum]["available_tags"]}
    assert [tags[t] for t in discord.world.channels[thread]["applied_tags"]] == ["Security"]
    edited = await chat.edit(outgoing(forum, replaces=reference, key="k2"))
    assert edited == reference
    assert discord.world.messages[thread][thread]["embeds"][0]["title"] == "Example 1.2.3"


@pytest.mark.parametrize("announced", [True, False])
async def test_a_forum_is_known_before_the_gateway_has_sent_it(
    discord: DiscordStandIn, answers: Answers, *, announced: bool
) -> None:
    """It is new and we have not heard of it yet, or the gateway is away and knows of no server at all."""
    discord.gateway.close_identify_with = None if announced else 4008
    own_chat = make_chat(discord, answers)
    async with running(own_chat, wait=announced):
        await discord.gateway.until(identifies=1)
        forum, late = discord.room(kind=FORUM), discord.room(kind=ANNOUNCEMENT)
        thread = str(discord.world.add_thread(late, "updates")["id"])
        references = {key: await own_chat.send(outgoing(forum, key=key, announcement=key)) for key in ("k1", "k2")}
        assert sorted(references.values()) == sorted(f"{post}/{post}" for post in posts(discord, forum))
        assert {
            key: await own_chat.find(outgoing(forum, key=key, announcement=key)) for key in references
        } == references
        for key, room in (("k3", late), ("k4", thread)):
            reference = await own_chat.send(outgoing(room, key=key))
            assert await own_chat.find(outgoing(room, key=key)) == reference
        assert len(own_chat._crossposts._remembered) == 1
        discord.world.refusals[forum] = (403, 50001, "Missing Access")
        with pytest.raises(ChatRefused, match="View Channel"):
            await own_chat.find(outgoing(forum))


async def test_what_kind_a_channel_is_is_asked_once(discord: DiscordStandIn, chat: DiscordChat) -> None:
    forum = discord.room(kind=FORUM)
    for key in ("k1", "k2", "k3"):
        await chat.send(outgoing(forum, key=key))
        await chat.send(outgoing("user:77", key=f"{key}x"))  # no forum, and not asked about
    assert (
        len([request for request in discord.requests if request.method == "GET" and "/channels/" in request.path]) == 1
    )


async def test_a_channel_of_a_new_kind_is_posted_to(discord: DiscordStandIn, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(discord.room(kind=77)))
    assert reference


async def test_the_right_to_read_back_is_requested_where_the_gateway_has_not_sent_it(
    discord: DiscordStandIn, answers: Answers
) -> None:
    """Without it Discord shows an empty history, which is no answer."""
    forum = discord.room(kind=FORUM)
    room = discord.room()
    thread = str(discord.world.add_thread(room, "updates")["id"])
    everyone = next(iter(discord.world.guilds.values()))["roles"][0]
    discord.gateway.close_identify_with = 4008
    own_chat = make_chat(discord, answers)
    async with running(own_chat, wait=False):
        await discord.gateway.until(identifies=1)
        for place in (forum, room, thread):
            assert await own_chat.find(outgoing(place)) is None
        everyone["permissions"] = str(SEE | SEND)
        for place in (forum, room, thread):
            with pytest.raises(ChatRefused, match="Read Message History"):
                await own_chat.find(outgoing(place))


async def test_a_reply_in_a_forum_stays_in_its_post(forum: str, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(forum))
    answer = await chat.send(outgoing(forum, key="k2", announcement="a2", reply_to=reference))
    assert answer.split("/")[0] == reference.split("/")[0]
    assert await chat.find(outgoing(forum, key="k2", announcement="a2", reply_to=reference)) == answer


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status_after", where=THREADS, status=502),
        Fault(kind="drop_after", where=THREADS),
        Fault(kind="status", where=THREADS, status=500),
        Fault(kind="drop", where=THREADS),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
async def test_a_post_in_doubt_is_searched_for_and_never_repeated_blindly(
    discord: DiscordStandIn, forum: str, chat: DiscordChat, fault: Fault, *, archived: bool
) -> None:
    discord.plant(replace(fault, times=1))
    with pytest.raises(ChatUnavailable) as raised:
        await chat.send(outgoing(forum))
    assert raised.value.doubtful
    assert len(discord.requests_to("POST", "/threads")) == 1
    for thread in posts(discord, forum):
        discord.world.channels[thread]["thread_metadata"]["archived"] = archived
    if await chat.find(outgoing(forum)) is None:
        await chat.send(outgoing(forum))
    assert len(posts(discord, forum)) == 1


async def test_a_forum_that_refuses_or_asks_to_wait(discord: DiscordStandIn, forum: str, chat: DiscordChat) -> None:
    discord.plant(Fault(kind="limit", where=THREADS, retry_after=7))
    with pytest.raises(ChatUnavailable) as busy:
        await chat.send(outgoing(forum))
    assert busy.value.retry_after is not None
    assert busy.value.retry_after.total_seconds() == 7
    discord.world.refusals[forum] = (403, 50013, "Missing Permissions")
    with pytest.raises(ChatRefused, match="missing permissions"):
        await chat.send(outgoing(forum))


def test_a_forum_that_wants_a_tag_gets_one() -> None:
    assert post(MESSAGE, "d=a.b", [(5, "Other")])["applied_tags"] == []
    assert post(MESSAGE, "d=a.b", [(5, "Other")], tag_needed=True)["applied_tags"] == ["5"]
    assert len(post(MESSAGES["long"], "d=a.b", [])["name"]) == 100


@pytest.fixture
def thread(discord: DiscordStandIn) -> str:
    return str(discord.world.add_thread(discord.room(), "updates")["id"])


async def test_a_thread_is_a_room(thread: str, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(thread))
    assert reference.split("/")[0] == thread
    assert await chat.find(outgoing(thread)) == reference


async def test_announcements_are_published_once(discord: DiscordStandIn, announcements: str, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(announcements))
    await discord.until(lambda: len(discord.world.crossposted) == 1)
    assert discord.world.crossposted == [reference.split("/")[1]]


async def test_a_publication_that_is_cut_off_is_taken_up_again(
    discord: DiscordStandIn, announcements: str, answers: Answers
) -> None:
    """As when one part of the chat fails and all start again."""
    own_chat = make_chat(discord, answers)
    discord.plant(Fault(kind="hang", where="crosspost"))
    async with running(own_chat):
        await own_chat.send(outgoing(announcements))
        async with asyncio.timeout(PATIENCE):
            while not discord.requests_to("POST", "/crosspost"):  # noqa: ASYNC110 - the stand-in tells only of what it has answered
                await asyncio.sleep(0)
    assert discord.world.crossposted == []
    async with running(own_chat):
        await discord.until(lambda: len(discord.world.crossposted) == 1)


async def test_what_a_restart_left_unpublished_is_published(
    discord: DiscordStandIn, announcements: str, answers: Answers
) -> None:
    from tests.standins.discord import objects

    world = discord.world
    url = f"https://example.org/1#{mark_of('a', 'k')}"
    for author in (world.me, world.owner):
        message = objects.message(announcements, author, {"embeds": [{"title": "x", "url": url, "type": "rich"}]})
        world.messages.setdefault(announcements, {})[message["id"]] = message
        world.channels[announcements]["last_message_id"] = message["id"]
    ours = world.posts(announcements)[0]["id"]
    chat = make_chat(discord, answers)
    chat._clock = lambda: datetime.now(UTC)
    async with running(chat):
        await discord.until(lambda: bool(world.crossposted))
    assert world.crossposted == [ours]


async def test_publishing_survives_a_limit_and_a_lost_answer(
    discord: DiscordStandIn, announcements: str, chat: DiscordChat
) -> None:
    discord.plant(Fault(kind="limit", where="crosspost", retry_after=0.01))
    discord.plant(Fault(kind="status_after", where="crosspost", status=502))
    await chat.send(outgoing(announcements))
    await discord.until(
        lambda: len(discord.requests_to("POST", "/crosspost")) == 3 and discord.requests[-1].status == 400
    )
    assert len(discord.world.crossposted) == 1


def test_security_is_published_first_and_has_its_part_of_the_hour() -> None:
    waiting = Crossposts(an_hour=5)
    for number in range(5):
        waiting.put(1, number, urgent=False)
    for number in range(10, 13):
        waiting.put(1, number, urgent=True)
    order = []
    while (item := waiting.take(0.0)) is not None:
        order.append(item[3])
    assert order[:3] == [10, 11, 12]
    assert len(order) == 3 + max(5 - 3 - FOR_SECURITY, 0)
    assert waiting.take(3601.0) is not None


def test_one_channels_hour_does_not_hold_up_another() -> None:
    waiting = Crossposts(an_hour=FOR_SECURITY + 1)
    for channel in (1, 1, 2):
        waiting.put(channel, len(waiting._remembered), urgent=False)
    assert [item[2] for item in (waiting.take(0.0), waiting.take(0.0)) if item] == [1, 2]


PATCH_THREAD = r"PATCH /channels/\d+$"
ROUTINE = Message(title="Example 1.2.3", label="Patch release", tone=Tone.ROUTINE, url="https://example.org/1.2.3")
FIXES = replace(ROUTINE, label="Security release · Critical · Backport", tone=Tone.SECURITY)
ROUTINE_NAME, FIXES_NAME = "Example 1.2.3 · Patch release", "Example 1.2.3 · Security release · Critical"


def thread_of(discord: DiscordStandIn, forum: str, thread: str) -> tuple[str, list[str]]:
    """The title of a post and the names of its tags."""
    tags = {tag["id"]: tag["name"] for tag in discord.world.channels[forum]["available_tags"]}
    post = discord.world.channels[thread]
    return post["name"], [tags[number] for number in post["applied_tags"]]


def author(discord: DiscordStandIn, thread: str) -> str:
    """The line above the title of a post's first message."""
    return str(discord.world.messages[thread][thread]["embeds"][0]["author"]["name"])


async def test_a_post_follows_when_its_release_turns_out_to_fix_a_vulnerability(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    forum = discord.room(kind=FORUM, tags=("Releases", "Security", "pinned by people"))
    reference = await chat.send(outgoing(forum, ROUTINE))
    (thread,) = posts(discord, forum)
    people = discord.world.channels[forum]["available_tags"][2]["id"]
    discord.world.channels[thread]["applied_tags"].append(people)
    assert thread_of(discord, forum, thread) == (ROUTINE_NAME, ["Releases", "pinned by people"])
    await chat.edit(outgoing(forum, FIXES, replaces=reference, key="k2"))
    assert thread_of(discord, forum, thread) == (FIXES_NAME, ["Security", "pinned by people"])
    await chat.edit(outgoing(forum, FIXES, replaces=reference, key="k3"))
    assert len(discord.requests_to("PATCH", thread)) == 3  # the two messages, and the title once


async def test_a_title_that_must_wait_is_changed_by_the_repeat(
    discord: DiscordStandIn, forum: str, chat: DiscordChat
) -> None:
    reference = await chat.send(outgoing(forum, ROUTINE))
    (thread,) = posts(discord, forum)
    discord.plant(Fault(kind="limit", where=PATCH_THREAD, retry_after=300))
    edit = outgoing(forum, FIXES, replaces=reference, key="k2")
    with pytest.raises(ChatUnavailable) as caught:
        await chat.edit(edit)
    assert caught.value.retry_after is not None
    assert author(discord, thread) == "🔒 Security release · Critical · Backport"  # the message did not wait
    assert await chat.find(edit) == reference
    assert thread_of(discord, forum, thread) == (FIXES_NAME, ["Security"])


async def test_a_title_that_may_not_be_changed_keeps_no_edit_from_being_done(
    discord: DiscordStandIn, forum: str, chat: DiscordChat
) -> None:
    reference = await chat.send(outgoing(forum, ROUTINE))
    discord.plant(Fault(kind="status", where=PATCH_THREAD, status=403, code=50013))
    assert await chat.edit(outgoing(forum, FIXES, replaces=reference, key="k2")) == reference
    (thread,) = posts(discord, forum)
    assert author(discord, thread) == "🔒 Security release · Critical · Backport"


async def test_a_name_is_changed_no_more_often_than_discord_allows(
    discord: DiscordStandIn, forum: str, chat: DiscordChat
) -> None:
    """The third change within ten minutes waits as long as Discord says; meanwhile the messages are edited."""
    reference = await chat.send(outgoing(forum, ROUTINE))
    (thread,) = posts(discord, forum)
    await chat.edit(outgoing(forum, FIXES, replaces=reference, key="k2"))
    await chat.edit(outgoing(forum, ROUTINE, replaces=reference, key="k3"))
    third = outgoing(forum, FIXES, replaces=reference, key="k4")
    with pytest.raises(ChatUnavailable) as busy:
        await chat.edit(third)
    assert busy.value.retry_after is not None
    assert 590 < busy.value.retry_after.total_seconds() <= 601
    assert thread_of(discord, forum, thread)[0] == ROUTINE_NAME
    assert author(discord, thread) == "🔒 Security release · Critical · Backport"
    discord.limits.names_window = 0.0  # as if the ten minutes had passed
    assert await chat.find(third) == reference
    assert thread_of(discord, forum, thread)[0] == FIXES_NAME


async def test_what_changes_often_changes_no_name(discord: DiscordStandIn, forum: str, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(forum, FIXES))
    (thread,) = posts(discord, forum)
    for number, label in enumerate(("", " · CVSS 9.1", " · CVSS 9.8 · Known exploited")):
        message = replace(FIXES, label=f"Security release · Critical{label}")
        await chat.edit(outgoing(forum, message, replaces=reference, key=f"k{number}"))
    assert discord.requests_to("PATCH", f"/channels/{thread}") == []


@pytest.mark.parametrize(
    ("title", "label", "name"),
    [
        ("Example 1.2.3", "", "Example 1.2.3"),
        ("Example 1.2.3", "Patch release", ROUTINE_NAME),
        ("Example: a hole", "Withdrawn · Security advisory · High", "Example: a hole · Withdrawn · Security advisory"),
        ("x" * 300, "Security release · Critical", "x" * 69 + "… · Security release · Critical"),
        ("", "y" * 300, "… · " + "y" * 49 + "…"),
    ],
)
def test_a_post_s_name_says_what_it_is_about_and_of_what_kind(title: str, label: str, name: str) -> None:
    assert name_of(Message(title=title, label=label, tone=Tone.SECURITY)) == name
    assert len(name) <= 100


async def test_only_announcement_channels_are_followed(discord: DiscordStandIn, answers: Answers) -> None:
    places = [discord.room(kind=ANNOUNCEMENT), discord.room(kind=FORUM), discord.room(), "1", "no-number"]
    own_chat = make_chat(discord, answers)
    rooms = [RoomAddress(f"discord:{each}") for each in places]
    assert [own_chat.is_followed(each) for each in rooms] == [False] * 5  # nobody knows yet
    async with running(own_chat):
        assert [own_chat.is_followed(each) for each in rooms] == [True, False, False, False, False]
