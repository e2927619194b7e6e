"""A maintainer who speaks in a storm, and people who are alerted in it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from chatbot.core.model.ids import RoomAddress
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.store.database.db import open_store
from chatbot.store.subscriptions import people, subscriptions
from tests.runtime.bot_process import now
from tests.runtime.room_contents import ExpectedContents, is_struck
from tests.runtime.subscriptions.people import FERRY_ID
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user
from tests.standins.synapse import User

JSON = Any
ANSWER = 5.0  # seconds for which somebody waits for an answer
PATIENT = 30.0  # seconds after which a word is said again, if nobody answered and it is not in the log
SCOPES = ((Scope("project"), Scope("version", "1.0.0"), Scope("line", "1.0")), (Scope("version", "1.0.0"),))


@dataclass(slots=True)
class Maintainer:
    """Says things in the maintainers' channel. What is `to_say` is said until it is in the audit log; `fired` counts how often each
    was said, since nobody knows of an unanswered word whether it was heard."""

    discord: DiscordStandIn
    channel: str
    database: str
    user: JSON = field(default_factory=lambda: user("mira"))
    to_say: list[tuple[str, str]] = field(default_factory=list)
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def settings(self) -> str:
        """The lines of the project's table in the configuration."""
        return f'maintainers = ["discord:user:{self.user["id"]}"]\nmaintainers_room = "discord:{self.channel}"\n'

    async def log(self) -> list[tuple[str, str]] | None:
        """The words that are written down, the oldest first; None where the database is away."""
        words = "SELECT action, subject FROM maintainer_words ORDER BY id"
        if "://" not in self.database:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
                rows: Sequence[Any] = database.execute(words).fetchall()
        else:
            try:
                connection = await asyncpg.connect(self.database)
                try:
                    rows = await connection.fetch(words)
                finally:
                    await connection.close()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return None
        return [(str(row[0]), str(row[1]).rpartition("/")[2]) for row in rows]

    async def speak(self) -> bool:
        """Say the first thing that is not in the log yet; return whether anything is left to say."""
        log = await self.log()
        if log is None:
            return True
        for subject in {name for action, name in self.to_say if action == "now"}:
            theirs = [action for action, name in log if name == subject and action in ("hold", "now")]
            if theirs[-1:] == ["hold"] and "now" in theirs:  # it was said twice, and heard late
                await self._fire("now", subject)
                return True
        for action, name in self.to_say:
            if (action, name) not in log:
                await self._fire(action, name)
                return True
        return False

    async def _fire(self, action: str, name: str) -> None:
        loop = asyncio.get_running_loop()
        is_connected = any(each.socket is not None for each in self.discord.gateway.sessions.values())
        if not is_connected or not self.discord.world.commands:
            return
        if self._last.get((action, name), float("-inf")) + PATIENT > loop.time():
            return
        options = {"id": name, **({"reason": "It was announced by mistake"} if action == "retract" else {})}
        self._last[action, name], self.fired[action, name] = loop.time(), self.fired[action, name] + 1
        exchange = await self.discord.slash(f"announce {action}", options, at=self.channel, asker=self.user)
        with suppress(TimeoutError):
            await exchange.answer(ANSWER)
            self._last.pop((action, name), None)  # it was heard: if it is not in the log, it may be said again

    async def wrong(self) -> list[str]:
        """Words that are missing in the log, or there more often than they were said."""
        counts = Counter(await self.log() or [])
        problems = [f"the log lacks {word}" for word in self.to_say if not counts[word]]
        return problems + [
            f"the log has {word} {many} times" for word, many in counts.items() if many > self.fired[word]
        ]


@dataclass(slots=True)
class Alerted:
    """People with DMs on both chats."""

    discord: DiscordStandIn
    reader: User
    dms: list[str]
    rooms: list[str]

    def messages(self) -> dict[str, list[tuple[str, str]]]:
        """Of each person: the title of every message as it stands now, and all its words."""
        embeds = {dm: [each["embeds"][0] for each in self.discord.world.posts(dm)] for dm in self.dms}
        there = {dm: [(str(each["title"]), str(each)) for each in theirs] for dm, theirs in embeds.items()}
        return {**there, **{room: self._in_matrix(room) for room in self.rooms}}

    def _in_matrix(self, room: str) -> list[tuple[str, str]]:
        bodies: dict[str, JSON] = {}
        for event in self.reader.history(room, 1000):
            relation = event["content"].get("m.relates_to", {})
            if event["type"] != "m.room.message" or event["sender"] == self.reader.id:
                continue
            if relation.get("rel_type") == "m.replace":
                bodies[relation["event_id"]] = event["content"]["m.new_content"]
            else:
                bodies[event["event_id"]] = event["content"]
        titles = {event: str(body["body"]).splitlines()[:3] for event, body in bodies.items()}
        about = {event: next((line for line in lines if "affected" in line), "") for event, lines in titles.items()}
        return [(about[event], str(body)) for event, body in bodies.items()]

    def wrong(self, expected: ExpectedContents) -> list[str]:
        """Who was alerted too often, not at all, or of what was taken back."""
        return [
            f"{who} {problem}"
            for who, messages in self.messages().items()
            for problem in wrong_alerts(messages, expected)
        ]


def wrong_alerts(messages: Sequence[tuple[str, str]], expected: ExpectedContents) -> list[str]:
    """What is wrong with what one person was told, whom every flaw concerns."""
    problems = []
    for mark, name in expected.flaws.items():
        theirs = [title for title, words in messages if name in words]
        worse = [title for title in theirs if "everity raised" in title]
        fixes = [title for title in theirs if title.startswith("Fixed in")]  # none stood when they were alerted
        alerts = [title for title in theirs if title not in worse + fixes]
        if len(alerts) > 1 or (not theirs and mark not in expected.retracted):
            problems.append(f"is alerted of {mark} {len(alerts)} times")
        if len(fixes) > 1:
            problems.append(f"is told {len(fixes)} times that {mark} is fixed")
        if len(worse) > (mark in expected.worsened):
            problems.append(f"is told {len(worse)} times that {mark} is worse")
        if alerts and is_struck(alerts[0]) is not (mark in expected.retracted):
            problems.append(f"has {mark} {'' if is_struck(alerts[0]) else 'not '}crossed out")
    return problems


async def subscribe_all(database: str, folder: Path, alerted: Alerted, reader: str) -> None:
    """Everybody wants to be alerted from now on."""
    people_there = [
        (f"discord:user:{alerted.discord.world.channel(dm)['recipients'][0]['id']}", f"discord:dm:{dm}")
        for dm in alerted.dms
    ]
    people_there += [(f"matrix:{reader}", f"matrix:dm:{room}") for room in alerted.rooms]
    async with open_store(database or f"sqlite:///{folder}/bot.db") as store, store.writing() as tx:
        for number, (address, dm) in enumerate(people_there):
            person = RoomAddress(address)
            await people.settle_dm(tx, person, RoomAddress(dm))
            for scope in SCOPES[number % len(SCOPES)]:
                wish = Subscription(person=person, project=FERRY_ID, scope=scope, since=now(), confirmed_at=now())
                await subscriptions.add(tx, wish)
