"""A repository's releases.atom: the cheap door. It signals tags that REST must confirm, and states no facts."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

import feedparser

from chatbot.core import patterns
from chatbot.core.rules import Project
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.sources.configured import below
from chatbot.sources.http import Fetcher, Wanted
from chatbot.sources.http_status import place
from chatbot.sources.release_json import is_tag
from chatbot.sources.xml_gate import NotPlainXml, check_xml

EVERYTHING = "*"
"""A signal that is no tag (git forbids the asterisk): more was published than the feed shows, so REST reads every page."""

_ROOT = "{http://www.w3.org/2005/Atom}feed"
_ENTRY = patterns.compile(r"tag:[^,/]{1,253},[0-9]{4}:Repository/[0-9]{1,20}/(.{1,300})", dot_all=True)
_COMMIT = "Grit::Commit/"
_REMEMBERED = 200
_MAX_REASONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The feed's tags, newest first as it lists them, each with a mark that changes when the entry does."""

    marks: Mapping[str, str]
    unreadable: tuple[str, ...] = ()


class GithubAtom:
    """The releases feed of one project. The cursor keeps the validators, the digest and the tags seen with their marks."""

    door = "atom"

    def __init__(self, project: Project, fetcher: Fetcher, *, web_url: str) -> None:
        self._project, self._fetcher = project, fetcher
        owner, _, name = project.repository.partition("/")
        self._url = below(web_url, f"/{quote(owner, safe='')}/{quote(name, safe='')}/releases.atom")

    @property
    def name(self) -> str:
        return f"github-atom:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The first look only learns the tags; afterwards a new tag or a changed entry is a signal, and a page
        without one known tag is the signal EVERYTHING."""
        wanted = Wanted(
            etag=cursor.get("etag", ""),
            last_modified=cursor.get("last_modified", ""),
            accept="application/atom+xml, application/xml;q=0.9",
        )
        fetched = await self._fetcher.get(self._url, wanted)
        if fetched.status == 404:
            raise SourceRefused(f"{place(self._url)} does not exist: check projects.repository and github.web_url")
        if fetched.status == 304:
            return Batch(cursor=dict(cursor), read_at=fetched.read_at, unchanged=True)
        validators = {"etag": fetched.etag, "last_modified": fetched.last_modified}
        if fetched.digest == cursor.get("digest"):
            return Batch(cursor={**cursor, **validators}, read_at=fetched.read_at, unchanged=True)
        feed = await asyncio.to_thread(read_feed, fetched.body, fetched.place)
        known = _marks(cursor)
        after = {
            **validators,
            "digest": fetched.digest,
            "marks": _written(feed, known or {}),
        }
        return Batch(
            cursor=after,
            read_at=fetched.read_at,
            signal=() if known is None else self._signals(feed, known),
            unreadable=feed.unreadable,
        )

    def _signals(self, feed: Feed, known: Mapping[str, str]) -> tuple[str, ...]:
        news = tuple(tag for tag, mark in feed.marks.items() if known.get(tag) != mark and self._project.has_tag(tag))
        gap = len(feed.marks) >= 10 and not any(tag in known for tag in feed.marks)
        return (EVERYTHING, *news) if gap else news


def read_feed(body: bytes, url: str) -> Feed:
    """Read a releases feed; for a worker thread. Raises SourceUnavailable where it is none, or not whole."""
    try:
        root = check_xml(body)
    except NotPlainXml as wrong:
        raise SourceUnavailable(f"{url} {wrong}") from wrong
    if root != _ROOT:
        raise SourceUnavailable(f"{url} is no Atom feed")
    # BytesIO: feedparser would open a string that looks like a path or an address.
    parsed = feedparser.parse(
        BytesIO(body),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/atom+xml; charset=utf-8"},
    )
    if parsed.get("bozo"):
        raise SourceUnavailable(f"{url} is no readable feed")
    return _feed(parsed.get("entries", []), url)


def _feed(entries: list[Mapping[str, object]], url: str) -> Feed:
    marks: dict[str, str] = {}
    unreadable = []
    for entry in entries:
        subject = str(entry.get("id", ""))
        if _COMMIT in subject:
            raise SourceUnavailable(f"{url} is a feed of commits, not of releases")
        found = _ENTRY.fullmatch(subject)
        if found is None or not is_tag(found[1]):
            unreadable.append(f"{url}: an entry without a usable tag ({subject[:80]!r})")
            continue
        marks.setdefault(found[1], _mark(entry))
    if entries and not marks:
        raise SourceUnavailable(f"{url} is no feed of releases")
    return Feed(marks=marks, unreadable=tuple(unreadable[:_MAX_REASONS]))


def _mark(entry: Mapping[str, object]) -> str:
    """What changes when a release is edited, or made from a plain tag."""
    content = entry.get("content")
    told = content[0].get("value", "") if isinstance(content, list) and content else entry.get("summary", "")
    whole = "\n".join(str(each) for each in (_moment(entry), entry.get("title", ""), told))
    return hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _moment(entry: Mapping[str, object]) -> str:
    """When the entry was updated, in whatever time zone the feed writes it."""
    at = entry.get("updated_parsed")
    return " ".join(str(part) for part in at[:6]) if isinstance(at, tuple) else str(entry.get("updated", ""))


def _marks(cursor: Mapping[str, str]) -> dict[str, str] | None:
    """The tags seen, with their marks; None before the first look."""
    try:
        value = json.loads(cursor.get("marks", ""))
    except ValueError:
        return None
    return {str(tag): str(mark) for tag, mark in value.items()} if isinstance(value, dict) else None


def _written(feed: Feed, known: Mapping[str, str]) -> str:
    """The tags to remember, those of this page first."""
    older = {tag: mark for tag, mark in known.items() if tag not in feed.marks}
    return json.dumps(dict([*feed.marks.items(), *older.items()][:_REMEMBERED]), ensure_ascii=False)
