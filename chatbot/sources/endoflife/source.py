"""The lifecycle of a project's product, read again only when it changed."""

from collections.abc import Mapping
from dataclasses import replace

from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, SourceRefused
from chatbot.sources.endoflife.product import ORIGIN
from chatbot.sources.http.client import Conditions, Fetcher
from chatbot.sources.http.status import place
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.outcomes import value_of
from chatbot.sources.parsing.reader import Reader


class EndOfLife:
    """Looks at one product. The cursor keeps what tells an unchanged answer."""

    profile = SourceProfile("lifecycle", ORIGIN)

    def __init__(self, project: Project, fetcher: Fetcher, url: str, *, reader: Reader) -> None:
        self._project, self._fetcher, self._reader = project, fetcher, reader
        self._url = f"{url.rstrip('/')}/products/{project.endoflife}"

    @property
    def name(self) -> str:
        return f"endoflife:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. Raises SourceUnavailable or SourceRefused."""
        same = cursor.get("url") == self._url  # another product may be configured now
        conditions = Conditions(etag=cursor.get("etag", ""), last_modified=cursor.get("last_modified", ""))
        fetched = await self._fetcher.get(self._url, conditions if same else Conditions())
        if fetched.status == 404:
            name = self._project.endoflife
            raise SourceRefused(
                f"{place(self._url)} does not exist: endoflife.date has no product {name!r}; correct"
                " projects.endoflife, or leave it empty"
            )
        if fetched.status == 304:
            return Batch(cursor=cursor, read_at=fetched.read_at, unchanged=True)
        document = Document(
            kind="lifecycle", project=self._project.id, name=self._project.endoflife, content=fetched.body
        )
        lifecycle = value_of(await self._reader.parse(document), Lifecycle, fetched.place)
        after = {"url": self._url, "etag": fetched.etag, "last_modified": fetched.last_modified}
        as_configured = replace(
            lifecycle, product=self._project.endoflife
        )  # an alias there may have another name of its own
        return Batch(cursor=after, read_at=fetched.read_at, lifecycle=as_configured)
