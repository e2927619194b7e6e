"""Which rooms are checked, for what, and what only the configuration knows of them."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.ports import ChatStopped, ChatUnavailable
from chatbot.runtime.checks.rooms import check_chat, rooms_to_check
from chatbot.runtime.config import ServicesConfig
from tests.runtime.harness import FERRY, MINUTE, room
from tests.standins.chat import FaultyChat

OFFICE = RoomAddress("discord:9")
RAFT = replace(FERRY, id=ProjectId("raft"), maintainers_room=OFFICE, maintainers=("discord:role:2", "matrix:@a:b.c"))


def config(*rooms: Room) -> ServicesConfig:
    return ServicesConfig(
        database="sqlite://",
        projects=(FERRY, RAFT),
        rooms=rooms,
        api_url="",
        web_url="",
        token=None,
        poll_seconds=60,
        settle=MINUTE,
    )


def test_each_room_is_checked_once_with_all_that_it_needs() -> None:
    plain, pinging = WatchFilter(), WatchFilter(mention=Mention("role", "7"))
    rooms = [
        room("discord:1", plain), room("discord:1", pinging, [RAFT.id]), replace(room("discord:2", plain), line_roles=True),
        room("matrix:#a:b.c", plain),
    ]  # fmt: skip
    assert rooms_to_check(config(*rooms), "discord") == [
        RoomToCheck(address=RoomAddress("discord:1"), mention=Mention("role", "7")),
        RoomToCheck(address=RoomAddress("discord:2"), line_roles=(FERRY.id,)),
        RoomToCheck(address=OFFICE, of_maintainers=True, maintainers=("discord:role:2",)),
    ]


async def test_what_the_configuration_knows_is_noted() -> None:
    chat = FaultyChat(name="discord")
    results = await check_chat(config(replace(room("discord:1", WatchFilter()), line_roles=True)), chat)
    assert [each.words for each in results] == [
        "`line_roles` has no effect here, as this chat has no roles",
        "A maintainers' room".replace("A", "a", 1),
    ]


class Failing(FaultyChat):
    """A chat that cannot be checked."""

    async def check(self, rooms: object) -> list[CheckResult]:
        del rooms
        raise self.failures[0]


class Away(FaultyChat):
    """A chat of which no room answers."""

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        return [CheckResult(kind="room", chat=self.name, subject=each.address, away="503") for each in rooms]


async def test_every_room_keeps_its_own_result() -> None:
    results = await check_chat(
        config(room("discord:1", WatchFilter()), room("discord:2", WatchFilter())), Away(name="discord")
    )
    assert [each.subject for each in results] == ["discord:1", "discord:2", OFFICE]


async def test_an_account_that_fails_is_one_result() -> None:
    whole = config(room("discord:1", WatchFilter()), room("discord:2", WatchFilter()))
    for failure, verdict in ((ChatStopped("the token is refused"), "wrong"), (ChatUnavailable("no network"), "away")):
        (result,) = await check_chat(whole, Failing(name="discord", failures=[failure]))
        assert (result.kind, result.verdict) == ("account", verdict)
        assert result.line == f"discord: {failure} (3 rooms not tried)"
