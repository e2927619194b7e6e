"""GitHub's advisories, of a repository and of the global database, and OSV's, as JSON -> advisories; drafts never become one."""

from collections.abc import Iterator
from dataclasses import replace

from chatbot.core.model.facts import Advisory, Affected, Credit
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.core.text.links import safe_url
from chatbot.core.versions.ecosystems import scheme_of
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
from chatbot.sources.osv.records import is_osv, read_osv

__all__ = ["UnreadableAdvisory", "is_public", "read_advisory", "read_github_advisory"]

_PUBLIC = frozenset({"published", "withdrawn"})
_MAX_RANGE = 2_000  # characters; a longer text is unreadable and is not quoted whole


def read_advisory(item: object, *, project: ProjectId) -> Advisory:
    """Read an advisory of any of the three shapes. Raises UnreadableAdvisory; its text names nothing that is not public."""
    if is_osv(item):
        return read_osv(item, project=project)
    return read_github_advisory(item, project=project)


def is_public(item: object) -> bool:
    """Whether the advisory is published: a token may see drafts and triage, which are nobody's business.

    The global database has no states; what it lists is public.
    """
    record = as_dict(item)
    state = record.get("state", "published" if record.get("published_at") else "draft")
    return isinstance(state, str) and state in _PUBLIC and record.get("published_at") is not None


def bare_github_advisory(item: object, *, project: ProjectId) -> Advisory:
    """One advisory by its plain fields: whom it affects and what it describes is not read. Raises UnreadableAdvisory."""
    record = as_dict(item)
    if not is_public(record):
        raise UnreadableAdvisory("an advisory that is not published, or none at all")
    own = record.get("ghsa_id")
    if not is_id(own):
        raise UnreadableAdvisory("an advisory without a usable ghsa_id")
    ids = _ids(record)
    name, aliases = known_as(ids)
    published_at = read_time(record.get("published_at"))
    if published_at is None:
        raise UnreadableAdvisory(f"{own} has no readable time of publication")
    updated_at = read_time(record.get("updated_at")) or published_at
    scores = tuple(dict.fromkeys(_scores(record)))
    severity = severity_word(record.get("severity"))
    return Advisory(
        project=project,
        id=name,
        aliases=aliases,
        summary=line(record.get("summary")),
        severity=severity if severity is not Severity.UNKNOWN else severity_of(scores),
        scores=scores,
        affected=(Affected(),),
        url=safe_url(words(record.get("html_url"))),
        published_at=published_at,
        updated_at=updated_at,
        withdrawn_at=read_time(record.get("withdrawn_at"))
        or (updated_at if record.get("state") == "withdrawn" else None),
        unread=ids_cut(ids),
    )


def read_github_advisory(item: object, *, project: ProjectId) -> Advisory:
    """Read one advisory of GitHub's REST API or webhooks. Raises UnreadableAdvisory."""
    bare, record = bare_github_advisory(item, project=project), as_dict(item)
    products = as_list(record.get("vulnerabilities"))
    cut = f"it names {len(products)} packages, of which {MAX_ENTRIES} are read" if len(products) > MAX_ENTRIES else ""
    return replace(
        bare,
        description=read_markdown(words(record.get("description")), base_url=bare.url)[0],
        affected=_affected(products[:MAX_ENTRIES]),
        cwes=weaknesses(
            [*as_list(record.get("cwe_ids")), *(as_dict(each).get("cwe_id") for each in as_list(record.get("cwes")))]
        ),
        credits=_credits(record),
        unread="; ".join(filter(None, (bare.unread, cut))),
    )


def _ids(record: dict[str, object]) -> list[object]:
    identifiers = [as_dict(each).get("value") for each in as_list(record.get("identifiers"))]
    return [record.get("ghsa_id"), record.get("cve_id"), *identifiers]


def _affected(products: list[object]) -> tuple[Affected, ...]:
    """One entry for each product; one that states nothing where there is none, so that it counts as unreadable."""
    return tuple(dict.fromkeys(_entry(as_dict(product)) for product in products)) or (Affected(),)


def _entry(product: dict[str, object]) -> Affected:
    package = as_dict(product.get("package"))
    ecosystem = line(package.get("ecosystem"))
    first = product.get("first_patched_version")
    patched = words(product.get("patched_versions")) or words(first) or words(as_dict(first).get("identifier"))
    return Affected(
        package=line(package.get("name")),
        ecosystem=ecosystem,
        scheme=scheme_of(ecosystem),
        range=line(_lines_as_alternatives(product.get("vulnerable_version_range")), _MAX_RANGE),
        patched=line(patched, _MAX_RANGE),
    )


def _lines_as_alternatives(value: object) -> str:
    return " || ".join(part for part in words(value).splitlines() if part.strip())


def _scores(record: dict[str, object]) -> Iterator[tuple[str, float]]:
    """The vectors of both CVSS fields, the newer field first."""
    severities = as_dict(record.get("cvss_severities"))
    for value in (severities.get("cvss_v4"), severities.get("cvss_v3"), record.get("cvss")):
        one = as_dict(value)
        if score := scored(one.get("vector_string"), one.get("score")):
            yield score


def _credits(record: dict[str, object]) -> tuple[Credit, ...]:
    """Those who accepted; the global database lists no others, and a repository's plain list does not tell."""
    detailed = [one for one in map(as_dict, as_list(record.get("credits_detailed"))) if one.get("state") == "accepted"]
    listed = [one for one in map(as_dict, as_list(record.get("credits"))) if "user" in one]
    accepted = detailed or ([] if "credits_detailed" in record else listed)
    pairs = [(line(as_dict(one.get("user")).get("login"), 100), line(one.get("type"), 40)) for one in accepted]
    credited = dict.fromkeys(Credit(login=login, role=role or "reporter") for login, role in pairs if login)
    return tuple(credited)[:MAX_CREDITS]
