"""The answers to `/advisory`, `/advisories` and `/credits`."""

from collections.abc import Sequence
from datetime import date

from chatbot.core.announce.render.advisory import advisory_message
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import (
    BulletList,
    Link,
    ListItem,
    Message,
    Span,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.model.severity import Severity
from chatbot.core.queries.advice import unread
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.text.words import count, day

MOST = 15  # advisories in one answer
MOST_PEOPLE = 40


def linked(advisory: Advisory) -> tuple[Span, ...]:
    return (Link(advisory.id, advisory.url),) if advisory.url else (Text(advisory.id),)


def advisory(context: QueryContext) -> Message:
    """One advisory, by any of its ids."""
    text = context.arguments.get("id", "").strip()
    names = {name.casefold(): item for item in context.snapshot.advisories.values() for name in item.ids}
    advisory = names.get(text.casefold())
    if advisory is None:
        title = f"I know no published advisory {text[:40]}"
        return unsure(title, *unread(context, "advisory"), "Ask /advisories for the list.", footer=_age(context))
    return advisory_message(context.snapshot, advisory.id)


def _age(context: QueryContext) -> str:
    return context.age("advisory")


def advisories(context: QueryContext) -> Message:
    """The published advisories, the newest first, from a severity on and since a day."""
    lowest, since = _threshold(context.arguments.get("severity", "")), _day(context.arguments.get("since", ""))
    if lowest is None or since is None:
        return unsure("I cannot read that", "Ask like this: /advisories high 2026-01-31.")
    matches = [
        item
        for item in context.snapshot.advisories.values()
        if item.withdrawn_at is None and item.published_at.date() >= since and _at_least(item, lowest)
    ]
    matches.sort(key=lambda item: (item.published_at, item.id), reverse=True)
    missing = unread(context, "advisory")
    if missing and not matches:
        return unsure(f"I know no published advisory of {context.project.name}", *missing, footer=_age(context))
    items = tuple(ListItem(_row(item)) for item in matches[:MOST])
    rows = (BulletList(items),) if items else (paragraph("None, as far as has been published."),)
    return Message(
        title=f"{context.project.name}: {count(len(matches), 'published advisory')}",
        tone=Tone.ANSWER,
        fields=(field_of("Shown", f"the newest {MOST}"),) if len(matches) > MOST else (),
        body=(*rows, *(paragraph(sentence) for sentence in missing)),
        footer=_age(context),
    )


def _threshold(text: str) -> Severity | None:
    try:
        return Severity(text.strip().lower()) if text.strip() else Severity.UNKNOWN
    except ValueError:
        return None


def _at_least(item: Advisory, lowest: Severity) -> bool:
    return item.severity is Severity.UNKNOWN or item.severity.rank >= lowest.rank


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else date.min
    except ValueError:
        return None


def _row(item: Advisory) -> tuple[Span, ...]:
    return (*linked(item), Text(f" ({item.severity}, {day(item.published_at)}): {item.summary}"))


def credits_given(context: QueryContext) -> Message:
    """Who reported what, from published and accepted credits only."""
    reported: dict[str, list[str]] = {}
    for item in sorted(context.snapshot.advisories.values(), key=lambda item: item.published_at, reverse=True):
        if item.withdrawn_at is None:
            for credit in item.credits:
                reported.setdefault(credit.login, []).append(item.id)
    if not reported:
        title = f"No published advisory of {context.project.name} credits anybody"
        if missing := unread(context, "advisory"):
            title = f"I know nobody whom an advisory of {context.project.name} credits"
        return unsure(title, *missing, footer=_age(context))
    people = sorted(reported.items(), key=lambda pair: (-len(set(pair[1])), pair[0].casefold()))
    return Message(
        title=f"{context.project.name} thanks {count(len(people), 'reporter')}",
        tone=Tone.GOOD,
        body=(BulletList(tuple(ListItem(_thanked(login, ids)) for login, ids in people[:MOST_PEOPLE])),),
        footer=_age(context),
    )


def _thanked(login: str, ids: Sequence[str]) -> tuple[Span, ...]:
    return (Strong(login), Text(f": {', '.join(dict.fromkeys(ids))}"))
