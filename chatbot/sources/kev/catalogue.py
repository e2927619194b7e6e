"""The bytes of CISA's catalogue of known exploited vulnerabilities -> the CVEs that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from chatbot.core.text import patterns
from chatbot.sources.http.json_body import NoJson, decode_object

_CVE = patterns.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The CVEs with the day each was added (None where it cannot be read), and the server's time of reading."""

    added: Mapping[str, date | None] = field(default_factory=dict)
    read_at: datetime | None = None


def read_catalogue(body: bytes) -> Catalogue:
    """Read the catalogue; entries without a CVE are passed over. Raises NoJson."""
    entries = decode_object(body).get("vulnerabilities")
    if not isinstance(entries, list):
        raise NoJson("sent no catalogue of known exploited vulnerabilities")
    added: dict[str, date | None] = {}
    for entry in entries:
        match entry:
            case {"cveID": str(cve)} if _CVE.fullmatch(cve.upper()):
                added[cve.upper()] = _day(entry.get("dateAdded"))
            case _:
                continue
    if entries and not added:
        raise NoJson("sent a catalogue that names no CVE at all")
    return Catalogue(added=added)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
