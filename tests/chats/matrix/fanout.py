"""Figures: announcing in many rooms against a bare loop of requests, and how long questions wait meanwhile.

Run as `python -m tests.chats.matrix.fanout [ROOMS]`; prints, and asserts nothing.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import quantiles

import aiohttp
from yarl import URL

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.format import to_content
from chatbot.chats.matrix.homeserver import in_room
from chatbot.chats.matrix.pace import FEW
from chatbot.core.model.message import Message, Tone, bullets, paragraph
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import Question
from tests.chats.matrix.bot import Memory, answer, now, outgoing
from tests.standins.synapse import Synapse, User, synapse

AT_ONCE = FEW  # as many as the bot itself has under way
NEWS = Message(
    title="Mail 0.13.4", tone=Tone.ROUTINE, body=(paragraph("what is new"), bullets(["one", "two", "three"]))
)


async def each(rooms: Sequence[str], work: Callable[[str], Awaitable[object]]) -> float:
    """Do the work for every room, so many at once; return how many a second."""
    remaining, began = list(reversed(rooms)), time.perf_counter()

    async def worker() -> None:
        while remaining:
            await work(remaining.pop())

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return len(rooms) / (time.perf_counter() - began)


async def bare(server: Synapse, user: User, rooms: Sequence[str], name: str) -> float:
    content = to_content(NEWS, {"key": name, "announcement": name})
    headers = {"Authorization": f"Bearer {user.token}"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as http:

        async def put(room: str) -> None:
            url = URL(f"{server.url}/_matrix/client{in_room(room, 'send', 'm.room.message', name)}", encoded=True)
            async with http.put(url, json=content, headers=headers) as response:
                response.raise_for_status()
                await response.read()

        return await each(rooms, put)


async def questions(alice: User, chat: MatrixChat, memory: Memory, room: str, stop: asyncio.Event) -> list[float]:
    """Ask one question after another; the seconds from asking to the answer's being accepted."""
    waited = list[float]()
    while not stop.is_set():
        before, began = set(memory.questions), time.perf_counter()
        await asyncio.to_thread(alice.send_text, room, f"!latest {len(waited)}")
        await memory.until(lambda seen=before: memory.questions.keys() - seen)
        new_question: Question = next(question for event, question in memory.questions.items() if event not in before)
        await chat.send(answer(new_question))
        waited.append(time.perf_counter() - began)
    return waited


async def measure(server: Synapse, folder: Path, number: int) -> None:
    alice, bot = server.register("alice"), server.register("bot")
    rooms = [await asyncio.to_thread(lambda: alice.create_room(invite=[bot.id])) for _ in range(number)]
    for room in rooms:
        await asyncio.to_thread(bot.join, room)
    account = Account(homeserver=server.url, user_id=bot.id, password=bot.password, store_path=folder)
    memory = Memory()
    chat = MatrixChat(account, memory, now, allowance=RateAllowance(at_once=10_000))
    running = asyncio.create_task(chat.run())
    await chat.ready()
    await memory.until(lambda: len(memory.places) >= number)

    def send(name: str) -> Callable[[str], Awaitable[object]]:
        return lambda room: chat.send(outgoing(room, NEWS, f"{name}x{rooms.index(room)}"))

    rates: dict[str, list[float]] = {"bare": [], "bot": []}
    for turn in range(3):
        rates["bare"].append(await bare(server, bot, rooms, f"bare{turn}"))
        rates["bot"].append(await each(rooms, send(f"bot{turn}")))
    stop = asyncio.Event()
    asking = asyncio.create_task(questions(alice, chat, memory, rooms[0], stop))
    for turn in range(3):
        await each(rooms[1:], send(f"busy{turn}"))
    stop.set()
    waited = await asking
    running.cancel()
    await asyncio.wait([running])
    best = {name: max(speeds) for name, speeds in rates.items()}
    sys.stdout.write(
        f"Matrix, {number} rooms, {AT_ONCE} at once: bare PUT loop {best['bare']:.0f}/s, bot {best['bot']:.0f}/s, "
        f"{best['bot'] / best['bare']:.0%}\n"
        f"questions meanwhile: {len(waited)}, median {quantiles(waited, n=100)[49] * 1000:.0f} ms, "
        f"99th percentile {quantiles(waited, n=100)[98] * 1000:.0f} ms\n"
    )


def main(number: int = 200) -> None:
    with synapse() as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(server, Path(folder), number))


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
