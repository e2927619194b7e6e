"""The program as a process of its own, beside a loopback GitHub that the test runs."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.demo.github.data import Release, Repository
from tests.cli.shell import Ran
from tests.patience import PATIENCE
from tests.standins import forks
from tests.standins.github.server import FaultyGitHub, serve

CHATBOT = Path(sys.executable).with_name("chatbot")
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n| < 1 | no |\n\nWrite to security@ferry.example.\n"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Harbour:
    """A folder with a configuration, and the GitHub that it points to."""

    folder: Path
    repository: Repository
    config: Path

    def publish(self, tag: str, body: str = "") -> None:
        self.repository.releases.append(Release(tag=tag, name=tag, body=body, created_at=now(), published_at=now()))

    def configure(self, more: str) -> None:
        self.config.write_text(self.config.read_text() + more)

    async def type(self, *words: str) -> Ran:
        """Run one command to its end."""
        words = (*words, "--config", str(self.config))
        process = await forks.start(forks.CHATBOT, *words, cwd=self.folder, env=environment(), stdout=PIPE, stderr=PIPE)
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Ran(status=process.returncode, out=out.decode(), err=err.decode())


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}


@asynccontextmanager
async def harbour(folder: Path) -> AsyncIterator[Harbour]:
    repository = Repository(owner="harbour", name="ferry", description="A ferry")
    before = now() - timedelta(days=3)
    for tag in ("v1.0.0", "v1.0.1"):
        repository.releases.append(Release(tag=tag, name=tag, body="Repairs.", created_at=before, published_at=before))
    repository.commit("SECURITY.md", POLICY, before)
    async with serve(FaultyGitHub(repositories=[repository], quota_anonymous=10**6), now) as url:
        config = folder / "config.toml"
        config.write_text(
            f'database = "sqlite:///{folder}/bot.db"\n'
            f'[github]\napi_url = "{url}"\nweb_url = "{url}"\npoll_seconds = 1\nsettle_seconds = 0\n'
            '[web]\nlisten = ""\n'
            '[[projects]]\nid = "ferry"\nname = "Ferry"\nrepository = "harbour/ferry"\n'
        )
        yield Harbour(folder, repository, config)
