"""CISA's catalogue of known exploited vulnerabilities: which CVEs it names, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chatbot.core import patterns
from chatbot.core.events import Advisory
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.http import Fetched, Fetcher, Wanted
from chatbot.sources.http_status import place
from chatbot.sources.json_body import read_object

_CVE = patterns.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The CVEs with the day each was added (None where it cannot be read), and the server's time of reading."""

    added: Mapping[str, date | None] = field(default_factory=dict)
    read_at: datetime | None = None
    skipped: int = 0


class KnownExploited:
    """The catalogue at the configured address, read anew only when it changed."""

    def __init__(self, fetcher: Fetcher, url: str) -> None:
        self._fetcher, self._url = fetcher, url
        self._last, self._catalogue = Wanted(), Catalogue()

    async def read(self) -> Catalogue:
        """The catalogue as it stands. Raises SourceUnavailable or SourceRefused; then the last one stays true."""
        fetched = await self._fetcher.get(self._url, self._last)
        if fetched.status == 404:
            raise SourceRefused(f"{place(self._url)} does not exist: correct advisories.kev_url, or leave it empty")
        if fetched.status == 200:
            self._catalogue = read_catalogue(fetched)
            self._last = Wanted(etag=fetched.etag, last_modified=fetched.last_modified)
        self._catalogue = replace(self._catalogue, read_at=fetched.read_at)
        return self._catalogue


def read_catalogue(fetched: Fetched) -> Catalogue:
    """Read the catalogue; entries without a CVE are counted and passed over."""
    entries = read_object(fetched).get("vulnerabilities")
    if not isinstance(entries, list):
        raise SourceUnavailable(f"{fetched.place} is no catalogue of known exploited vulnerabilities")
    added: dict[str, date | None] = {}
    for entry in entries:
        match entry:
            case {"cveID": str(cve)} if _CVE.fullmatch(cve.upper()):
                added[cve.upper()] = _day(entry.get("dateAdded"))
            case _:
                continue
    if entries and not added:
        raise SourceUnavailable(f"{fetched.place} names no CVE at all")
    return Catalogue(added=added, read_at=fetched.read_at, skipped=len(entries) - len(added))


def with_exploitation(advisory: Advisory, catalogue: Catalogue) -> Advisory:
    """The advisory as the catalogue completes it. What was once known to be exploited stays so."""
    if advisory.known_exploited or not any(each.upper() in catalogue.added for each in advisory.ids):
        return advisory
    return replace(advisory, known_exploited=True)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
