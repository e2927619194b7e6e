"""A page of several items -> its items by their plain fields, each with the part of it that its own parser reads.

Items are told apart here and parsed one by one elsewhere, so that one that is too heavy fails alone. What is not published
leaves no trace.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId
from chatbot.core.text import patterns
from chatbot.sources.advisories.fields import UnreadableAdvisory, as_dict, is_id
from chatbot.sources.advisories.formats import bare_github_advisory, is_public
from chatbot.sources.github.release_json import UnreadableRelease, bare_release, is_draft, is_tag, read_time
from chatbot.sources.http.json_body import NoJson, decode_list, decode_object
from chatbot.sources.osv.records import bare_osv
from chatbot.sources.parsing.documents import Document, Item, Page

MAX_ITEMS = 5_000  # of one page; GitHub gives a hundred, OSV a thousand
_OF_A_RELEASE = ("tag_name", "name", "html_url", "created_at", "published_at", "prerelease", "draft", "body")
_REVIEWED = "reviewed advisory"
_COMMIT = patterns.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VOLATILE = ("epss",)  # changes daily without a change of the advisory


def releases(document: Document) -> Page:
    """The published releases of GitHub's list. Raises NoJson."""
    return _page(_release(item, document.project) for item in _few(decode_list(document.content)))


def one_release(document: Document) -> Page:
    """The same of the one release at its own address."""
    return _page([_release(decode_object(document.content), document.project)])


def advisories(document: Document) -> Page:
    """The published advisories of a repository's list. Raises NoJson."""
    return _page(_advisory(item, document.project, "advisory") for item in _few(decode_list(document.content)))


def one_advisory(document: Document) -> Page:
    """The same of the one advisory at its own address."""
    return _page([_advisory(decode_object(document.content), document.project, "advisory")])


def reviewed_advisories(document: Document) -> Page:
    """The advisories of GitHub's global database. Raises NoJson."""
    return _page(_advisory(item, document.project, _REVIEWED) for item in _few(decode_list(document.content)))


def one_reviewed_advisory(document: Document) -> Page:
    """The same of the one advisory at its own address."""
    return _page([_advisory(decode_object(document.content), document.project, _REVIEWED)])


def osv_records(document: Document) -> Page:
    """The records of OSV's answer to a query, and its token for the next page. Raises NoJson."""
    answer = decode_object(document.content)
    records, token = answer.get("vulns", []), answer.get("next_page_token")
    if not isinstance(records, list):
        raise NoJson("sent no list of advisories")
    items = tuple(_record(item, document.project) for item in _few(records))
    return Page(items=items, next_token=token if isinstance(token, str) else "")


def one_osv_record(document: Document) -> Page:
    """The same of the one record at its own address."""
    return _page([_record(decode_object(document.content), document.project)])


def commit_date(document: Document) -> datetime | None:
    """The date of the first commit of GitHub's list; None where it tells none. Raises NoJson."""
    match decode_list(document.content):
        case [{"commit": {"committer": {"date": date}}}, *_]:
            return read_time(date)
        case _:
            return None


def revisions(document: Document) -> tuple[tuple[str, datetime], ...]:
    """The commits of GitHub's list that can be asked for, each with its date, the newest first. Raises NoJson."""
    commits = []
    for item in _few(decode_list(document.content)):
        match item:
            case {"sha": str(sha), "commit": {"committer": {"date": date}}}:
                at = read_time(date)
                if at is not None and _COMMIT.fullmatch(sha):
                    commits.append((sha, at))
    return tuple(commits)


def _page(items: Iterable[Item | None]) -> Page:
    return Page(items=tuple(item for item in items if item is not None))


def _few(items: list[object]) -> list[object]:
    if len(items) > MAX_ITEMS:
        raise NoJson(f"sent more than {MAX_ITEMS} items on one page")
    return items


def _release(item: object, project: ProjectId) -> Item | None:
    if isinstance(item, dict) and is_draft(item):
        return None
    record = as_dict(item)
    tag = record.get("tag_name")
    mark = tag if isinstance(tag, str) and is_tag(tag) else ""
    subject = f"{project}/{mark}" if mark else ""
    try:
        bare = bare_release(item, project=project)
    except MemoryError:
        raise
    except Exception as wrong:  # noqa: BLE001 - an item's fault is the item's alone
        return Item(subject=subject, mark=mark, problem=_why(wrong))
    fields = {name: record[name] for name in _OF_A_RELEASE if name in record}
    return Item(subject=subject, mark=mark, bare=bare, document=_document("release", project, bare.tag, fields))


def _advisory(item: object, project: ProjectId, kind: str) -> Item | None:
    record = as_dict(item)
    if isinstance(item, dict) and not is_public(record):
        return None
    own = record.get("ghsa_id")
    try:
        bare = bare_github_advisory(item, project=project)
    except MemoryError:
        raise
    except Exception as wrong:  # noqa: BLE001 - an item's fault is the item's alone
        return _unusable(own, project, _why(wrong))
    fields = {name: value for name, value in record.items() if name not in _VOLATILE}
    return _item(bare, _document(kind, project, bare.id, fields))


def _record(item: object, project: ProjectId) -> Item:
    try:
        bare = bare_osv(item, project=project)
    except MemoryError:
        raise
    except Exception as wrong:  # noqa: BLE001 - an item's fault is the item's alone
        return _unusable(as_dict(item).get("id"), project, _why(wrong))
    return _item(bare, _document("osv", project, bare.id, as_dict(item)))


def _why(wrong: Exception) -> str:
    """The sentence of a reader that refused an item, or what kind of failure one had that should not have failed."""
    refused = isinstance(wrong, UnreadableRelease | UnreadableAdvisory)
    return str(wrong) if refused else f"an item made its parser fail ({type(wrong).__name__})"


def _item(bare: Advisory, document: Document) -> Item:
    return Item(subject=bare.subject, mark=f"{bare.id}@{bare.updated_at.isoformat()}", bare=bare, document=document)


def _unusable(own: object, project: ProjectId, problem: str) -> Item:
    """One whose plain fields cannot be read is still there."""
    name = own if isinstance(own, str) and is_id(own) else ""
    return Item(subject=f"{project}/{name}" if name else "", mark=name, problem=problem)


def _document(kind: str, project: ProjectId, name: str, fields: dict[str, object]) -> Document:
    return Document(kind=kind, project=project, name=name, content=json.dumps(fields, ensure_ascii=False).encode())
