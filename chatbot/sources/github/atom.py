"""A repository's releases.atom: a signal. It names tags that REST must confirm, and states no facts."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from chatbot.core.model.watches import Project
from chatbot.ports import Batch, SourceRefused
from chatbot.sources.github import profile
from chatbot.sources.github.atom_feed import Feed
from chatbot.sources.http.client import Conditions, Fetcher
from chatbot.sources.http.configured import below
from chatbot.sources.http.status import place
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.outcomes import value_of
from chatbot.sources.parsing.reader import Reader

EVERYTHING = "*"
"""A signal that is no tag (git forbids the asterisk): more was published than the feed shows, so REST reads every page."""

_REMEMBERED = 200


class GithubAtom:
    """The releases feed of one project. The cursor keeps the validators, the digest and the tags seen with their marks."""

    profile = profile.FEED

    def __init__(self, project: Project, fetcher: Fetcher, *, web_url: str, reader: Reader) -> None:
        self._project, self._fetcher, self._reader = project, fetcher, reader
        owner, _, name = project.repository.partition("/")
        self._url = below(web_url, f"/{quote(owner, safe='')}/{quote(name, safe='')}/releases.atom")

    @property
    def name(self) -> str:
        return f"github-atom:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The first look only learns the tags; afterwards a new tag or a changed entry is a signal, and a page
        without one known tag is the signal EVERYTHING."""
        conditions = Conditions(
            etag=cursor.get("etag", ""),
            last_modified=cursor.get("last_modified", ""),
            accept="application/atom+xml, application/xml;q=0.9",
        )
        fetched = await self._fetcher.get(self._url, conditions)
        if fetched.status == 404:
            raise SourceRefused(f"{place(self._url)} does not exist: check projects.repository and github.web_url")
        if fetched.status == 304:
            return Batch(cursor=dict(cursor), read_at=fetched.read_at, unchanged=True)
        validators = {"etag": fetched.etag, "last_modified": fetched.last_modified}
        if fetched.digest == cursor.get("digest"):
            return Batch(cursor={**cursor, **validators}, read_at=fetched.read_at, unchanged=True)
        document = Document(kind="feed", project=self._project.id, name=fetched.place, content=fetched.body)
        feed = value_of(await self._reader.parse(document), Feed, fetched.place)
        before = _marks(cursor)
        after = {
            **validators,
            "digest": fetched.digest,
            "marks": _marks_text(feed, before or {}),
        }
        return Batch(
            cursor=after,
            read_at=fetched.read_at,
            signal=() if before is None else self._signals(feed, before),
            unreadable=tuple(f"{fetched.place}: {each}" for each in feed.unreadable),
        )

    def _signals(self, feed: Feed, before: Mapping[str, str]) -> tuple[str, ...]:
        news = tuple(tag for tag, mark in feed.marks.items() if before.get(tag) != mark and self._project.has_tag(tag))
        gap = len(feed.marks) >= 10 and not any(tag in before for tag in feed.marks)
        return (EVERYTHING, *news) if gap else news


def _marks(cursor: Mapping[str, str]) -> dict[str, str] | None:
    """The tags seen, with their marks; None before the first look."""
    try:
        value = json.loads(cursor.get("marks", ""))
    except ValueError:
        return None
    return {str(tag): str(mark) for tag, mark in value.items()} if isinstance(value, dict) else None


def _marks_text(feed: Feed, before: Mapping[str, str]) -> str:
    """The tags to remember, those of this page first."""
    older = {tag: mark for tag, mark in before.items() if tag not in feed.marks}
    return json.dumps(dict([*feed.marks.items(), *older.items()][:_REMEMBERED]), ensure_ascii=False)
