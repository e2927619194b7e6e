"""The words of announcements: releases and policy changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chatbot.core.events import Advisory, PolicyPage, Release, Severity
from chatbot.core.message import (
    Action,
    Fact,
    Link,
    Message,
    Paragraph,
    Span,
    Strong,
    Text,
    Tone,
    bullets,
    fact,
    paragraph,
)
from chatbot.core.picture import Picture
from chatbot.core.releases import Classified
from chatbot.core.rules import Project
from chatbot.core.words import day

_KINDS = {
    "major": "major release",
    "minor": "minor release",
    "patch": "patch release",
    "prerelease": "prerelease",
    "unknown": "release",
}
MOST_FIXED = 10  # advisories named in one release; the notes lead to the rest


def release_message(picture: Picture, tag: str) -> Message:
    """What a room is shown of a release now: the same facts give the same message, whenever it is rendered."""
    item, known = picture.releases[tag], picture.knowledge.releases[tag]
    fixed = picture.fixed_by(tag)
    message = Message(
        title=f"{picture.project.name} {named(item)} – {release_kind(item)}",
        tone=_tone(item, fixed),
        url=item.release.url,
        facts=tuple(_release_facts(picture, item, fixed)),
        body=item.release.notes,
        links=_release_links(item.release, fixed),
        actions=_actions(picture, item, fixed),
        at=item.release.published_at,
    )
    return (
        retracted(message, "This release was removed by the project after it was announced.") if known.gone else message
    )


def retracted(message: Message, why: str) -> Message:
    """The same message crossed out, with the reason in the place of its body and nothing to press."""
    return replace(
        message,
        tone=Tone.WITHDRAWN,
        struck=True,
        body=(Paragraph((Strong("Withdrawn. "), Text(why))),),
        actions=(),
    )


def in_short(message: Message) -> Message:
    """What an edit comes to where a chat cannot edit: its title, its facts and the way to the whole; it calls nobody."""
    body = message.body[:1] if message.struck else ()
    return replace(message, title=f"Update: {message.title}", body=body, actions=(), mentions=())


def matters(message: Message) -> bool:
    """Whether an edit is worth a message of its own where it cannot be made: what concerns security is, a mere correction is
    not."""
    return message.tone in (Tone.SECURITY, Tone.CRITICAL, Tone.WITHDRAWN)


def named(item: Classified) -> str:
    """The version for people, with its package in a repository of several; the tag where it is no version."""
    if item.version is None:
        return item.release.tag
    return f"{item.version.package} {item.version.text}".strip()


def release_kind(item: Classified) -> str:
    """`patch release`, `security release`, `out-of-band security release`."""
    if item.out_of_band:
        return "out-of-band security release"
    return "security release" if item.security else _KINDS[item.kind]


def _tone(item: Classified, fixed: Sequence[Advisory]) -> Tone:
    if item.out_of_band or (fixed and fixed[0].severity is Severity.CRITICAL):
        return Tone.CRITICAL
    return Tone.SECURITY if item.security else Tone.ROUTINE


def _release_facts(picture: Picture, item: Classified, fixed: Sequence[Advisory]) -> list[Fact]:
    facts: list[Fact] = []
    if fixed:
        facts.append(fact("Fixes", *_fixed_words(fixed)))
    newest = compared_with(picture, item.release.tag)
    if item.line:
        facts.append(fact("Line", f"{item.line}.x"))
    if newest is not None:
        words = f"the newest release is {named(newest)}"
        backport = item.kind != "prerelease" and newest.line != item.line
        why = (
            "an older version, published late; "
            if item.late
            else f"a fix for the {item.line} line; "
            if backport
            else ""
        )
        facts.append(fact("Not the newest", f"{why}{words}"))
    if item.security and not fixed:
        facts.append(fact("Evidence", "; ".join(item.evidence)))
    return facts


def compared_with(picture: Picture, tag: str) -> Classified | None:
    """The release that was the newest when this one came, where it is another and higher one: the announcement names it."""
    item, newest = picture.releases[tag], picture.newest_then.get(tag)
    if item.version is None or newest is None or newest.version is None or newest.release.tag == tag:
        return None
    return newest if newest.version > item.version else None


def _fixed_words(fixed: Sequence[Advisory]) -> list[str | Span]:
    words: list[str | Span] = []
    for advisory in fixed[:MOST_FIXED]:
        words += [", "] if words else []
        words += [Link(advisory.id, advisory.url) if advisory.url else advisory.id, f" ({advisory.severity})"]
    if len(fixed) > MOST_FIXED:
        words.append(f" and {len(fixed) - MOST_FIXED} more")
    return words


def _release_links(release: Release, fixed: Sequence[Advisory]) -> tuple[Link, ...]:
    links = [Link("Release notes", release.url)] if release.url else []
    return tuple(links + [Link(advisory.id, advisory.url) for advisory in fixed[:MOST_FIXED] if advisory.url])


def _actions(picture: Picture, item: Classified, fixed: Sequence[Advisory]) -> tuple[Action, ...]:
    if not fixed:
        return ()
    return (Action("affected", "Does it affect me?", picture.project.id, item.release.subject),)


def policy_message(project: Project, page: PolicyPage, sentences: Sequence[str], read_at: datetime) -> Message:
    """What changed in the security policy, a sentence each."""
    when = page.committed_at or read_at
    link = (Link("The whole policy", page.link),) if page.link else ()
    dated = "committed" if page.committed_at else "first read"
    return Message(
        title=f"{project.name} – security policy changed",
        tone=Tone.POLICY,
        url=page.link,
        body=(bullets(sentences), paragraph(f"The page was {dated} on {day(when.astimezone(UTC))}.")),
        links=link,
        at=when,
    )
