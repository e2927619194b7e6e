"""A bot process made to be killed: an inbox and an outbox in SQLite, and a line on standard output for every step.

Run as `python -m tests.chats.matrix.soak_bot URL USER PASSWORD FOLDER`.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import ChatUnavailable, Question, RoomFacts
from tests.chats.matrix.bot import answer, now, outgoing

AGAIN = 0.2  # seconds until what failed is tried again
TABLES = """
CREATE TABLE IF NOT EXISTS sync (one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT);
CREATE TABLE IF NOT EXISTS rooms (place TEXT PRIMARY KEY, facts TEXT);
CREATE TABLE IF NOT EXISTS questions (event TEXT PRIMARY KEY, place TEXT, command TEXT, version TEXT, done INTEGER);
CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, room TEXT, title TEXT, first TEXT, done INTEGER);
"""


def step(what: str) -> None:
    """Tell the killer where we are."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


class Book:
    """The store of the soak: what is written is there after a kill."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript("PRAGMA journal_mode = WAL;" + TABLES)
        self.news = asyncio.Event()

    async def token(self) -> str | None:
        row = self.database.execute("SELECT token FROM sync").fetchone()
        return row[0] if row else None

    async def rooms(self) -> dict[str, Mapping[str, object]]:
        return {place: json.loads(facts) for place, facts in self.database.execute("SELECT place, facts FROM rooms")}

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        if questions:
            step("received")
        run = self.database.execute
        run("BEGIN IMMEDIATE")
        run("INSERT OR REPLACE INTO sync VALUES (1, ?)", (token,))
        for room in rooms:
            run("INSERT OR REPLACE INTO rooms VALUES (?, ?)", (room.place, json.dumps(dict(room.facts))))
        for question in questions:
            row = (question.event, question.place, question.ask.command, question.ask.arguments.get("version", ""))
            run("INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?, 0)", row)
        run("COMMIT")
        if questions:
            step("taken")
        self.news.set()

    async def moved(self, old: str, new: str) -> None:
        raise AssertionError(f"nobody upgrades {old} to {new} here")

    async def post_all(self, chat: MatrixChat) -> None:
        """Answers and announcements, each written down as said only after it was."""
        run = self.database.execute
        for event, place, command, version in run(
            "SELECT event, place, command, version FROM questions WHERE NOT done"
        ).fetchall():
            ask = CommandRequest(
                command=command, arguments={"version": version}, asker=RoomAddress("matrix:@a:b"), asked_at=now()
            )
            await chat.send(answer(Question(event=event, place=place, ask=ask)))
            step("answered")
            run("UPDATE questions SET done = 1 WHERE event = ?", (event,))
        for key, room, title, first in run(
            "SELECT key, room, title, first FROM outbox WHERE NOT done LIMIT 2"
        ).fetchall():
            run("UPDATE outbox SET first = coalesce(first, ?) WHERE key = ?", (now().isoformat(), key))
            attempted = datetime.fromisoformat(first) if first else None
            await chat.send(outgoing(room, Message(title=title, tone=Tone.ROUTINE), key, first_attempt_at=attempted))
            step("announced")
            run("UPDATE outbox SET done = 1 WHERE key = ?", (key,))


async def main(url: str, user: str, password: str, folder: str) -> None:
    book = Book(Path(folder) / "soak.db")
    account = Account(
        homeserver=url,
        user_id=user,
        password=password,
        store_path=Path(folder) / "matrix",
        allow_invites_from=("hs.test",),
    )
    chat = MatrixChat(account, book, now, allowance=RateAllowance(at_once=1000))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(chat.run())
        await chat.ready()
        step("ready")
        while True:
            book.news.clear()
            try:
                await book.post_all(chat)
            except ChatUnavailable as busy:
                step(f"unavailable: {busy.reason}")
                with suppress(TimeoutError):  # what is said without asking the server must let the others work
                    async with asyncio.timeout(AGAIN):
                        await book.news.wait()
            remaining = book.database.execute("SELECT count(*) FROM outbox WHERE NOT done").fetchone()[0]
            if not remaining:
                step("idle")
                await book.news.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
