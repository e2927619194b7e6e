"""The bytes of a repository's releases.atom -> its tags, each with a mark that changes when the entry does."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import feedparser

from chatbot.core.text import patterns
from chatbot.sources.github.release_json import is_tag
from chatbot.sources.github.xml_gate import NotPlainXml, check_xml

_ROOT = "{http://www.w3.org/2005/Atom}feed"
_ENTRY = patterns.compile(r"tag:[^,/]{1,253},[0-9]{4}:Repository/[0-9]{1,20}/(.{1,300})", dot_all=True)
_COMMIT = "Grit::Commit/"
_MAX_REASONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The feed's tags, newest first as it lists them, each with a mark that changes when the entry does."""

    marks: Mapping[str, str]
    unreadable: tuple[str, ...] = ()


def read_feed(body: bytes) -> Feed:
    """Read a releases feed. Raises NotPlainXml where it is none, or not whole."""
    root = check_xml(body)
    if root != _ROOT:
        raise NotPlainXml("is not an Atom feed")
    # BytesIO: feedparser would open a string that looks like a path or an address.
    parsed = feedparser.parse(
        BytesIO(body),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/atom+xml; charset=utf-8"},
    )
    if parsed.get("bozo"):
        raise NotPlainXml("is not a readable feed")
    return _feed(parsed.get("entries", []))


def _feed(entries: list[Mapping[str, object]]) -> Feed:
    marks: dict[str, str] = {}
    unreadable = []
    for entry in entries:
        subject = str(entry.get("id", ""))
        if _COMMIT in subject:
            raise NotPlainXml("is a feed of commits, not of releases")
        match = _ENTRY.fullmatch(subject)
        if match is None or not is_tag(match[1]):
            unreadable.append(f"an entry without a usable tag ({subject[:80]!r})")
            continue
        marks.setdefault(match[1], _mark(entry))
    if entries and not marks:
        raise NotPlainXml("is not a feed of releases")
    return Feed(marks=marks, unreadable=tuple(unreadable[:_MAX_REASONS]))


def _mark(entry: Mapping[str, object]) -> str:
    """What changes when a release is edited, or made from a plain tag."""
    content = entry.get("content")
    text = content[0].get("value", "") if isinstance(content, list) and content else entry.get("summary", "")
    whole = "\n".join(str(each) for each in (_moment(entry), entry.get("title", ""), text))
    return hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _moment(entry: Mapping[str, object]) -> str:
    """When the entry was updated, in whatever time zone the feed writes it."""
    at = entry.get("updated_parsed")
    return " ".join(str(part) for part in at[:6]) if isinstance(at, tuple) else str(entry.get("updated", ""))
