"""A critical advisory to a hundred thousand subscribers of fifty versions: how long it takes, and how long others wait."""

import asyncio
import multiprocessing
import os
import random
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from chatbot.chats.discord.pacer import REQUESTS_PER_SECOND
from chatbot.core.announce.messages import announcement_id, delivery_key
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Batch
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.store import knowledge
from chatbot.store.database.db import Store
from chatbot.store.database.people_tables import people, subscriptions
from chatbot.store.subscriptions import fan_outs

PEOPLE, VERSIONS = 100_000, 50
A_YEAR = (1_320_000_000_000_000_000, 1_452_000_000_000_000_000)  # of Discord's ids
SLICE = 2_000  # people in one transaction of the bare loop
FERRY = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")
BEFORE = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
GHSA = "GHSA-2222-2222-2222"
ANNOUNCED = "id, project, subject, room, revision, digest, template, notified_for, first_posted_at"
SENDING = "key, project, announcement, chat, room, lane, kind, revision, message, state, due, enqueued_at"
SUBJECT = f"alert/ferry/{GHSA}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        preparing = multiprocessing.get_context("fork").Process(target=_prepared, args=(Path(folder),))
        preparing.start()  # in a process of its own, whose memory is not ours
        preparing.join()
        asyncio.run(_measure(Path(folder)))


def _prepared(folder: Path) -> None:
    asyncio.run(_prepare(folder))


async def _prepare(folder: Path) -> None:
    async with _services(folder) as services:
        await _subscribe(services.store)
        await _publish(services)
    shutil.copyfile(folder / "bench.db", folder / "bare.db")


async def _measure(folder: Path) -> None:
    async with _services(folder) as services:
        slices = _slices(services)
        stop = asyncio.Event()
        waiting = asyncio.create_task(_others(services.store, stop))
        began, cpu = time.perf_counter(), time.process_time()
        await services.fan_outs.drain()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        stop.set()
        waits = sorted(await waiting)
        written = await _written(services.store)
    bare = _bare(folder / "bare.db")
    print(
        f"alerts: {PEOPLE:,} subscriptions over {VERSIONS} versions, {written:,} affected: matched and written in {took:.1f} s "
        f"({cpu:.1f} s CPU; goal: under 5 s on 2 cores); the same rows by bare SQLite {bare:.1f} s CPU; memory {_memory()} MB "
        f"(goal: under 300 MB)"
    )
    print(
        f"meanwhile {len(waits)} other writes waited {waits[len(waits) // 2]:.0f} ms, 95 % of them under "
        f"{waits[len(waits) * 19 // 20]:.0f} ms, {waits[-1]:.0f} ms at most (goal: 100 ms); {len(slices)} slices, "
        f"{max(slices):.0f} ms at most; {os.getloadavg()[0]:.1f} processes wanted the {os.cpu_count()} cores"
    )
    print(
        f"to the last person: on Discord {_minutes(written / REQUESTS_PER_SECOND)} at {REQUESTS_PER_SECOND:.0f} a second; "
        f"on Matrix {_minutes(written / SYNAPSE_PER_SECOND)} at Synapse's default of {SYNAPSE_PER_SECOND} a second"
    )


# https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#rc_message
SYNAPSE_PER_SECOND = 0.2


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _slices(services: Services) -> list[float]:
    """The milliseconds of every slice's transaction, as they come."""
    took: list[float] = []
    loop = services.fan_outs

    def reach(failpoint: str) -> None:
        if failpoint == "slice committed":
            took.append(loop.last_slice * 1000)

    loop.failpoint = reach
    return took


async def _others(store: Store, stop: asyncio.Event) -> list[float]:
    """The milliseconds for which other writes wait until they may begin."""
    waits: list[float] = []
    while not stop.is_set():
        began = time.perf_counter()
        async with store.writing() as tx:
            waits.append((time.perf_counter() - began) * 1000)
            await fan_outs.first(tx, datetime.now(UTC))
        await asyncio.sleep(0.02)
    return waits


async def _written(store: Store) -> int:
    async with store.reading() as tx:
        row = await tx.row(sa.text("SELECT count(*) AS many FROM deliveries WHERE room LIKE 'discord\\:dm%'"))
        return int(row.many) if row is not None else 0


@asynccontextmanager
async def _services(folder: Path) -> AsyncIterator[Services]:
    config = ServicesConfig(
        database=f"sqlite:///{folder}/bench.db",
        projects=(FERRY,),
        rooms=(),
        api_url="http://localhost",
        web_url="http://localhost",
        token=None,
        poll_seconds=60,
        settle=timedelta(),
    )
    async with open_services(config, lambda: BEFORE + timedelta(days=2)) as services:
        yield services


async def _subscribe(store: Store) -> None:
    """Everybody runs one of the versions; who subscribed when is spread over a day."""
    async with store.writing() as tx:
        numbers = random.Random(7)  # DMs are opened over a year, whoever's they are
        opened = [numbers.randrange(*A_YEAR) for _ in range(PEOPLE)]
        persons = [
            {"person": f"discord:user:{10**17 + n}", "dm": f"discord:dm:{number}"} for n, number in enumerate(opened)
        ]
        await tx.run(sa.insert(people), [{**each, "trouble": ""} for each in persons])
        wants = {"project": "ferry", "kind": "version", "min_severity": "low", "releases": "never"}
        rows = [
            {
                **wants,
                "person": each["person"],
                "name": f"1.{n % VERSIONS}.0",
                "since": BEFORE + timedelta(seconds=n % 86_400),
            }
            for n, each in enumerate(persons)
        ]
        await tx.run(sa.insert(subscriptions), [{**row, "confirmed_at": row["since"]} for row in rows])


async def _publish(services: Services) -> None:
    """Fifty releases that were there before, and one advisory that is news; all but the last versions are affected."""
    store, now = services.store, BEFORE + timedelta(days=1, hours=12)
    releases = tuple(
        Release(project=FERRY.id, tag=f"v1.{n}.0", name=f"1.{n}.0", url="https://e.org/", published_at=BEFORE)
        for n in range(VERSIONS + 1)
    )
    of_releases = SourceProfile("release", "GitHub", authoritative=True)
    of_advisories = SourceProfile("advisory", "GitHub", authoritative=True)
    flaw = Advisory(
        project=FERRY.id,
        id=GHSA,
        summary="Anybody can read all mail",
        severity=Severity.CRITICAL,
        affected=(Affected(package="ferry", range=f"< 1.{VERSIONS}.0", patched=f"1.{VERSIONS}.0"),),
        url="https://e.org/",
        published_at=now,
        updated_at=now,
    )
    listing = frozenset(fact.subject for fact in releases)
    old = Batch(observed=releases, present=listing, cursor={}, read_at=BEFORE)
    none = Batch(present=frozenset(), cursor={}, read_at=BEFORE)
    news = Batch(observed=(flaw,), present=frozenset({flaw.subject}), cursor={}, read_at=now)
    async with store.writing(FERRY.id) as tx:
        for name, profile, batch, at in (
            ("github-releases:ferry", of_releases, old, BEFORE),
            ("github-advisories:ferry", of_advisories, none, BEFORE),
            ("github-advisories:ferry", of_advisories, news, now),
        ):
            await knowledge.upsert(tx, FERRY.id, name, profile, batch, at, readable=bool)
        loaded = await snapshot.load_prepared(tx, FERRY, services.ingestor.reader)
        await services.ingestor.planner.requests.request(tx, loaded, now, changed=True)


def _bare(file: Path) -> float:
    """CPU seconds for the same rows in the same tables, in slices, by sqlite3 alone."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("INSERT INTO messages VALUES ('m', '{}')")
    rooms = [RoomAddress(room) for (room,) in connection.execute("SELECT dm FROM people ORDER BY dm")]
    began = time.process_time()
    for start in range(0, PEOPLE, SLICE):
        announced, sending, heads = [], [], []
        for number, room in enumerate(rooms[start : start + SLICE], start + 1):
            name = announcement_id(room, SUBJECT)
            lane = int(Lane.ALERT_URGENT)
            announced.append((name, "ferry", SUBJECT, room, 1, "d", 1, '["severity:critical"]', 5))
            key = delivery_key(name, 1, "new", room)
            sending.append((key, "ferry", name, "discord", room, lane, "new", 1, "m", "pending", 5, 5))
            heads.append((room, lane, "discord", number, 5))
        connection.execute("BEGIN IMMEDIATE")
        for table, columns, rows in (
            ("announcements", ANNOUNCED, announced),
            ("deliveries", SENDING, sending),
            ("queues", "room, lane, chat, head, due", heads),
        ):  # fmt: skip
            marks = ", ".join("?" * (columns.count(",") + 1))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
    took = time.process_time() - began
    connection.close()
    return took


if __name__ == "__main__":
    main()
