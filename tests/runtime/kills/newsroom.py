"""`chatbot run` with many channels, people who are alerted and maintainers who speak, killed at any moment."""

import asyncio
import json
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from chatbot.core.model.ids import RoomAddress
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.demo.github.data import Vulnerability
from chatbot.store.database.db import open_store
from chatbot.store.subscriptions import people, subscriptions
from tests.patience import PATIENCE
from tests.runtime.bot_process import now
from tests.runtime.kills.fates import Fate, Word, schedule_word, shown_by, word, wrong_in_dm, wrong_in_room
from tests.runtime.many_channels import ManyChannels, open_many_channels
from tests.runtime.subscriptions.people import FERRY_ID
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

JSON = Any
AT_ONCE = 16  # messages that may be under way when a word is written down
UNANSWERED = 20.0  # seconds after which a word is said again, if it is not in the log: nobody heard it
STILL = 0.7  # seconds without a message: what is to come waits for something else
EVERYTHING, OLD, LINE, OTHER = (
    Scope("project"),
    Scope("version", "1.0.0"),
    Scope("line", "1.0"),
    Scope("version", "2.0.0"),
)
WISHES: tuple[tuple[Scope, ...], ...] = ((EVERYTHING, OLD, LINE), (OLD,), (LINE, OLD), (OTHER,))
STORIES: dict[str, dict[str, Sequence[Sequence[str]]]] = {
    "auto": {
        "flaw": ((), ("hold", "now"), ("retract",), ("note",), ("exploited",), ("hold", "retract")),
        "release": ((), ("hold", "now"), ("retract",), ("bad",), ("note",), ("skip",)),
    },
    "approve": {
        "flaw": (("now",), ("skip",), ("hold", "now"), ("now", "retract"), ("note", "now"), ("hold", "retract")),
        "release": (("now",), ("skip",), ("hold", "now"), ("now", "retract"), ("now", "bad"), ("note", "now")),
    },
}
PLANS = (("schedule",), ("schedule", "schedule"), ("schedule", "cancel"), ("schedule", "schedule", "cancel"))


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody with a DM, and whether the flaws are in what they run."""

    user: JSON
    dm: str
    wishes: tuple[Scope, ...]

    @property
    def is_affected(self) -> bool:
        return OTHER not in self.wishes


@dataclass(slots=True)
class Newsroom:
    """Everything around the bot, and what was published and said. `starts`: when its processes began, by the loop's clock."""

    there: ManyChannels
    mode: str
    ops: str
    maintainer: JSON
    chance: random.Random
    subscribers: list[Subscriber] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    kills: int = 0
    _identified: int = 0

    @property
    def discord(self) -> DiscordStandIn:
        return self.there.discord

    async def begin(self, many: int) -> None:
        """Start for the first time, with so many people who want to be alerted."""
        async with open_store(f"sqlite:///{self.there.folder}/bot.db") as store, store.writing() as tx:
            for number in range(many):
                who = user(f"person-{number}")
                subscriber = Subscriber(who, self.discord.direct(who), WISHES[number % len(WISHES)])
                person = RoomAddress(f"discord:user:{who['id']}")
                await people.settle_dm(tx, person, RoomAddress(f"discord:dm:{subscriber.dm}"))
                for scope in subscriber.wishes:
                    wish = Subscription(person=person, project=FERRY_ID, scope=scope, since=now(), confirmed_at=now())
                    await subscriptions.add(tx, wish)
                self.subscribers.append(subscriber)
        self.starts.append(asyncio.get_running_loop().time())
        await self.there.begin()
        await self.there.until(lambda: bool(self.discord.world.commands), "the commands are known")

    async def _start(self) -> None:
        self._identified = len(self.discord.gateway.identifies)
        self.starts.append(asyncio.get_running_loop().time())
        await self.there.start()

    async def kill(self) -> None:
        await self.there.end(signal.SIGKILL)
        self.kills += 1
        self.discord.world.forget_nonces()  # only who looks before repeating says nothing twice
        await self._start()

    # ---- news and words

    def publish(self) -> list[Fate]:
        """An advisory with the release that fixes it, and a further release; what is to be said of each."""
        expected = self.there.expected
        flaw = f"Flaw number {101 + len(expected.flaws)}"
        self.there.release(advisory=flaw)
        self.there.release()
        fix = expected.releases[-2]
        flawed = (Vulnerability(package="ferry", range=f"< {fix}", patched=fix),)
        self.there.repository.advisories[-1].vulnerabilities = flawed
        stories, pick = STORIES[self.mode], self.chance.choice
        fates = [
            Fate("flaw", flaw, expected.flaws[flaw]),
            *(Fate("release", mark, f"v{mark}") for mark in expected.releases[-2:]),
        ]
        for fate in fates:
            fate.words += [word(action, fate.name) for action in pick(stories[fate.kind])]
        fates.append(self._plan(f"1.0.{901 + len(self.fates) // 4}"))
        self.fates += fates
        return fates

    def _plan(self, version: str) -> Fate:
        fate, day = Fate("plan", version, version), now().replace(second=0, microsecond=0) + timedelta(days=30)
        for number, action in enumerate(self.chance.choice(PLANS)):
            at = day + timedelta(days=number)
            fate.words.append(schedule_word(version, at) if action == "schedule" else word(action, version))
        return fate

    async def say(self, spoken: Word, fate: Fate, *, killed_after: float | None = None) -> None:
        """Say a word until it is in the audit log; where it is `killed_after` so many seconds, look there before it is said again."""
        loop = asyncio.get_running_loop()
        answer = "nobody answered"
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._is_written(spoken, fate):
                    await self._connected()
                    spoken.fired_at = spoken.fired_at or loop.time()
                    exchange = await self.discord.slash(
                        f"announce {spoken.action}", spoken.options, at=self.ops, asker=self.maintainer
                    )
                    if killed_after is not None:
                        await pass_by(killed_after)
                        await self.kill()
                        killed_after = None
                        continue
                    with suppress(TimeoutError):
                        message = await exchange.answer(UNANSWERED)
                        answer = str(message["embeds"][0]["title"])
                    if not self._is_written(spoken, fate):
                        await pass_by(0.2)  # what it is about was not read yet
        except TimeoutError:
            raise AssertionError(f"said {spoken} of {fate} in vain: {answer}") from None
        spoken.written_at = loop.time()

    async def _connected(self) -> None:
        gateway = self.discord.gateway
        await self.there.until(lambda: len(gateway.identifies) > self._identified, "it is connected")

    def audit_log(self) -> Counter[tuple[str, str, str]]:
        """Every word that is written down: what was done, to what, and what tells it from the same done again."""
        with closing(sqlite3.connect(f"file:{self.there.folder}/bot.db?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT action, subject, text, details FROM maintainer_words").fetchall()
        return Counter(
            (action, subject.rpartition("/")[2], text or json.loads(details).get("at", ""))
            for action, subject, text, details in rows
        )

    def _is_written(self, spoken: Word, fate: Fate) -> bool:
        return self.audit_log()[spoken.action, fate.name, spoken.text] > 0

    async def fan_out(self, kills: int) -> None:
        """Publish, and say all that is to be said of it, in any order, with so many kills in between and in the middle of it."""
        fates, chance = self.publish(), self.chance
        order = [fate for fate in fates for _ in fate.words]
        chance.shuffle(order)
        rest = {fate.mark: iter(fate.words) for fate in fates}
        deeds: list[Fate | None] = [*order]
        for _ in range(kills):
            deeds.insert(chance.randrange(len(deeds) + 1), None)
        for number, deed in enumerate(deeds):
            await self._some_way(len(deeds))
            if deed is None:
                await self.kill()
                continue
            is_killed = number and deeds[number - 1] is None and chance.random() < 0.5
            await self.say(next(rest[deed.mark]), deed, killed_after=chance.uniform(0, 0.2) if is_killed else None)
        await self.until_calm()

    async def raise_one(self) -> None:
        """What everybody was told of gets worse, and it is killed while they are told so."""
        raisable = [each for each in self.fates if each.kind == "flaw" and each.must_be_there and not each.raised]
        if not raisable:
            return
        fate = self.chance.choice(raisable)
        advisory = self.there.repository.advisory(fate.name)
        advisory.severity, advisory.updated_at, fate.raised = "critical", now(), True
        await self._some_way(2)
        await self.kill()
        await self.until_calm()
        for name, parts in self._raised(fate).items():
            assert parts == 1, f"{name} was told {parts} times that {fate.mark} is worse"

    def _raised(self, fate: Fate) -> dict[str, int]:
        world = self.discord.world
        places = {f"channel {each}": world.posts(each) for each in self.there.channels}
        places |= {f"person {each.dm}": world.posts(each.dm) for each in self.subscribers if each.is_affected}
        return {
            name: sum(
                "everity raised" in str(m["embeds"][0]["title"]) and fate.name in str(m["embeds"]) for m in messages
            )
            for name, messages in places.items()
        }

    async def _some_way(self, parts: int) -> None:
        """Until some of the messages of one fan-out were sent, or nothing more comes by itself."""
        everything = 3 * len(self.there.channels) + len(self.subscribers)
        until = self.there.message_requests() + self.chance.randint(1, max(2, everything // parts))
        await self.there.until(lambda: self.there.message_requests() >= until or self._is_still(), "something was sent")

    def _is_still(self) -> bool:
        last = max((each.at for each in reversed(self.discord.requests[-5:])), default=0.0)
        return asyncio.get_running_loop().time() - max(last, self.starts[-1] + 1.0) > STILL

    # ---- what must be

    async def until_calm(self) -> None:
        """Wait until every place shows what it must, then until the sources were read thrice more: what comes twice comes by then."""
        try:
            await self.there.until(lambda: self._is_still() and not self.wrong(), "all is as it must be")
        except AssertionError as error:
            raise AssertionError(f"{self.wrong()[:9]}; {[(e.mark, e.actions) for e in self.fates]}; {error}") from None
        looks = len(self.there.world.requests_for("/repos/harbour/ferry/releases")) + 3
        await self.there.until(
            lambda: len(self.there.world.requests_for("/repos/harbour/ferry/releases")) >= looks, "it is read again"
        )
        assert self.wrong() == []
        assert self.said_in_quiet_times() == []
        assert self.audit_log() == Counter(entry for fate in self.fates for entry in fate.entries())

    def wrong(self) -> list[str]:
        """What is wrong in any channel or DM, or with the maintainers' cards."""
        posts = self.discord.world.posts
        problems = [f"{at} {what}" for at in self.there.channels for what in wrong_in_room(posts(at), self.fates)]
        for each in self.subscribers:
            wrong_here = wrong_in_dm(posts(each.dm), self.fates, is_affected=each.is_affected)
            problems += [f"{each.user['username']} {what}" for what in wrong_here]
        cards = Counter(str(message["embeds"][0]) for message in posts(self.ops))
        return problems + [
            f"the maintainers are shown {many} times: {card}" for card, many in cards.items() if many > 1
        ]

    def said_in_quiet_times(self) -> list[str]:
        """Announcements that went out although a maintainer's word, which was in the log, kept them back: none after a restart,
        and only what was under way at that moment before one."""
        posts = [
            (request.at, shown_by(request.body["embeds"][0]))
            for request in self.discord.requests
            if request.method == "POST" and request.path.split("/")[-2] in self._rooms() and request.body.get("embeds")
        ]
        problems = []
        for fate in self.fates:
            mine = [(at, each) for at, each in posts if (each.part, each.mark) == ("main", fate.mark)]
            for begin, end in fate.quiet_times():
                restart = min((each for each in self.starts if each > begin), default=float("inf"))
                late = [at for at, _ in mine if max(begin, restart) <= at < end]
                hasty = [at for at, _ in mine if begin <= at < min(restart, end)]
                if late or len(hasty) > AT_ONCE:
                    problems.append(f"{fate.mark} {fate.actions}: {len(hasty)} at once and {len(late)} after a restart")
        return problems

    def _rooms(self) -> set[str]:
        return {*self.there.channels, *(each.dm for each in self.subscribers)}


async def pass_by(seconds: float) -> None:
    """Let real time pass: a wait drawn from the seed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


@asynccontextmanager
async def open_newsroom(folder: Path, seed: int, *, mode: str, channels: int, people: int) -> AsyncIterator[Newsroom]:
    """A bot that has read everything and knows its subscribers. `mode`: whether maintainers must approve of news."""
    maintainer = user("mira")
    async with open_many_channels(folder, channels, latency=0.02) as there:
        ops = there.discord.room(name="maintainers")
        words = there.config.read_text()
        ours = f'announce = "{mode}"\nmaintainers = ["discord:user:{maintainer["id"]}"]\nmaintainers_room = "discord:{ops}"\n'
        there.config.write_text(
            words.replace('repository = "harbour/ferry"\n', f'repository = "harbour/ferry"\n{ours}')
        )
        newsroom = Newsroom(there, mode, ops, maintainer, random.Random(seed))
        await newsroom.begin(people)
        yield newsroom
        assert await there.end(signal.SIGTERM) == 0
