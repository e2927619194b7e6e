"""The loopback GitHub's releases.atom, with the habits of the real one: ten entries, no dates of publication, no flags."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from chatbot.demo.github.data import Release, Repository, number

_ENTRIES = 10


@dataclass(frozen=True, kw_only=True)
class _Entry:
    tag: str
    title: str
    order: datetime
    updated: datetime
    html: str
    author: str


def releases_atom(of: Repository, origin: str) -> str:
    """The feed of a repository: releases and plain tags by the date of their commit, whichever was published last."""
    entries = sorted(_entries(of), key=lambda entry: (entry.order, entry.tag), reverse=True)[:_ENTRIES]
    web = f"{origin}/{of.full_name}"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-US">\n'
        f"  <id>tag:github.com,2008:{web}/releases</id>\n"
        f'  <link type="text/html" rel="alternate" href="{web}/releases"/>\n'
        f'  <link type="application/atom+xml" rel="self" href="{web}/releases.atom"/>\n'
        f"  <title>Release notes from {escape(of.name)}</title>\n"
        f"  <updated>{_when(entries[0].order if entries else datetime.fromtimestamp(0, UTC), of.feed_offset)}</updated>\n"
    )
    return head + "".join(_entry(of, entry, web, origin) for entry in entries) + "</feed>\n"


def _entries(of: Repository) -> list[_Entry]:
    released = {release.tag for release in of.releases if not release.draft}
    entries = [_released(release) for release in of.releases if not release.draft]
    bare = [
        _Entry(tag=tag, title=tag, order=at, updated=at, html="", author=of.owner)
        for tag, at in of.tags.items()
        if tag not in released
    ]
    return entries + bare


def _released(release: Release) -> _Entry:
    return _Entry(
        tag=release.tag,
        title=release.name or release.tag,
        order=release.created_at,
        updated=release.updated_at or release.published_at or release.created_at,
        html=_html(release.body),
        author=release.author,
    )


def _entry(of: Repository, entry: _Entry, web: str, origin: str) -> str:
    content = f'<content type="html">{_text(entry.html)}</content>' if entry.html else "<content>No content.</content>"
    link = f"{web}/releases/tag/{quote(entry.tag, safe='')}"
    return (
        "  <entry>\n"
        f"    <id>tag:github.com,2008:Repository/{of.id}/{_text(entry.tag)}</id>\n"
        f"    <updated>{_when(entry.updated, of.feed_offset)}</updated>\n"
        f'    <link rel="alternate" type="text/html" href={quoteattr(link)}/>\n'
        f"    <title>{_text(entry.title)}</title>\n"
        f"    {content}\n"
        f"    <author>\n      <name>{_text(entry.author)}</name>\n    </author>\n"
        f'    <media:thumbnail height="30" width="30" url="{origin}/avatars/{number(entry.author)}?s=60&amp;v=4"/>\n'
        "  </entry>\n"
    )


def _when(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _text(value: str) -> str:
    """Escaped, and without the control characters that XML cannot hold."""
    return escape("".join(each for each in value if each >= " " or each in "\n\t"))


def _html(markdown: str) -> str:
    """The gist of GitHub's rendering: headings, list items and paragraphs, everything else as text."""
    out = []
    for line in (line.strip() for line in markdown.splitlines()):
        if line.startswith("#"):
            out.append(f"<h2>{escape(line.lstrip('# '))}</h2>")
        elif line.startswith(("- ", "* ")):
            out.append(f"<ul>\n<li>{escape(line[2:])}</li>\n</ul>")
        elif line:
            out.append(f"<p>{escape(line)}</p>")
    return "\n".join(out)
