"""A rehearsal: one room gets what all rooms and people would get, marked and without a ping, and nothing else is touched."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chatbot.core.line_roles.server_roles import server_roles
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message, Text, Tone, plain
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import DirectMessages, Outgoing
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.delivery.following import Followable
from chatbot.runtime.delivery.links import Linking
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.rehearsal.cast import IN_MEMORY, apart
from chatbot.runtime.rehearsal.chat import RehearsingChat
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

STAGE = RoomAddress("console:stage")
PINGING = WatchFilter(mention=Mention("role", "7"))
ROOMS = [
    room("discord:1", PINGING),
    room("discord:2", WatchFilter(mention=Mention("room"))),
    room("matrix:#news:example.org", WatchFilter(mention=Mention("user", "@alice:example.org"))),
    room(STAGE, WatchFilter()),
]


def cast(stage: FaultyChat) -> list[RehearsingChat]:
    looking = {
        name: stage if name == stage.name else FaultyChat(name=name) for name in ("console", "discord", "matrix")
    }
    called = lambda address: looking[address.chat].room_name(address)  # noqa: E731 - one line says it
    return [RehearsingChat(name, stage, STAGE, chat, called) for name, chat in looking.items()]


async def rehearse(harness: Harness, chats: list[RehearsingChat], by: timedelta = MINUTE) -> None:
    for _ in range(2):
        harness.clock.advance(by)
        await harness.poll()
        for chat in chats:
            await Delivery(chat=chat, store=harness.services.store, clock=harness.clock).drain()


def marks(stage: FaultyChat) -> list[str]:
    """What the first line below each title says."""
    return [plain(post.message.fields[0].spans) for post in stage.rooms.get(STAGE, [])]


def flaw(clock: ManualClock, severity: str = "critical") -> object:
    advisory_made = advisory("GHSA-2222-2222-2222", 0, severity=severity, created_at=clock.now, published_at=clock.now)
    advisory_made.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.1", patched="1.0.1"),)
    return advisory_made


async def test_one_room_gets_what_all_would_get_and_nobody_is_pinged(clock: ManualClock, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry", releases=[release("v1.0.0", 1)])
    stage = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "rehearsal.db", ROOMS) as harness:
        await rehearse(harness, cast(stage))
        ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
        ferry.advisories.append(flaw(clock))  # type: ignore[arg-type]  # made above
        await rehearse(harness, cast(stage))
        await rehearse(harness, cast(stage))
        assert set(stage.rooms) == {STAGE}
        assert stage.pings == []
        assert {line.partition(", and ping")[0] for line in marks(stage)} == {
            "would go to #1 (discord:1)",
            "would go to #2 (discord:2)",
            "would go to #example.org (matrix:#news:example.org)",
            "would go to this room",
        }
        pinging = {line.partition(", and ping ")[2] for line in marks(stage)}
        assert pinging == {"", "the role 7", "everybody there", "the person"}
        assert not [post for post in stage.rooms[STAGE] if post.message.loud or post.message.headline]
        each_room = [line.partition(",")[0] for line in marks(stage)]
        assert len({each_room.count(line) for line in each_room}) == 1, "all rooms see the same number of messages"
        before = len(stage.rooms[STAGE])
        ferry.advisories[0] = replace(ferry.advisories[0], withdrawn_at=clock.now)
        await rehearse(harness, cast(stage), timedelta(minutes=10))
        assert [post.edits for post in stage.rooms[STAGE][:before] if post.edits], (
            "corrections are shown where the first words are"
        )


async def test_the_real_run_afterwards_announces_everything_once(clock: ManualClock, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry", releases=[release("v1.0.0", 1)])
    rooms, chat = [room("console:quay"), room(STAGE)], FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms, chat=chat) as harness:
        await harness.run_for()
        async with open_harness(ferry, clock, tmp_path / "rehearsal.db", rooms) as rehearsal:
            await rehearse(rehearsal, cast(chat))
            ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
            await rehearse(rehearsal, cast(chat))
            assert chat.titles(STAGE) == ["Ferry 1.0.1", "Ferry 1.0.1"]
            assert chat.titles("console:quay") == []
        await harness.run_for()
        assert chat.titles("console:quay") == ["Ferry 1.0.1"]
        assert chat.titles(STAGE) == ["Ferry 1.0.1"] * 3
        real = [
            post
            for post in chat.rooms[STAGE]
            if not [field for field in post.message.fields if field.label == "Rehearsal"]
        ]
        assert len(real) == 1


def test_the_configuration_is_apart(tmp_path: Path) -> None:
    config = ServicesConfig(
        database=f"sqlite:///{tmp_path}/bot.db", projects=(FERRY,), rooms=(), api_url="", web_url="", token=None,
        poll_seconds=60, settle=MINUTE, deadman_url="https://example.org/ping",
    )  # fmt: skip
    assert (apart(config).database, apart(config).deadman_url) == (IN_MEMORY, "")
    assert replace(apart(config), database=config.database, deadman_url=config.deadman_url) == config


async def test_a_dm_is_shown_in_the_room_and_names_nobody() -> None:
    stage = FaultyChat()
    (_, discord, _) = cast(stage)
    assert isinstance(discord, DirectMessages)
    dm = await discord.greet(RoomAddress("discord:user:4711"), Message(title="Welcome", tone=Tone.ANSWER), "k1")
    assert dm.is_direct
    await discord.send(
        Outgoing(key="k2", announcement="a", room=dm, message=Message(title="An alert", tone=Tone.CRITICAL))
    )
    assert marks(stage) == ["would go to a DM with one person"] * 2
    assert "4711" not in repr(stage.rooms)
    assert set(stage.rooms) == {STAGE}


async def test_an_answer_in_the_room_is_the_real_one() -> None:
    stage = FaultyChat()
    (console, *_) = cast(stage)
    answer = Message(title="Ferry 1.0.1 is supported", tone=Tone.ANSWER, answer=True, private=True)
    outgoing = Outgoing(key="k1", announcement="", room=STAGE, message=answer, reply_to="event")
    await console.send(outgoing)
    (post,) = stage.rooms[STAGE]
    assert post.key == "k1"
    assert replace(post.message, small=()) == replace(answer, private=False)
    words = [span.text for line in post.message.small for span in line if isinstance(span, Text)]
    assert words == ["This is a rehearsal: what you change here is forgotten when it ends."]


async def test_what_lies_in_another_room_is_not_taken_for_the_same() -> None:
    stage = FaultyChat()
    (_, discord, matrix) = cast(stage)
    message = Message(title="Ferry 1.0.1", tone=Tone.ROUTINE)
    first = Outgoing(key="k1", announcement="a", room=RoomAddress("discord:1"), message=message)
    other = replace(first, room=RoomAddress("matrix:#news:example.org"))
    reference = await discord.send(first)
    assert await discord.find(first) == reference
    assert await matrix.find(other) is None
    assert await stage.find(replace(first, room=STAGE)) is None, "a real run does not find it either"


def test_nothing_but_messages_can_be_done_with_it() -> None:
    for chat in cast(FaultyChat()):
        assert server_roles(chat) is None
        assert not isinstance(chat, Linking | Followable)
