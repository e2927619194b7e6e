"""A cycle over a thousand repositories in which nothing happened, beside a bare aiohttp loop over the same addresses."""

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta

import aiohttp

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import GitHub, Release, Repository
from chatbot.demo.github.server import serve
from chatbot.runtime.services import ServicesConfig, open_services

REPOSITORIES = 1_000
CYCLES = 3
START = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


def world() -> GitHub:
    """A thousand repositories of one release each."""
    repositories = []
    for number in range(REPOSITORIES):
        of = Repository(owner="harbour", name=f"ferry-{number}")
        of.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=START, published_at=START)]
        repositories.append(of)
    return GitHub(repositories=repositories, quota_anonymous=10**9)


async def measured(url: str) -> tuple[float, float]:
    """CPU seconds of one quiet cycle: ours through the releases door, and the bare loop's."""
    projects = tuple(
        Project(id=ProjectId(f"p{n}"), name=f"P{n}", repository=f"harbour/ferry-{n}") for n in range(REPOSITORIES)
    )
    with tempfile.TemporaryDirectory() as folder:
        config = ServicesConfig(
            database=f"sqlite:///{folder}/bench.db",
            projects=projects,
            rooms=(
                Room(
                    address=RoomAddress("console"),
                    projects=tuple(project.id for project in projects),
                    watch_filter=WatchFilter(),
                ),
            ),
            api_url=url,
            web_url=url,
            token=None,
            poll_seconds=60,
            settle=timedelta(),
            per_second=1e9,
        )
        async with open_services(config, lambda: datetime.now(UTC)) as services:
            watches = [watch for watch in services.pollers if watch.source.name.startswith("github-releases")]
            for watch in watches:  # the baseline, and the first answer with an ETag
                await watch.look()
            began = time.process_time()
            for _ in range(CYCLES):
                for watch in watches:
                    await watch.look()
            ours = (time.process_time() - began) / CYCLES
    return ours, await _bare(url)


async def _bare(url: str) -> float:
    async with aiohttp.ClientSession() as session:
        tags = {}
        for number in range(REPOSITORIES):
            async with session.get(f"{url}/repos/harbour/ferry-{number}/releases?per_page=100") as response:
                tags[number] = response.headers["ETag"]
                await response.read()
        began = time.process_time()
        for _ in range(CYCLES):
            for number, tag in tags.items():
                address = f"{url}/repos/harbour/ferry-{number}/releases?per_page=100"
                async with session.get(address, headers={"If-None-Match": tag}) as response:
                    await response.read()
        return (time.process_time() - began) / CYCLES


def main() -> None:
    """Serve in a process of its own, so that its CPU time is not ours, and print both figures."""
    reader, writer = os.pipe()
    server = os.fork()
    if server == 0:
        asyncio.run(_serve(writer))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        url = stream.readline().strip()
    try:
        ours, bare = asyncio.run(measured(url))
    finally:
        os.kill(server, 15)
        os.waitpid(server, 0)
    ratio = f"ratio {ours / bare:.2f} (goal: at most 4)"
    print(f"quiet cycle over {REPOSITORIES} repositories: {ours:.3f} s CPU; bare aiohttp loop {bare:.3f} s; {ratio}")


async def _serve(writer: int) -> None:
    async with serve(world(), lambda: datetime.now(UTC)) as url:
        os.write(writer, f"{url}\n".encode())
        await asyncio.Event().wait()
