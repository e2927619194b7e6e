"""The bot watches itself: whether the version that runs has an advisory, is no longer supported, or is far behind."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import metadata
from urllib.parse import urlsplit

import structlog

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.core.own_version import findings
from chatbot.core.support.current import current_policy
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.services import Services, lay
from chatbot.sources.http.client import Token
from chatbot.store.database.db import open_store

log = structlog.get_logger(__name__)

DISTRIBUTION = "release-chatbot"
EVERY = 24 * 3600.0  # seconds
AGAIN = 3600.0  # seconds, where it could not be read
_LABEL = "source"  # of the address in a package's metadata: https://packaging.python.org/specifications/well-known-project-urls/
_PUBLIC = ("https://api.github.com", "https://github.com")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the program itself is published: the addresses of the forge, and `owner/name` there."""

    api_url: str
    web_url: str
    repository: str


def project_urls() -> list[str]:
    """The addresses in the metadata of the installed package (`Source, https://…`)."""
    return metadata(DISTRIBUTION).get_all("Project-URL") or []


def origin_of(project_urls: Iterable[str], config: ServicesConfig) -> Origin | None:
    """Where the program is published, by its metadata (`Source, https://github.com/owner/name`): on the public GitHub, or on
    the one that is configured. None where the metadata names nothing that can be watched."""
    for entry in project_urls:
        label, _, url = (part.strip() for part in entry.partition(","))
        parts = urlsplit(url)
        names = [name for name in parts.path.removesuffix(".git").split("/") if name]
        if label.lower() != _LABEL or len(names) != 2:
            continue
        for api_url, web_url in ((config.api_url, config.web_url), _PUBLIC):
            if (parts.scheme, parts.netloc) == urlsplit(web_url)[:2]:
                return Origin(api_url, web_url, "/".join(names))
    return None


@dataclass(slots=True)
class SelfWatch:
    """Reads the releases, advisories and policy of the program itself once a day, into memory, and logs what is wrong with the
    version that runs: all of it each day, as a day's log is read. `/status` says it to maintainers."""

    services: Services
    origin: Origin
    running: str

    async def run(self) -> None:
        """Look once a day until cancelled; sooner where not everything could be read."""
        while True:
            was_all_read = await self.look()
            await asyncio.sleep(EVERY if was_all_read else AGAIN)

    async def look(self) -> bool:
        """Look once; return whether everything could be read."""
        try:
            sentences, troubles = await self._look()
        except Exception as unread:  # noqa: BLE001 - to look after itself must not end the bot
            sentences, troubles = (), [str(unread) or repr(unread)]
        for sentence in sentences:
            log.warning("the bot itself needs an upgrade", reason=sentence)
        if troubles:
            log.warning("not all that is published about the bot itself could be read", reason=troubles[0])
            sentences = tuple(dict.fromkeys((*sentences, *self.services.answers.itself)))  # unread is not gone
        self.services.answers.itself = sentences
        return not troubles

    async def _look(self) -> tuple[tuple[str, ...], list[str]]:
        clock, project = (
            self.services.clock,
            Project(id=ProjectId("chatbot"), name="chatbot", repository=self.origin.repository),
        )
        config = replace(
            self.services.config,
            database="sqlite://",
            projects=(project,),
            rooms=(),
            api_url=self.origin.api_url,
            web_url=self.origin.web_url,
            token=self._token(),
            kev_url="",
        )
        async with open_store(config.database) as store:
            own = lay(config, store, self.services.fetcher, self.services.reader.pool, clock)
            await own.look_once()
            async with store.reading() as tx:
                loaded = await snapshot.load(tx, project, own.ingestor.reader)
        policy = current_policy(loaded.knowledge, own.ingestor.reader.read)
        sources = loaded.knowledge.sources.values()
        return findings(loaded, policy, self.running, clock().date()), [
            each.trouble for each in sources if each.trouble
        ]

    def _token(self) -> Token | None:
        """The configured token goes to the forge that it is for, and to no other."""
        return self.services.config.token if self.origin.api_url == self.services.config.api_url else None
