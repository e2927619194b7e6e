"""`chatbot run` and a person with an encrypted DM: they subscribe, are alerted, say that they upgraded, and hear nothing more of it."""

import asyncio
import re
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chatbot.demo.github.data import Advisory, Release, Vulnerability
from tests.chats.matrix.peer import ENCRYPTED, Peer, peer
from tests.runtime.bot_process import BotHarness, now, open_bot
from tests.standins.synapse import Synapse, in_room

WORSE, OTHER, LAST = "GHSA-2222-2222-2222", "GHSA-3333-3333-3333", "GHSA-4444-4444-4444"
PERSONAL = ("people", "subscriptions", "mutes", "snoozes")  # tables with rows of people


@dataclass(slots=True)
class Dm:
    """One person, the room that they share with the bot, and their DM with it."""

    there: BotHarness
    peer: Peer
    dm: str
    place: int = 0  # of the next message

    async def receives(self, part: str) -> str:
        """The body of the next new message of the bot, which says this; edits are no messages."""
        await self.peer.receives(self.dm, lambda _: any(part in body for body in self.messages()[self.place :]))
        body, *more = self.messages()[self.place :]
        assert part in body, (part, body, more)
        self.place += 1
        return body

    def messages(self) -> list[str]:
        """The bodies of the bot's messages in the DM, without edits, the oldest first."""
        return [str(event["content"]["body"]) for event in self._events() if not _is_edit(event)]

    def event_of(self, body: str) -> str:
        return next(str(event["event_id"]) for event in self._events() if event["content"]["body"] == body)

    def _events(self) -> list[dict[str, Any]]:
        return [event for room, event in self.peer.events if room == self.dm and event["sender"] == self.there.bot]

    async def settled(self) -> None:
        await self.there.until(lambda: is_settled(self.there.folder / "bot.db"), "the bot knows what it posted")

    async def ask(self, line: str, answer: str) -> str:
        await self.settled()
        await self.peer.send_text(self.dm, line)
        return await self.receives(answer)

    async def react(self, body: str, key: str) -> None:
        await self.settled()
        relation = {"rel_type": "m.annotation", "event_id": self.event_of(body), "key": key}
        content = {"m.relates_to": relation}
        await asyncio.to_thread(self.peer.user.send, self.dm, content, "m.reaction")


def _is_edit(event: dict[str, Any]) -> bool:
    relation = event["content"].get("m.relates_to", {})
    return bool(relation.get("rel_type") == "m.replace")


def number_of(body: str, label: str) -> str:
    """The number with which the message offers this."""
    (line,) = (line for line in body.splitlines() if re.fullmatch(rf"\d+  {re.escape(label)}.*", line))
    return line.split()[0]


def advisory(ghsa: str, summary: str, severity: str, affected: str, patched: str) -> Advisory:
    at = now()
    flaw = Vulnerability(package="ferry", range=affected, patched=patched)
    return Advisory(
        ghsa=ghsa, summary=summary, severity=severity, created_at=at, published_at=at, vulnerabilities=(flaw,)
    )


def rows_of_people(database: Path) -> dict[str, int]:
    """How many rows each table has that says anything about a person."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in PERSONAL}
        counts["announcements"] = connection.execute(
            "SELECT count(*) FROM announcements WHERE room LIKE 'matrix:dm:%' AND subject LIKE 'alert/%'"
        ).fetchone()[0]
    return counts


def is_settled(database: Path) -> bool:
    """Whether the bot knows of all that it said in DMs that it is there: a number then means the last of it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        under_way = connection.execute(
            "SELECT count(*) FROM deliveries WHERE room LIKE 'matrix:dm:%' AND state IN ('pending', 'sending', 'doubtful')"
        )
        return bool(under_way.fetchone()[0] == 0)


def lay_out(there: BotHarness) -> None:
    """Two supported lines, and a configuration that invites nobody but the room's owner."""
    before = now() - timedelta(hours=1)
    there.repository.releases = [
        Release(tag=f"v{name}", name=name, body="Fixes.", created_at=at, published_at=at)
        for name, at in (
            (name, before + timedelta(minutes=place))
            for place, name in enumerate(("0.15.3", "0.15.4", "0.15.5", "0.16.1", "0.16.2"))
        )
    ]
    policy = "# Security\n\n| Version | Supported |\n|---|---|\n| 0.16.x | yes |\n| 0.15.x | yes |\n"
    there.repository.commit("SECURITY.md", policy, now())
    text = there.config.read_text().replace('["hs.test"]', f'["{there.reader.id}"]')
    there.config.write_text(text)


async def open_dm(there: BotHarness, somebody: Peer) -> Dm:
    room = await asyncio.to_thread(
        lambda: somebody.user.create_room(
            invite=[there.bot], is_direct=True, preset="trusted_private_chat", initial_state=[ENCRYPTED]
        )
    )
    await there.until(lambda: there.bot in members(somebody, room), "the bot is in the DM")
    await somebody.sync()
    return Dm(there, somebody, room)


def members(somebody: Peer, room: str) -> Sequence[str]:
    joined: dict[str, Any] = somebody.user.call("GET", f"{in_room(room)}/joined_members")["joined"]
    return list(joined)


def in_the_room(there: BotHarness, *parts: str) -> list[str]:
    """The bodies of the bot's messages in the room, edits too, that say all of this."""
    events = [event for event in there.reader.history(there.room) if event["type"] == "m.room.message"]
    bodies = [str(event["content"]["body"]) for event in events if event["sender"] == there.bot]
    bodies += [str(event["content"]["m.new_content"]["body"]) for event in events if _is_edit(event)]
    return [body for body in bodies if all(part in body for part in parts)]


async def test_a_person_subscribes_is_alerted_upgrades_and_is_left_alone(homeserver: Synapse, tmp_path: Path) -> None:
    async with open_bot(tmp_path, homeserver) as there:
        lay_out(there)
        alice = homeserver.register("alice")
        there.reader.call("POST", f"/v3/rooms/{there.room}/invite", {"user_id": alice.id})
        alice.join(there.room)
        await there.start()
        await there.baseline()

        # In the room: there is no DM yet, so the way to one is said, and nothing is stored.
        alice.send_text(there.room, "!subscribe 0.15.3")
        await there.until(lambda: bool(in_the_room(there, "stored nothing")), "the room is answered")
        (refusal,) = in_the_room(there, "stored nothing")
        assert f"https://matrix.to/#/{there.bot}" in refusal
        assert "subscribe 0.15.3" in refusal
        assert set(rows_of_people(there.folder / "bot.db").values()) == {0}

        async with peer(alice, tmp_path / "alice") as somebody:
            dm = await open_dm(there, somebody)
            await _the_road(there, dm)


async def _the_road(there: BotHarness, dm: Dm) -> None:
    card = await dm.ask("subscribe 0.15.3", "You get alerts for Ferry 0.15.x")
    assert "Alerts come here" in card
    exact = await dm.ask(number_of(card, "Exactly 0.15.3"), "You get alerts for Ferry 0.15.3")
    assert "Exactly 0.15.3 – as it is now" in exact

    flaw = advisory(WORSE, "A mailbox name is not escaped", "medium", ">= 0.15.0, < 0.15.5", "0.15.5")
    there.repository.advisories.append(flaw)
    alert = await dm.receives("Your Ferry 0.15.3 is affected")
    assert "upgrade to 0.15.5" in alert
    assert "A mailbox name is not escaped" in alert

    await dm.settled()
    await there.end(signal.SIGKILL)  # what it offered outlives it
    await there.start()
    await there.baseline()
    upgraded = await dm.ask(number_of(alert, "I upgraded to 0.15.5"), "Noted: you run Ferry 0.15.5")
    assert "Alerts for: Ferry 0.15.5" in upgraded

    # It gets worse for whoever runs the old version: the room hears that, the person does not.
    flaw.severity, flaw.updated_at = "critical", now()
    await there.until(lambda: bool(in_the_room(there, flaw.summary, "Critical")), "the room shows that")
    other = advisory(OTHER, "A long line fills the disk", "low", "< 0.16.2", "0.16.2")
    there.repository.advisories.append(other)
    again = await dm.receives("Your Ferry 0.15.5 is affected")  # the next message: nothing came in between
    assert "A long line fills the disk" in again

    await dm.react(again, f"{number_of(again, 'Mute this advisory')}\ufe0f\u20e3")
    await dm.receives(f"{OTHER} is muted")
    other.severity, other.updated_at = "high", now()
    await there.until(lambda: bool(in_the_room(there, other.summary, "High")), "the room shows that")

    data = await dm.ask("my-data", "This is all that I store about you")
    assert dm.peer.user.id in data
    assert "Ferry 0.15.5: every advisory that affects 0.15.5" in data
    assert WORSE in data
    assert "Muted" in data
    await dm.ask("forget-me", "I have forgotten you")
    assert set(rows_of_people(there.folder / "bot.db").values()) == {0}

    there.repository.advisories.append(advisory(LAST, "A header is read twice", "critical", "< 0.16.2", "0.16.2"))
    await there.until(lambda: bool(in_the_room(there, "A header is read twice")), "the room is told")
    await dm.ask("subscriptions", "You have no subscriptions")
    assert "A header is read twice" not in "".join(dm.messages())
    assert not dm.peer.sealed
