"""A day in hell: a real bot between an honest project with honest people, and strangers who send what they can from all sides."""

import asyncio
import json
import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatbot.demo.github.data import Advisory, Repository, Vulnerability
from tests.chats.matrix.peer import ENCRYPTED, Peer, peer
from tests.runtime import hostile_input
from tests.runtime.bot_process import BotHarness, now, open_bot
from tests.standins.discord import objects
from tests.standins.synapse import Refused, Synapse, User

BEAT = 0.2  # seconds between two signs of life that the bot is asked for
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")

HOSTILE_PROJECT = """
[[projects]]
id = "evil"
name = "Evil"
repository = "mallory/evil"

[[rooms]]
address = "discord:{channel}"
projects = ["evil"]

[[rooms]]
address = "matrix:{room}"
projects = ["evil"]
"""


def cpu_of(pid: int) -> float:
    """Seconds of CPU that the process has used, its children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid: int) -> float:
    """MB that the process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def withheld(*pids: int) -> float:
    """Seconds for which the main threads of these processes could have run, and the machine ran others. Only Linux tells."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) for pid in pids) / 1e9


class Pulse(asyncio.DatagramProtocol):
    """EventKind the signs of life that the event loop gives to a supervisor, and how much CPU was used between two of them.

    A loop that is frozen by work uses CPU and gives no sign; one that waits for a busy machine uses none. So the longest run of
    CPU without a sign is what nothing else got through, whatever else the machine does.
    """

    def __init__(self) -> None:
        self.pid = 0
        self.signs = 0
        self.longest = 0.0
        self._last: float | None = None

    def datagram_received(self, data: bytes, _from: object) -> None:
        if b"WATCHDOG=1" not in data or not self.pid:
            return
        used = cpu_of(self.pid)
        if self._last is not None:
            self.longest = max(self.longest, used - self._last)
        self.signs, self._last = self.signs + 1, used


@dataclass
class Flood:
    """The stage, with everybody on it. `times` are how long honest questions took, in seconds, by chat: without the time for
    which a busy machine let those who answer wait."""

    there: BotHarness
    pulse: Pulse
    evil: Repository
    mallory: User
    members: list[User]
    attacker: Peer
    lair: str
    secret_lair: str
    channel: str
    chance: random.Random
    times: dict[str, list[float]] = field(default_factory=lambda: {"discord": [], "matrix": []})
    strangers: list[Any] = field(default_factory=lambda: [objects.user(f"stranger{number}") for number in range(5)])
    sent: int = 0

    @property
    def pid(self) -> int:
        assert self.there.process is not None
        return self.there.process.pid

    async def ask(self) -> None:
        """One honest question on each chat; the right answer comes."""
        began = self._time()
        asker = objects.user(f"member{len(self.times['discord'])}")
        exchange = await self.there.discord.slash("supported", {"version": "1.0.0"}, at=self.there.channel, asker=asker)
        reply = str(await exchange.answer())
        assert "1.0.0 is supported" in reply, reply
        self.times["discord"].append(max(0.0, self._time() - began))
        began = self._time()
        reader, room = self.members[len(self.times["matrix"]) % len(self.members)], self.there.room
        event = await asyncio.to_thread(reader.send_text, room, "!supported 1.0.0")

        def answers(other: dict[str, object]) -> bool:
            return event in json.dumps(other.get("content", {}))

        answer = await asyncio.to_thread(reader.wait_for, room, answers)
        assert "1.0.0 is supported" in answer["content"]["body"], answer["content"]["body"]
        self.times["matrix"].append(max(0.0, self._time() - began))

    def _time(self) -> float:
        server = self.there.homeserver._process
        assert server is not None
        return asyncio.get_running_loop().time() - withheld(self.pid, server.pid, os.getpid())

    def flaw(self, ghsa: str, fix: str) -> None:
        """The honest project publishes an advisory."""
        flaw = Vulnerability(package="ferry", range=f"< {fix}", patched=fix)
        at = now()
        self.there.repository.advisories.append(
            Advisory(
                ghsa=ghsa,
                summary="Honest flaw",
                severity="high",
                created_at=at,
                published_at=at,
                vulnerabilities=(flaw,),
            )
        )

    # ---- the flood ------------------------------------------------------------------------------------------------------

    async def flood(self) -> None:
        """Everything at once, until cancelled."""
        attacks = (self._publish, self._command, self._press, self._talk, self._encrypt, self._whisper)
        async with asyncio.TaskGroup() as group:
            for attack in attacks:
                group.create_task(self._again(attack))

    async def _again(self, attack: Callable[[], Awaitable[float]]) -> None:
        nothing = asyncio.Event()
        while True:
            pause = await attack()
            self.sent += 1
            try:
                async with asyncio.timeout(pause):
                    await nothing.wait()
            except TimeoutError:
                continue

    async def _publish(self) -> float:
        """Tags, notes, advisories and pages of the hostile project; the old ones vanish again."""
        self.evil.releases = [*self.evil.releases[-3:], hostile_input.release(self.chance, now())]
        self.evil.advisories = [*self.evil.advisories[-3:], hostile_input.advisory(self.chance, now())]
        self.evil.commit("SECURITY.md", hostile_input.policy(self.chance), now())
        return 1.0

    async def _command(self) -> float:
        stranger = self.chance.choice(self.strangers)
        name, option = self.chance.choice(
            (
                ("supported", "version"),
                ("affected", "version"),
                ("upgrade", "version"),
                ("advisory", "id"),
                ("why", "id"),
            )
        )
        words = hostile_input.argument(self.chance, 6000)
        if self.chance.random() < 0.3:
            await self.there.discord.typing(name, option, words, at=self.channel, asker=stranger)
        else:
            await self.there.discord.slash(name, {option: words}, at=self.there.channel, asker=stranger)
        return 0.1

    async def _press(self) -> float:
        stranger = self.chance.choice(self.strangers)
        forged = self.chance.choice(
            ("redirect|ferry|x", "a|b|c|d|e", "|" * 90, "affected|ferry|" + "-" * 80, "\0", "why|evil|" + "1." * 40)
        )
        await self.there.discord.press(
            forged[:100], at=self.there.channel, asker=stranger, message={"id": "1", "embeds": []}
        )
        return 0.3

    async def _talk(self) -> float:
        """Hostile commands in the honest room and in a room of one's own."""
        words = hostile_input.argument(self.chance, 20_000).replace("\0", "")
        room = self.chance.choice((self.lair, self.there.room))
        verb = self.chance.choice(("!supported", "!affected", "!upgrade", "!Redirect", "!why"))
        await self._send(room, {"msgtype": "m.text", "body": f"{verb} {words}"}, "m.room.message")
        return 0.3

    async def _encrypt(self) -> float:
        """Megolm plaintext that no honest client writes."""
        session = self.attacker.client.olm.outbound_group_sessions.get(self.secret_lair)
        if session is None or session.expired:
            await self.attacker.send_text(self.secret_lair, "!help")  # shares a new one
            return 0.1
        keys = self.attacker.client.olm.account.identity_keys
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "sender_key": keys["curve25519"],
            "ciphertext": session.encrypt(self.chance.choice(hostile_input.encrypted_bodies())),
            "session_id": session.id,
            "device_id": self.attacker.client.device_id,
        }
        await self._send(self.secret_lair, content, "m.room.encrypted")
        return 0.3

    async def _whisper(self) -> float:
        """To-device messages that claim to be encrypted."""
        bad = {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": "A" * 43,
            "ciphertext": {"A" * 43: {"type": 0, "body": "AAAA"}},
        }
        content = self.chance.choice(
            (bad, {**bad, "sender_key": ""}, {"algorithm": "m.olm.v1.curve25519-aes-sha2"}, {})
        )
        path = f"/v3/sendToDevice/m.room.encrypted/{secrets.token_hex(8)}"
        await asyncio.to_thread(self.mallory.call, "PUT", path, {"messages": {self.there.bot: {"*": content}}})
        return 0.1

    async def _send(self, room: str, content: dict[str, object], kind: str) -> None:
        try:
            await asyncio.to_thread(self.mallory.send, room, content, kind)
        except Refused:  # the homeserver will not take it: nothing that the bot could meet
            return


@asynccontextmanager
async def open_flood(folder: Path, homeserver: Synapse, seed: int) -> AsyncIterator[Flood]:
    """A started bot that has read both projects, and mallory in the honest room, in a room of her own and in an encrypted one."""
    pulse, watch = Pulse(), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    watch.setblocking(False)
    watch.bind(str(folder / "notify"))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: pulse, sock=watch)
    try:
        async with open_bot(folder, homeserver) as there:
            evil = Repository(owner="mallory", name="evil")
            there.world.repositories.append(evil)
            mallory = homeserver.register("mallory")
            bot = there.bot
            lair = await asyncio.to_thread(lambda: mallory.create_room(invite=[bot]))
            secret = await asyncio.to_thread(lambda: mallory.create_room(invite=[bot], initial_state=[ENCRYPTED]))
            members = [there.reader, *(homeserver.register(f"member{number}") for number in range(3))]
            for somebody in (mallory, *members[1:]):
                await asyncio.to_thread(_let_in, there, somebody)
            channel = there.discord.room(name="evil")
            with there.config.open("a") as config:
                config.write(HOSTILE_PROJECT.format(channel=channel, room=lair))
            await there.start(NOTIFY_SOCKET=str(folder / "notify"), WATCHDOG_USEC=str(int(BEAT * 2e6)))
            await there.baseline()
            async with peer(mallory, folder / "mallory") as attacker:
                await there.until(lambda: _joined(mallory, secret, bot), "the bot is in the encrypted room")
                await attacker.sync()
                await attacker.send_text(secret, "!help")
                assert there.process is not None
                pulse.pid = there.process.pid
                yield Flood(there, pulse, evil, mallory, members, attacker, lair, secret, channel, random.Random(seed))
    finally:
        transport.close()


def _let_in(there: BotHarness, somebody: User) -> None:
    there.reader.call("POST", f"/v3/rooms/{there.room}/invite", {"user_id": somebody.id})
    somebody.join(there.room)


def _joined(mallory: User, room: str, bot: str) -> bool:
    try:
        return mallory.state(room, "m.room.member", bot).get("membership") == "join"
    except Refused:
        return False
