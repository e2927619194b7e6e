"""The answers about advisories: which affect a version, what one says, which there are, and whom the project thanks."""

from collections.abc import Sequence
from datetime import date

from chatbot.core.advisories import Verdict, affected
from chatbot.core.answers import Desk, unsure
from chatbot.core.events import Advisory, Severity
from chatbot.core.message import (
    Block,
    BulletList,
    Heading,
    Link,
    ListItem,
    Message,
    Span,
    Strong,
    Text,
    Tone,
    fact,
    paragraph,
)
from chatbot.core.render_advisory import advisory_message
from chatbot.core.versions import read_version
from chatbot.core.words import count, day

MOST = 15  # advisories in one answer
MOST_PEOPLE = 40


def affecting(desk: Desk) -> Message:
    """Which published advisories affect a version, with their fixes; what cannot be read is said."""
    asked = desk.arguments.get("version", "")
    version = read_version(asked)
    if version is None:
        return unsure(f"“{asked[:40]}” is no version I can read", "Ask with a full version such as 0.13.2.")
    if not any(name.startswith("github-advisories") for name in desk.knowledge.read_at):
        return unsure("I have not read the advisories yet", "Ask again in a minute.")
    yes, unreadable = affected(version, tuple(desk.picture.own.values()), lines=desk.picture.lines)
    body: list[Block] = [BulletList(tuple(ListItem(_affecting_line(verdict)) for verdict in yes[:MOST]))] if yes else []
    if len(yes) > MOST:
        body.append(paragraph(f"And {len(yes) - MOST} more: see /advisories."))
    if unreadable:
        items = [ListItem((*_named(verdict.advisory), Text(f": “{verdict.range}”"))) for verdict in unreadable[:MOST]]
        body += [Heading(3, (Text("Ranges that I cannot read"),)), BulletList(tuple(items))]
    others = [
        item for item in desk.picture.advisories.values() if item.id not in desk.picture.own and not item.withdrawn_at
    ]
    if others:
        names = ", ".join(item.id for item in others[:MOST])
        body.append(
            paragraph(
                f"Packages with version numbers of their own have advisories too, which I cannot compare: {names}."
            )
        )
    name = f"{desk.project.name} {version.text}"
    title = f"{name} is affected by {count(len(yes), 'advisory')}" if yes else f"No published advisory affects {name}"
    tone = Tone.WARNING if yes else Tone.UNSURE if unreadable else Tone.GOOD
    if not yes and unreadable:
        title = f"I cannot tell for sure whether {name} is affected"
    return Message(title=title, tone=tone, body=tuple(body), footer=desk.age("github-advisories"))


def _named(advisory: Advisory) -> tuple[Span, ...]:
    return (Link(advisory.id, advisory.url),) if advisory.url else (Text(advisory.id),)


def _affecting_line(verdict: Verdict) -> tuple[Span, ...]:
    advisory = verdict.advisory
    fix = verdict.first_fixed_in_line or verdict.first_fixed
    mend = f"upgrade to {fix}" if fix else "no fix is named"
    return (*_named(advisory), Text(f" ({advisory.severity}): {advisory.summary} – "), Strong(mend))


def advisory(desk: Desk) -> Message:
    """One advisory, by any of its ids."""
    asked = desk.arguments.get("id", "").strip()
    found = next(
        (
            item
            for item in desk.picture.advisories.values()
            if asked.casefold() in {name.casefold() for name in item.ids}
        ),
        None,
    )
    if found is None:
        return unsure(f"I know no published advisory {asked[:40]}", "Ask /advisories for the list.", footer=_age(desk))
    return advisory_message(desk.picture, found.id)


def _age(desk: Desk) -> str:
    return desk.age("github-advisories")


def advisories(desk: Desk) -> Message:
    """The published advisories, the newest first, from a severity on and since a day."""
    lowest, since = _threshold(desk.arguments.get("severity", "")), _day(desk.arguments.get("since", ""))
    if lowest is None or since is None:
        return unsure("I cannot read that", "Ask like this: /advisories high 2026-01-31.")
    found = [
        item
        for item in desk.picture.advisories.values()
        if item.withdrawn_at is None and item.published_at.date() >= since and _at_least(item, lowest)
    ]
    found.sort(key=lambda item: (item.published_at, item.id), reverse=True)
    items = tuple(ListItem(_row(item)) for item in found[:MOST])
    return Message(
        title=f"{desk.project.name}: {count(len(found), 'published advisory')}",
        tone=Tone.ANSWER,
        facts=(fact("Shown", f"the newest {MOST}"),) if len(found) > MOST else (),
        body=(BulletList(items),) if items else (paragraph("None, as far as has been published."),),
        footer=_age(desk),
    )


def _threshold(asked: str) -> Severity | None:
    try:
        return Severity(asked.strip().lower()) if asked.strip() else Severity.UNKNOWN
    except ValueError:
        return None


def _at_least(item: Advisory, lowest: Severity) -> bool:
    return item.severity is Severity.UNKNOWN or item.severity.rank >= lowest.rank


def _day(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked.strip()) if asked.strip() else date.min
    except ValueError:
        return None


def _row(item: Advisory) -> tuple[Span, ...]:
    return (*_named(item), Text(f" ({item.severity}, {day(item.published_at)}): {item.summary}"))


def credits_given(desk: Desk) -> Message:
    """Who reported what, from published and accepted credits only: the policy's hall of fame."""
    reported: dict[str, list[str]] = {}
    for item in sorted(desk.picture.advisories.values(), key=lambda item: item.published_at, reverse=True):
        if item.withdrawn_at is None:
            for credit in item.credits:
                reported.setdefault(credit.login, []).append(item.id)
    if not reported:
        return unsure(f"No published advisory of {desk.project.name} credits anybody", footer=_age(desk))
    people = sorted(reported.items(), key=lambda pair: (-len(set(pair[1])), pair[0].casefold()))
    return Message(
        title=f"{desk.project.name} thanks {count(len(people), 'reporter')}",
        tone=Tone.GOOD,
        body=(BulletList(tuple(ListItem(_thanked(login, ids)) for login, ids in people[:MOST_PEOPLE])),),
        footer=_age(desk),
    )


def _thanked(login: str, ids: Sequence[str]) -> tuple[Span, ...]:
    return (Strong(login), Text(f": {', '.join(dict.fromkeys(ids))}"))
