"""Who may use which command: every command, every kind of caller, both chats. A command without a row here fails."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
import pytest_asyncio

from chatbot.chats import profile_named
from chatbot.core.maintainers.commands import MAINTAINERS_COMMANDS
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import COMMANDS, CommandRequest, Right, find
from chatbot.demo.github.data import Release, Repository
from chatbot.store.maintainers import words
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.runtime.subscriptions.stage import Dms
from tests.standins.clock import START, ManualClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOMS = {"discord": RoomAddress("discord:1001"), "matrix": RoomAddress("matrix:!room:example.org")}
FOREIGN = {"discord": RoomAddress("discord:9009"), "matrix": RoomAddress("matrix:!other:example.org")}
PEOPLE = {"discord": "discord:user:{}", "matrix": "matrix:@p{}:example.org"}
MAINTAINERS = tuple(PEOPLE[chat].format(4) for chat in PEOPLE)
OPS = {"discord": RoomAddress("discord:77"), "matrix": RoomAddress("matrix:!ops:example.org")}
PROJECT = replace(FERRY, maintainers=MAINTAINERS, maintainers_room=OPS["discord"])

MEMBER, ROOM_ADMIN, MODERATOR, MAINTAINER, STRANGER, DM, MAINTAINER_DM, MAINTAINERS_ROOM, GUEST_OF_ROOM = (
    "member",
    "room admin",
    "moderator",
    "maintainer",
    "stranger",
    "DM",
    "maintainer in a DM",
    "maintainers' room",
    "somebody else in the maintainers' room",
)
CALLERS: Mapping[str, frozenset[Right]] = {
    MEMBER: frozenset({Right.EVERYONE}),
    ROOM_ADMIN: frozenset({Right.EVERYONE, Right.ROOM_ADMIN}),
    MODERATOR: frozenset({Right.EVERYONE, Right.MODERATOR}),
    MAINTAINER: frozenset({Right.EVERYONE}),  # the configuration says so, no chat does
    STRANGER: frozenset({Right.EVERYONE}),
    DM: frozenset({Right.EVERYONE}),
    MAINTAINER_DM: frozenset({Right.EVERYONE}),
    MAINTAINERS_ROOM: frozenset({Right.EVERYONE}),
    GUEST_OF_ROOM: frozenset({Right.EVERYONE, Right.ROOM_ADMIN, Right.MODERATOR}),
}
ALL = frozenset(CALLERS)

MAY: Mapping[str, frozenset[str]] = {
    "supported": ALL,
    "latest": ALL,
    "affected": ALL,
    "upgrade": ALL,
    "advisory": ALL,
    "advisories": ALL,
    "credits": ALL,
    "policy": ALL,
    "report": ALL,
    "template": ALL,
    "why": ALL,
    "status": ALL,
    "help": ALL,
    "subscribe": ALL,
    "subscriptions": ALL,
    "unsubscribe": ALL,
    "upgraded": ALL,
    "snooze": ALL,
    "mute": ALL,
    "unmute": ALL,
    "my-data": ALL,
    "forget-me": ALL,
    "choose-scope": ALL,  # what menus carry changes the asker's own subscriptions alone
    "choose-releases": ALL,
    "choose-subscription": ALL,
    "choose-end": ALL,
    "choose-moved": ALL,
    "pick": ALL,
    "ping-here": ALL,  # buttons that give and take the asker's own role
    "dm-me": ALL,
    "adopt-role": frozenset({ROOM_ADMIN, GUEST_OF_ROOM}),
    "redirect": frozenset({MODERATOR, GUEST_OF_ROOM}),
    "watch": frozenset({ROOM_ADMIN, GUEST_OF_ROOM}),
    "watching": frozenset({ROOM_ADMIN, GUEST_OF_ROOM}),
    "unwatch": frozenset({ROOM_ADMIN, GUEST_OF_ROOM}),
} | {command.name: frozenset({MAINTAINER_DM, MAINTAINERS_ROOM}) for command in MAINTAINERS_COMMANDS}
OF_MAINTAINERS = frozenset(command.name for command in MAINTAINERS_COMMANDS)
ELSEWHERE = "Use this in your maintainers' room"
ARGUMENTS = {"version": "1.1.0", "line": "1.1", "id": "v1.1.0", "value": "1", "number": "1", "author": "somebody"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harness(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [Release(tag="v1.1.0", created_at=START, published_at=START)]
    rooms = [room(address) for address in ROOMS.values()]
    database = tmp_path_factory.mktemp("rights") / "bot.db"
    async with open_harness(ferry, ManualClock(), database, rooms, project=PROJECT) as harness:
        await harness.run_for()
        harness.services.answers.direct = {chat: Dms() for chat in ROOMS}
        yield harness


def request(harness: Harness, chat: str, caller: str, command: str) -> CommandRequest:
    definition = find(command)
    assert definition is not None
    is_maintainer = caller in (MAINTAINER, MAINTAINER_DM, MAINTAINERS_ROOM)
    number = 4 if is_maintainer else list(CALLERS).index(caller) + 1
    rooms = dict.fromkeys((DM, MAINTAINER_DM), NOWHERE) | dict.fromkeys((MAINTAINERS_ROOM, GUEST_OF_ROOM), OPS[chat])
    here = (rooms | {STRANGER: FOREIGN[chat]}).get(caller, ROOMS[chat])
    return CommandRequest(
        command=command,
        arguments={each.name: ARGUMENTS[each.name] for each in definition.parameters if each.name in ARGUMENTS},
        asker=RoomAddress(PEOPLE[chat].format(number)),
        room=here,
        dm=RoomAddress(f"{chat}:dm:{number}") if here == NOWHERE else NOWHERE,
        rights=CALLERS[caller],
        stranger=caller == STRANGER,
        target=RoomAddress(PEOPLE[chat].format(77)) if command == "redirect" else NOWHERE,
        asked_at=harness.clock.now,
        key=f"{chat} {caller} {command}",
    )


def refused(message: Message) -> bool:
    return message.title.startswith(("Only ", "Send this in the ", ELSEWHERE))


async def test_every_command_has_its_row() -> None:
    assert set(MAY) == {command.name for command in COMMANDS}


@pytest.mark.parametrize("chat", sorted(ROOMS))
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("command", MAY)
async def test_who_may_use_it(harness: Harness, command: str, caller: str, chat: str) -> None:
    answer = await harness.services.answers.answer(request(harness, chat, caller, command))
    assert answer.title != "I couldn't answer that"
    is_room_of_another_chat = caller == MAINTAINERS_ROOM and chat != PROJECT.maintainers_room.chat
    may = caller in MAY[command] and not (is_room_of_another_chat and command in OF_MAINTAINERS)
    assert refused(answer) is not may, answer.title
    definition = find(command)
    assert definition is not None
    if refused(answer) or (definition.private and profile_named(chat).private_in_rooms):
        assert answer.private


@pytest.mark.parametrize("chat", sorted(ROOMS))
@pytest.mark.parametrize("command", ["redirect", "watch", "watching", "unwatch", "adopt-role"])
async def test_no_word_of_the_asker_grants_a_right(harness: Harness, command: str, chat: str) -> None:
    asking = request(harness, chat, MEMBER, command)
    words = {"rights": "moderator", "target": "discord:user:1", "asker": MAINTAINERS[0], "room": ROOMS[chat]}
    assert refused(await harness.services.answers.answer(replace(asking, arguments={**asking.arguments, **words})))


@pytest.mark.parametrize("chat", sorted(ROOMS))
@pytest.mark.parametrize("who", ["another project's", "a former", "a stranger's"])
async def test_no_command_of_maintainers_is_anybody_elses(harness: Harness, who: str, chat: str) -> None:
    """The configuration of the moment decides, at each call and for each project; what changed since a card was posted, too."""
    services = harness.services
    config = services.config
    async with services.store.reading() as tx:
        before = await words.words(tx, PROJECT.id)
    lantern = replace(FERRY, id=ProjectId("lantern"), name="Lantern", maintainers=MAINTAINERS)
    projects = (
        (replace(PROJECT, maintainers=()), lantern)
        if who == "another project's"
        else (replace(PROJECT, maintainers=()),)
    )
    services.config = config if who == "a stranger's" else replace(config, projects=projects)
    try:
        for command in MAINTAINERS_COMMANDS:
            asking = request(harness, chat, MAINTAINER_DM, command.name)
            asking = replace(asking, arguments={**asking.arguments, "project": "ferry"}, stranger=who == "a stranger's")
            answer = await services.answers.answer(asking)
            assert refused(answer) or answer.title == "Which project?", (command.name, answer.title)
            assert answer.private
            for parameter in command.parameters:
                values = await services.answers.suggest(replace(asking, arguments={}), parameter.name, "v1")
                assert who == "another project's" or values == []
    finally:
        services.config = config
    async with services.store.reading() as tx:
        assert await words.words(tx, PROJECT.id) == before
