"""The answers to `/advisory`, `/advisories` and `/credits`."""

from collections.abc import Sequence
from datetime import date, timedelta

from chatbot.core.announce.render.advisory import advisory_message
from chatbot.core.maintainers.statements import statement_answer
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import (
    BulletList,
    Code,
    Link,
    ListItem,
    Message,
    Span,
    Strong,
    Text,
    Tone,
    paragraph,
    text,
)
from chatbot.core.model.severity import Severity
from chatbot.core.queries.advice import unread
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.text.words import calendar_day, count

MOST = 15  # advisories in one answer
MOST_PEOPLE = 40


def linked(advisory: Advisory) -> tuple[Span, ...]:
    return (Link(advisory.id, advisory.url),) if advisory.url else (Text(advisory.id),)


def advisory(context: QueryContext) -> Message:
    """One advisory, by any of its ids."""
    asked_about = context.arguments.get("id", "").strip()
    names = {name.casefold(): item for item in context.snapshot.advisories.values() for name in item.ids}
    advisory = names.get(asked_about.casefold())
    statement = context.snapshot.controls.statements.get(asked_about.upper())
    if advisory is None and statement is not None:
        return statement_answer(context.project, statement)
    if advisory is None:
        title = f"{context.project.name} has published no advisory “{asked_about[:40]}”"
        if missing := unread(context, "advisory"):
            title = f"I don't know an advisory “{asked_about[:40]}” of {context.project.name}"
        return unsure(title, *missing, paragraph(Code(f"{context.prefix}advisories"), " lists those that I know."))
    return advisory_message(context.snapshot, advisory.id)


def advisories(context: QueryContext) -> Message:
    """The published advisories, the newest first, from a severity on and since a day."""
    lowest, since = _threshold(context.arguments.get("severity", "")), _day(context.arguments.get("since", ""))
    if lowest is None or since is None:
        example = f"{context.prefix}advisories high {context.now - timedelta(days=90):%Y-%m-%d}"
        return unsure("I can't read that severity or date", paragraph("For example: ", Code(example)))
    matches = [
        item
        for item in context.snapshot.advisories.values()
        if item.withdrawn_at is None and item.published_at.date() >= since and _at_least(item, lowest)
    ]
    matches.sort(key=lambda item: (item.published_at, item.id), reverse=True)
    missing = unread(context, "advisory")
    if missing and not matches:
        return unsure(f"I don't know any advisory of {context.project.name}", *missing)
    items = tuple(ListItem(_row(item)) for item in matches[:MOST])
    return Message(
        title=_number(context, len(matches), lowest, since),
        tone=Tone.ANSWER,
        body=(*((BulletList(items),) if items else ()), *missing),
        small=(text(f"These are the newest {MOST}."),) if len(matches) > MOST else (),
    )


def _number(context: QueryContext, number: int, lowest: Severity, since: date) -> str:
    """`Windlass has published 3 advisories since 31 January 2031 (high, worse or not rated)`."""
    day = f" since {calendar_day(since)}" if since != date.min else ""
    what = count(number, "advisory") if number else "no advisory"
    severity = {
        Severity.UNKNOWN: "",
        Severity.LOW: "",
        Severity.CRITICAL: " (critical or not rated)",
    }.get(lowest, f" ({lowest}, worse or not rated)")
    return f"{context.project.name} has published {what}{day}{severity}"


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
    return (*linked(item), Text(f" ({item.severity}, {calendar_day(item.published_at)}): {item.summary}"))


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
            title = f"I don't know whom advisories of {context.project.name} credit"
        return unsure(title, *missing)
    people = sorted(reported.items(), key=lambda pair: (-len(set(pair[1])), pair[0].casefold()))
    rows = tuple(ListItem(_thanked(login, ids)) for login, ids in people[:MOST_PEOPLE])
    return Message(
        title=f"{context.project.name} thanks {count(len(people), 'reporter')}",
        tone=Tone.GOOD,
        body=(BulletList(rows), *unread(context, "advisory")),
    )


def _thanked(login: str, ids: Sequence[str]) -> tuple[Span, ...]:
    return (Strong(login), Text(f": {', '.join(dict.fromkeys(ids))}"))
