"""How long we wait where somebody before Discord refuses us, and what is said of it."""

from datetime import timedelta

import pytest
import structlog

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.errors import translated, wait_in, wait_of
from chatbot.core.checks.result import RoomToCheck
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, ChatUnavailable
from tests.chats.discord.conftest import HASTY, NOW, Answers, outgoing
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import FORUM

POST = r"POST /channels/\d+/messages$"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "47"}, 47),
        ({"Retry-After": " 47.5 "}, 47.5),
        ({"Retry-After": "0.2"}, 1),
        ({"Retry-After": "999999999"}, 7200),
        (
            {
                "Retry-After": "Thu, 26 Nov 2026 12:02:00 GMT",
                "Date": "Thu, 26 Nov 2026 12:00:00 GMT",
            },
            120,
        ),
        ({"Retry-After": "Thu, 26 Nov 2026 12:02:00 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "0"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_what_an_answer_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_in(headers) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 0.0])
def test_no_number_of_seconds_is_no_wait(seconds: float) -> None:
    assert wait_of(seconds) is None


@pytest.mark.parametrize(
    ("status", "code", "retry_after", "waits"),
    [
        (429, 0, None, 600),
        (429, 0, 47, 47),
        (403, 20028, None, 60),
        (429, 20028, 90, 90),
        (400, 30046, 5, 3600),
        (503, 0, 30, 30),
        (503, 0, None, None),
    ],
)
def test_what_is_waited(status: int, code: int, retry_after: int | None, waits: int | None) -> None:
    error = translated(status, code, "", timedelta(seconds=retry_after) if retry_after else None)
    assert isinstance(error, ChatUnavailable)
    assert error.retry_after == (timedelta(seconds=waits) if waits else None)


@pytest.mark.parametrize(("retry_after", "seconds"), [(47.0, 47), (0.0, 600)])
async def test_a_ban_is_waited_out_as_long_as_it_says(
    discord: DiscordStandIn, chat: DiscordChat, retry_after: float, seconds: int
) -> None:
    for room, where in ((discord.room(), POST), (discord.room(kind=FORUM), r"POST /channels/\d+/threads$")):
        discord.plant(Fault(kind="ban", where=where, retry_after=retry_after))
        with pytest.raises(ChatUnavailable, match=f"for {seconds} s") as caught:
            await chat.send(outgoing(room))
        assert caught.value.retry_after == timedelta(seconds=seconds)
        assert not caught.value.doubtful


async def test_the_log_names_the_wait_that_is_done(discord: DiscordStandIn, answers: Answers) -> None:
    discord.plant(Fault(kind="ban", where="GET /users/@me", retry_after=3000))
    waited: list[float] = []

    class Stopped(Exception):
        """The wait began."""

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        raise Stopped

    chat = DiscordChat(
        token=lambda: discord.token,
        answerer=answers,
        clock=lambda: NOW,
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        options=HASTY,
        sleep=sleep,
    )
    with structlog.testing.capture_logs() as lines, pytest.raises(Stopped):
        await chat.run()
    (line,) = [line for line in lines if "is unavailable" in line["event"]]
    assert [line["seconds"]] == waited == [3000.0]


async def test_a_channel_that_never_was_is_named_as_such(chat: DiscordChat) -> None:
    with pytest.raises(ChatRefused, match="there is no channel with this id"):
        await chat.send(outgoing("1234567890"))
    _, result = await chat.check([RoomToCheck(address=RoomAddress("discord:1234567890"))])
    assert "there is no channel with this id" in result.words
