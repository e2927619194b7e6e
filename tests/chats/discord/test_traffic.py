"""The pace of all requests: no second of Discord's clock sees more than fifty, and what Discord refused is counted."""

import asyncio
import heapq
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.chats.discord.pacer import MOST_A_SECOND, Pacer, Window
from chatbot.chats.discord.traffic import Traffic
from tests.chats.discord.conftest import Answers, make_chat, outgoing, running
from tests.examples import scaled
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.limits import Limits

POSTS = r"POST /channels/\d+/messages$"


@dataclass
class Services:
    """Requests that take their time: Discord counts each somewhere between its sending and its answer."""

    pacer: Pacer
    now: float = 0.0
    under_way: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)

    def send(self, takes: float, counted_at: float) -> None:
        """One more, as soon as it may go."""
        while wait := self.pacer.wait(self.now):
            self.pass_by(wait)
        self.pacer.begin(self.now)
        heapq.heappush(self.under_way, self.now + takes)
        self.counted.append(self.now + takes * counted_at)

    def pass_by(self, seconds: float) -> None:
        until = self.now + seconds
        while self.under_way and self.under_way[0] <= until:
            self.now = heapq.heappop(self.under_way)
            self.pacer.end(self.now)
        self.now = until


@settings(max_examples=scaled(60))
@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1), st.floats(0, 0.4)), min_size=60, max_size=250))
def test_no_second_of_discords_clock_sees_more_than_fifty(requests: list[tuple[float, float, float]]) -> None:
    """However long each takes, whenever Discord counts it, and however late its sender wakes up."""
    services = Services(Pacer())
    for takes, counted_at, late in requests:
        services.pass_by(late if late > 0.3 else 0.0)  # most are waiting already
        services.send(takes, counted_at)
    counted = sorted(services.counted)
    pairs = zip(counted, counted[MOST_A_SECOND:], strict=False)
    assert all(later - sooner >= 1 - 1e-9 for sooner, later in pairs)


def test_a_quick_platform_is_asked_nearly_as_fast_as_it_allows() -> None:
    services = Services(Pacer())
    for _ in range(1000):
        services.send(0.05, 0.5)
    assert 1000 / services.now > 47


def test_a_window_opens_again() -> None:
    window = Window(2, 10.0)
    for now in (0.0, 1.0):
        assert window.wait(now) == 0
        window.count(now)
    assert window.wait(2.0) == 8.0
    assert window.remaining(2.0) == 0
    assert window.wait(10.5) == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", where=POSTS, status=500, times=60),
        Fault(kind="limit", where=POSTS, retry_after=0.4, times=60),  # sixty wake up at the same moment
    ],
    ids=["a server's error", "a limit"],
)
async def test_what_the_library_repeats_keeps_the_pace_too(fault: Fault, answers: Answers) -> None:
    async with DiscordStandIn(limits=Limits(global_per_second=50)) as discord:
        rooms = [discord.room(name=f"room-{n}") for n in range(60)]
        planted = 60 if fault.kind == "limit" else 0
        discord.plant(replace(fault))
        own_chat = make_chat(discord, answers)
        async with running(own_chat), asyncio.TaskGroup() as tasks:
            for n, room in enumerate(rooms):
                tasks.create_task(own_chat.send(outgoing(room, key=f"k{n}")))
        assert discord.answers_429 == planted
        assert all(len(discord.world.posts(room)) == 1 for room in rooms)


async def test_a_request_cancelled_in_the_line_takes_no_place() -> None:
    traffic = Traffic(Pacer(per_second=1e9, most=1))
    async with DiscordStandIn() as discord, aiohttp.ClientSession(trace_configs=[traffic.trace()]) as session:
        discord.plant(Fault(kind="hang", where="GET /users/@me", times=1))

        async def ask() -> int:
            headers = {"Authorization": f"Bot {discord.token}"}
            async with session.get(f"{discord.api_url}/users/@me", headers=headers) as answer:
                return answer.status

        hanging, waiting = asyncio.create_task(ask()), asyncio.create_task(ask())
        async with asyncio.timeout(PATIENCE):
            while not discord.requests:  # noqa: ASYNC110 - the stand-in tells only of what it has answered
                await asyncio.sleep(0)
        for task in (waiting, hanging):
            task.cancel()
        await asyncio.wait({waiting, hanging})
        assert (traffic.pacer._under_way, len(discord.requests)) == (0, 1)
        assert await ask() == 200
