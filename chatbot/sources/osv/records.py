"""OSV records (https://ossf.github.io/osv-schema/) -> advisories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chatbot.core.model.facts import Advisory, Affected, Credit, Span
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.core.text.links import safe_url
from chatbot.core.versions.ecosystems import GIT, scheme_of
from chatbot.sources.advisories.cvss_scores import scored, severity_of, severity_word
from chatbot.sources.advisories.fields import (
    MAX_CREDITS,
    MAX_ENTRIES,
    UnreadableAdvisory,
    as_dict,
    as_list,
    ids_cut,
    is_id,
    known_as,
    line,
    weaknesses,
    words,
)
from chatbot.sources.github.release_json import read_time
from chatbot.sources.markdown.document import read_markdown
from chatbot.sources.osv.range_events import read_events, spans_of

# Of one advisory; what is more is not read, and the advisory says so.
MAX_VERSIONS = 5_000  # listed one by one
MAX_EVENTS = 5_000  # of all its ranges
_MAX_SCORES = 10  # of one package
_MAX_REFERENCES = 500
_OPENING = 2_000  # characters among which the first line is looked for


def is_osv(item: object) -> bool:
    """Whether the JSON is an OSV record: it has an id, and the time of a change or what is affected."""
    record = as_dict(item)
    return isinstance(record.get("id"), str) and ("modified" in record or isinstance(record.get("affected"), list))


def bare_osv(item: object, *, project: ProjectId) -> Advisory:
    """One record by its plain fields: whom it affects and what it describes is not read. Raises UnreadableAdvisory, with the
    id where there is one."""
    record = as_dict(item)
    own = record.get("id")
    if not is_id(own):
        raise UnreadableAdvisory("an OSV record without a usable id")
    ids = [own, *as_list(record.get("aliases"))]
    name, aliases = known_as(ids)
    updated_at = read_time(record.get("modified"))
    published_at = read_time(record.get("published")) or updated_at
    if published_at is None:
        raise UnreadableAdvisory(f"{own} has neither a time of publication nor one of its last change")
    scores = tuple(dict.fromkeys(_scores([record])))
    return Advisory(
        project=project,
        id=name,
        aliases=aliases,
        summary=line(record.get("summary"))
        or line(words(record.get("details"))[:_OPENING].strip().partition("\n")[0].lstrip("# ")),
        severity=_severity(record, scores),
        scores=scores,
        affected=(Affected(),),
        url=_url(record, str(own)),
        published_at=published_at,
        updated_at=updated_at or published_at,
        withdrawn_at=read_time(record.get("withdrawn")),
        unread=ids_cut(ids),
    )


def read_osv(item: object, *, project: ProjectId) -> Advisory:
    """Read one record. Raises UnreadableAdvisory, with the id where there is one."""
    bare, record = bare_osv(item, project=project), as_dict(item)
    within = _Within()
    entries = tuple(entry for block in within.blocks(record) for entry in _entries(block, within))
    scores = tuple(dict.fromkeys(_scores([record, *within.blocks(record)])))
    return replace(
        bare,
        description=read_markdown(words(record.get("details")), base_url=bare.url)[0],
        severity=_severity(record, scores),
        scores=scores,
        affected=entries,
        cwes=weaknesses(as_list(as_dict(record.get("database_specific")).get("cwe_ids"))),
        credits=_credits(record),
        unread="; ".join(filter(None, (bare.unread, *within.cuts))),
    )


@dataclass(slots=True)
class _Within:
    """What may still be read of one record. A list is read whole or not at all: half of its events would say something else;
    `cuts` says what was not."""

    events: int = MAX_EVENTS
    versions: int = MAX_VERSIONS
    cuts: dict[str, None] = field(default_factory=dict)

    def blocks(self, record: dict[str, object]) -> list[dict[str, object]]:
        blocks = as_list(record.get("affected"))
        if len(blocks) > MAX_ENTRIES:
            self.cuts[f"it names {len(blocks)} packages, of which {MAX_ENTRIES} are read"] = None
        return [as_dict(block) for block in blocks[:MAX_ENTRIES]]

    def events_of(self, one: dict[str, object]) -> list[object]:
        events = as_list(one.get("events"))
        self.events -= len(events)
        if self.events < 0:
            self.cuts[f"its ranges have more than {MAX_EVENTS} events"] = None
            return []
        return events

    def versions_of(self, block: dict[str, object]) -> tuple[str, ...]:
        versions = as_list(block.get("versions"))
        if len(versions) > self.versions:
            self.cuts[f"it lists more than {MAX_VERSIONS} versions"] = None
        within, self.versions = versions[: self.versions], max(self.versions - len(versions), 0)
        return tuple(each for each in within if isinstance(each, str))


def _entries(block: dict[str, object], within: _Within) -> Iterator[Affected]:
    """One entry for each order that its ranges are in; commits only where there is nothing else. None for a block that
    states nothing: nothing is affected by it then."""
    package = as_dict(block.get("package"))
    ecosystem = line(package.get("ecosystem"))
    versions = within.versions_of(block)
    by_scheme: dict[str, list[Span]] = {}
    for value in as_list(block.get("ranges")):
        one = as_dict(value)
        scheme = {"SEMVER": "semver", "GIT": GIT}.get(words(one.get("type")), scheme_of(ecosystem))
        by_scheme.setdefault(scheme, []).extend(spans_of(read_events(within.events_of(one)), scheme))
    commits = by_scheme.pop(GIT, [])
    if not by_scheme and (commits or versions):
        by_scheme[GIT if commits else scheme_of(ecosystem)] = commits
    for scheme, spans in by_scheme.items():
        yield Affected(
            package=line(package.get("name")),
            ecosystem=ecosystem,
            scheme=scheme,
            spans=tuple(dict.fromkeys(spans)),
            versions=versions,
        )
        versions = ()


def _scores(holders: Sequence[dict[str, object]]) -> Iterator[tuple[str, float]]:
    """The CVSS vectors of the record and of its packages, and of RustSec's own field."""
    for holder in holders:
        for each in as_list(holder.get("severity"))[:_MAX_SCORES]:
            if score := scored(as_dict(each).get("score")):
                yield score
        if score := scored(as_dict(holder.get("database_specific")).get("cvss")):
            yield score


def _severity(record: dict[str, object], scores: tuple[tuple[str, float], ...]) -> Severity:
    """The publisher's word, else that of the highest score, else a word in place of a vector (Ubuntu)."""
    blocks = [as_dict(block) for block in as_list(record.get("affected"))[:MAX_ENTRIES]]
    words = [as_dict(holder.get("database_specific")).get("severity") for holder in (record, *blocks)]
    severities = [severity_word(each) for each in words]
    instead = [severity_word(as_dict(each).get("score")) for each in as_list(record.get("severity"))[:_MAX_SCORES]]
    stated = [each for each in (*severities, severity_of(scores), *instead) if each is not Severity.UNKNOWN]
    return stated[0] if stated else Severity.UNKNOWN


def _credits(record: dict[str, object]) -> tuple[Credit, ...]:
    pairs = [
        (line(one.get("name"), 100), line(one.get("type"), 40)) for one in map(as_dict, as_list(record.get("credits")))
    ]
    credited = dict.fromkeys(Credit(login=name, role=role.casefold() or "reporter") for name, role in pairs if name)
    return tuple(credited)[:MAX_CREDITS]


def _url(record: dict[str, object], name: str) -> str:
    """Its publisher's page of this very id, else its page in the database that serves it."""
    for value in as_list(record.get("references"))[:_MAX_REFERENCES]:
        one = as_dict(value)
        address = safe_url(words(one.get("url")))
        if one.get("type") == "ADVISORY" and name.casefold() in address.casefold():
            return address
    return (
        f"https://github.com/advisories/{name}" if name.startswith("GHSA-") else f"https://osv.dev/vulnerability/{name}"
    )
