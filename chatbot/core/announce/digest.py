"""The facts that an announcement shows, and their digest, which alone decides whether a posted message is edited.

A digest is computed from the values listed here, field by field, and from nothing else: neither from the words of a message
nor from the names of our classes and fields. Rewording a template or renaming a class changes no digest, and edits no post.
`TEMPLATE` is stored beside the digest; it says which wording a post has, and is never a reason to edit.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import assert_never

from chatbot.core.maintainers.controls import control_facts
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Command,
    Heading,
    Link,
    Moment,
    Paragraph,
    Quote,
    Spans,
    Strong,
    Struck,
    Text,
)
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot

TEMPLATE = 4  # of all announcements; raise it by one whenever their wording changes
_WITH_NAME = 2  # the first template that shows the name which a project gave a release
_WITH_TITLES = (
    3  # the first one that shows the titles of the advisories that a release fixes, and the last affected releases
)
_WITH_IMAGES = 4  # the first one that shows which images are there

Facts = str | int | float | bool | None | Sequence["Facts"]


def digest(facts: Facts) -> str:
    """24 hexadecimal characters that stand for the facts."""
    body = json.dumps(facts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:24]


def release_facts(
    snapshot: ProjectSnapshot,
    tag: str,
    *,
    newest: Classified | None,
    others: Sequence[tuple[str, Classified | None]] = (),
    images: Facts = (),
    notes: bool = True,
    template: int = TEMPLATE,
) -> Sequence[Facts]:
    """What a release's announcement shows. `newest` is the release that it is compared with, None where it names none;
    `others` are the other lines for which it names the release to take; `images`: what is said of its images.
    `notes`: it shows the notes, or a part of them,
    and the name of the release. `template`: of its wording; an older one shows less."""
    item, removed = snapshot.releases[tag], snapshot.knowledge.releases[tag].removal_confirmed
    release = item.release
    return [
        "release",
        ["tag", release.tag],
        ["version", item.version.text if item.version else None, item.version.package if item.version else None],
        ["kind", item.kind, item.line, item.security, item.out_of_band],
        ["url", release.url],
        ["published", moment_facts(release.published_at)],
        ["notes", _notes(release)] if notes else ["notes"],
        ["fixes", _fixes(snapshot.fixed_by(tag), titled=template >= _WITH_TITLES)],
        ["evidence", list(item.evidence)],
        ["newest", newest.release.tag if newest else None, newest.line if newest else None],
        ["gone", removed],
        *([["name", release.name]] if notes and template >= _WITH_NAME and release.name != release.tag else ()),
        *([["late"]] if item.late else ()),
        *([["backport"]] if item.backport and newest is None and not others else ()),
        *([["others", _lines(others)]] if others else []),
        *([["backport"]] if item.backport and newest is None and not others else []),
        *(
            [["unread"]] if release.unread else []
        ),  # only then, so that digests from before this field existed stay equal
        *([["images", images]] if images and template >= _WITH_IMAGES else []),
    ]


def advisory_facts(
    advisory: Advisory,
    *,
    withdrawn: bool,
    fixing: Iterable[tuple[Classified, str]],
    further_fixes: Iterable[str],
    lines_without_fix: Iterable[str],
    to_take: Sequence[tuple[str, Classified | None]] = (),
    last_affected: Sequence[str] = (),
    images: Facts = (),
    template: int = TEMPLATE,
) -> Sequence[Facts]:
    """What an advisory's announcement shows. `fixing` are the releases that fix it, each with what keeps it from being
    recommended; `further_fixes` are fixed versions beside the releases that fix it,
    `lines_without_fix` the affected lines that nothing fixes, and `to_take` the lines in which it recommends another release
    than the first that fixes it, as their announcement names them. `last_affected` are the releases that it names as such,
    unless the post has an older `template`, which named none. `images`: what is said of the images of what fixes it."""
    return [
        "advisory",
        ["id", advisory.id, sorted(advisory.ids)],
        ["summary", advisory.summary],
        ["severity", str(advisory.severity), sorted(score for _, score in advisory.scores)],
        ["affected", [affected_facts(entry) for entry in advisory.affected]],
        ["fixing", [_fixing(item, against) for item, against in fixing]],
        ["further fixes", list(further_fixes)],
        ["without fix", list(lines_without_fix)],
        ["exploited", advisory.known_exploited],
        ["weaknesses", list(advisory.cwes)],
        ["credits", [credit.login for credit in advisory.credits]],
        ["url", advisory.url],
        ["published", moment_facts(advisory.published_at)],
        ["description", block_facts(advisory.description)],
        ["withdrawn", withdrawn, advisory.withdrawn_at is not None],
        *([["to take", _lines(to_take)]] if to_take else []),
        *([["unread"]] if advisory.unread else []),
        *([["last affected", list(last_affected)]] if last_affected and template >= _WITH_TITLES else []),
        *([["images", images]] if images and template >= _WITH_IMAGES else []),
    ]


def summary_facts(snapshot: ProjectSnapshot, items: Sequence[Classified]) -> Facts:
    """What a summary of several releases shows, a line each."""
    return ["summary", [_summary_line(snapshot, item) for item in items]]


def same_facts(advisory: Advisory, other: str) -> Facts:
    """What a pointer shows: the message that replaces a second announcement of one advisory."""
    return ["same", other, advisory.id, advisory.url]


def policy_facts(url: str, sentences: Sequence[str], when: datetime) -> Facts:
    """What the announcement of a changed policy shows."""
    return ["policy", url, list(sentences), moment_facts(when)]


def listed_release_facts(snapshot: ProjectSnapshot, item: Classified) -> Facts:
    """What a line of a room's digest shows of a release."""
    return ["listed", item.line, _summary_line(snapshot, item)]


def listed_advisory_facts(advisory: Advisory, *, withdrawn: bool) -> Sequence[Facts]:
    """What a line of a room's digest shows of an advisory."""
    facts: Facts = [advisory.id, advisory.summary, str(advisory.severity), advisory.known_exploited, advisory.url]
    return ["listed advisory", facts, moment_facts(advisory.published_at), withdrawn]


def _summary_line(snapshot: ProjectSnapshot, item: Classified) -> Facts:
    release = item.release
    return [
        [release.tag, item.version.text if item.version else None, item.kind, item.security, item.out_of_band],
        [release.url, moment_facts(release.published_at), snapshot.knowledge.releases[release.tag].removal_confirmed],
        _fixes(snapshot.fixed_by(release.tag)),
        *control_facts(snapshot.control_of_release(release.tag)),
    ]


def _fixing(item: Classified, against: str) -> Facts:
    return [item.release.tag, item.line, item.release.url, *([against] if against else [])]


def _lines(lines: Iterable[tuple[str, Classified | None]]) -> Facts:
    return [[line, item.release.tag if item is not None else None] for line, item in lines]


def _fixes(advisories: Iterable[Advisory], *, titled: bool = False) -> Facts:
    return [
        [
            *(advisory.id, str(advisory.severity), advisory.url),
            *([advisory.summary, sorted(advisory.ids)] if titled else []),
        ]
        for advisory in advisories
    ]


def affected_facts(entry: Affected) -> Facts:
    """What an advisory says about one package."""
    spans = [[span.introduced, span.fixed, span.last_affected] for span in entry.spans]
    return [entry.package, entry.ecosystem, entry.scheme, entry.range, entry.patched, spans, list(entry.versions)]


def _notes(release: Release) -> Facts:
    return [release.notes_cut, block_facts(release.notes)]


def block_facts(blocks: Iterable[Block]) -> list[Facts]:
    """What a parsed text says."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> Facts:
    match block:
        case Paragraph(spans=spans):
            return ["p", _spans(spans)]
        case Heading(level=level, spans=spans):
            return ["h", level, _spans(spans)]
        case BulletList(items=items, ordered=ordered):
            first = next((item.number for item in items), None)
            start = ordered if first in (None, 1) else first
            return ["l", start, [[item.depth, _spans(item.spans)] for item in items]]
        case CodeBlock(text=text):
            return ["c", text]
        case Quote(blocks=blocks):
            return ["q", block_facts(blocks)]
        case _ as unreachable:
            assert_never(unreachable)


def _spans(spans: Spans) -> list[Facts]:
    runs: list[Facts] = []
    for span in spans:
        match span:
            case Text(text=text) | Moment(text=text):
                runs.append(["t", text])
            case Strong(text=text):
                runs.append(["b", text])
            case Code(text=text) | Command(text=text):
                runs.append(["m", text])
            case Struck(text=text):
                runs.append(["s", text])
            case Link(text=text, url=url):
                runs.append(["a", text, url])
            case _ as unreachable:
                assert_never(unreachable)
    return runs


def moment_facts(when: datetime) -> str:
    """A moment in UTC."""
    return when.astimezone(UTC).isoformat()
