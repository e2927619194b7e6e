"""OSV records (https://ossf.github.io/osv-schema/) -> advisories."""

from collections.abc import Iterator

from chatbot.core.ecosystems import GIT, scheme_of
from chatbot.core.events import Advisory, Affected, Credit, Severity, Span
from chatbot.core.message import safe_url
from chatbot.sources.advisory_fields import (
    MAX_ENTRIES,
    UnreadableAdvisory,
    as_dict,
    as_list,
    is_id,
    known_as,
    line,
    weaknesses,
    words,
)
from chatbot.sources.cvss_scores import scored, severity_of, severity_word
from chatbot.sources.markdown import read_markdown
from chatbot.sources.osv_events import read_events, spans_of
from chatbot.sources.release_json import read_time

MAX_VERSIONS = 50_000  # of one advisory: more than any package has ever had


def is_osv(item: object) -> bool:
    """Whether the JSON is an OSV record: it has an id, and the time of a change or what is affected."""
    record = as_dict(item)
    return isinstance(record.get("id"), str) and ("modified" in record or isinstance(record.get("affected"), list))


def read_osv(item: object, *, project: str) -> Advisory:
    """Read one record. Raises UnreadableAdvisory, with the id where there is one."""
    record = as_dict(item)
    own = record.get("id")
    if not is_id(own):
        raise UnreadableAdvisory("an OSV record without a usable id")
    name, aliases = known_as([own, *as_list(record.get("aliases"))])
    updated_at = read_time(record.get("modified"))
    published_at = read_time(record.get("published")) or updated_at
    if published_at is None:
        raise UnreadableAdvisory(f"{own} has neither a time of publication nor one of its last change")
    entries = tuple(entry for block in _blocks(record, str(own)) for entry in _entries(block))
    scores = tuple(dict.fromkeys(_scores(record)))
    details = words(record.get("details"))
    url = _url(record, str(own))
    return Advisory(
        project=project,
        id=name,
        aliases=aliases,
        summary=line(record.get("summary")) or line(details.strip().partition("\n")[0].lstrip("# ")),
        description=read_markdown(details, base_url=url)[0],
        severity=_severity(record, scores),
        scores=scores,
        affected=entries,
        cwes=weaknesses(as_list(as_dict(record.get("database_specific")).get("cwe_ids"))),
        credits=_credits(record),
        url=url,
        published_at=published_at,
        updated_at=updated_at or published_at,
        withdrawn_at=read_time(record.get("withdrawn")),
    )


def _blocks(record: dict[str, object], name: str) -> list[dict[str, object]]:
    blocks = [as_dict(block) for block in as_list(record.get("affected"))]
    if len(blocks) > MAX_ENTRIES or sum(len(as_list(block.get("versions"))) for block in blocks) > MAX_VERSIONS:
        raise UnreadableAdvisory(f"{name} names more than {MAX_ENTRIES} packages or {MAX_VERSIONS} versions")
    return blocks


def _entries(block: dict[str, object]) -> Iterator[Affected]:
    """One entry for each order that its ranges are in; commits only where there is nothing else. None for a block that
    states nothing: nothing is affected by it then."""
    package = as_dict(block.get("package"))
    ecosystem = line(package.get("ecosystem"))
    versions = tuple(each for each in as_list(block.get("versions")) if isinstance(each, str))
    by_scheme: dict[str, list[Span]] = {}
    for value in as_list(block.get("ranges")):
        one = as_dict(value)
        scheme = {"SEMVER": "semver", "GIT": GIT}.get(words(one.get("type")), scheme_of(ecosystem))
        by_scheme.setdefault(scheme, []).extend(spans_of(read_events(as_list(one.get("events"))), scheme))
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


def _scores(record: dict[str, object]) -> Iterator[tuple[str, float]]:
    """Every CVSS vector: of the record, of its packages, and of RustSec's own field."""
    blocks = [as_dict(block) for block in as_list(record.get("affected"))]
    for holder in (record, *blocks):
        for each in as_list(holder.get("severity")):
            if found := scored(as_dict(each).get("score")):
                yield found
        if found := scored(as_dict(holder.get("database_specific")).get("cvss")):
            yield found


def _severity(record: dict[str, object], scores: tuple[tuple[str, float], ...]) -> Severity:
    """The publisher's word, else that of the highest score, else a word in place of a vector (Ubuntu)."""
    blocks = [as_dict(block) for block in as_list(record.get("affected"))]
    said = [as_dict(holder.get("database_specific")).get("severity") for holder in (record, *blocks)]
    known = [severity_word(each) for each in said]
    instead = [severity_word(as_dict(each).get("score")) for each in as_list(record.get("severity"))]
    stated = [each for each in (*known, severity_of(scores), *instead) if each is not Severity.UNKNOWN]
    return stated[0] if stated else Severity.UNKNOWN


def _credits(record: dict[str, object]) -> tuple[Credit, ...]:
    named = [
        (line(one.get("name"), 100), line(one.get("type"), 40)) for one in map(as_dict, as_list(record.get("credits")))
    ]
    return tuple(dict.fromkeys(Credit(login=name, role=role.casefold() or "reporter") for name, role in named if name))


def _url(record: dict[str, object], name: str) -> str:
    """Its publisher's page of this very id, else its page in the database that serves it."""
    for value in as_list(record.get("references")):
        one = as_dict(value)
        address = safe_url(words(one.get("url")))
        if one.get("type") == "ADVISORY" and name.casefold() in address.casefold():
            return address
    return (
        f"https://github.com/advisories/{name}" if name.startswith("GHSA-") else f"https://osv.dev/vulnerability/{name}"
    )
