"""CISA's catalogue of known exploited vulnerabilities: which CVEs it names, and since when."""

from dataclasses import replace

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import NO_PROJECT
from chatbot.ports import SourceRefused
from chatbot.sources.http.client import Conditions, Fetcher
from chatbot.sources.http.status import place
from chatbot.sources.kev.catalogue import Catalogue
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.outcomes import value_of
from chatbot.sources.parsing.reader import Reader


class KnownExploited:
    """The catalogue at the configured address, read again only when it changed."""

    def __init__(self, fetcher: Fetcher, url: str, *, reader: Reader) -> None:
        self._fetcher, self._url, self._reader = fetcher, url, reader
        self._last, self._catalogue = Conditions(), Catalogue()

    async def read(self) -> Catalogue:
        """The catalogue as it stands. Raises SourceUnavailable or SourceRefused; then the last one stays true."""
        fetched = await self._fetcher.get(self._url, self._last)
        if fetched.status == 404:
            raise SourceRefused(f"{place(self._url)} does not exist: correct advisories.kev_url, or leave it empty")
        if fetched.status == 200:
            document = Document(kind="catalogue", project=NO_PROJECT, name="CISA's catalogue", content=fetched.body)
            self._catalogue = value_of(await self._reader.parse(document), Catalogue, fetched.place)
            self._last = Conditions(etag=fetched.etag, last_modified=fetched.last_modified)
        self._catalogue = replace(self._catalogue, read_at=fetched.read_at)
        return self._catalogue


def with_exploitation(advisory: Advisory, catalogue: Catalogue) -> Advisory:
    """The advisory as the catalogue completes it. What was once known to be exploited stays so."""
    if advisory.known_exploited or not any(each.upper() in catalogue.added for each in advisory.ids):
        return advisory
    return replace(advisory, known_exploited=True)
