"""Which reminders one person is due, of the lines that they follow, and how they read: each once, however many of their
subscriptions name the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from chatbot.core.announce.digest import Facts, digest
from chatbot.core.model.message import Action, Block, Command, Message, Spans, Text, paragraph
from chatbot.core.reminders.due import FOR_PEOPLE, LATEST, LastReminder, Reminder, reminders_due
from chatbot.core.reminders.ends import LineEnds
from chatbot.core.reminders.render import reminder_message
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import line_scope
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.text.words import listed

BEGINS = timedelta(hours=9)  # UTC, when a day's reminders come: at midnight people sleep
_DAY = timedelta(days=1)
_MOST_SCOPES = 6  # that are named


@dataclass(frozen=True, slots=True)
class PersonalReminder:
    """A reminder that one person is due. `scopes` are what they subscribed to of its line, by which it concerns them."""

    reminder: Reminder
    scopes: tuple[Scope, ...]


def reminder_day(now: datetime) -> date:
    """The day whose reminders have begun to come."""
    return (now.astimezone(UTC) - BEGINS).date()


def personal_reminders(
    ends: LineEnds | None,
    earlier: Mapping[str, LastReminder],
    lines: Mapping[Scope, str],
    subscriptions: Sequence[Subscription],
    today: date,
) -> tuple[PersonalReminder, ...]:
    """What somebody is due on a day.

    ends: of the project's lines; None where nobody can tell now
    earlier: by line, what they were last told
    lines: the name of the line of each scope (`lines_of`)
    subscriptions: theirs; one whose line's role stands in for the DM gets none there
    """
    by_line: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        line = lines.get(subscription.scope)
        if line is not None and subscription.via == "dm":
            by_line.setdefault(line, []).append(subscription)
    due = []
    for line, theirs in sorted(by_line.items()):
        first_day = (
            min(reminder_day(each.since) for each in theirs) + _DAY
        )  # what came before was shown when they subscribed
        end = {line: ends[line]} if ends is not None and line in ends else {}
        before = {line: earlier[line]} if line in earlier else {}
        scopes = tuple(sorted({each.scope for each in theirs}))
        reminders = reminders_due(end if ends is not None else None, before, today, since=first_day, stages=FOR_PEOPLE)
        due += [PersonalReminder(each, scopes) for each in reminders]
    return tuple(due)


def lines_of(snapshot: ProjectSnapshot, scopes: Sequence[Scope]) -> dict[Scope, str]:
    """The line that each of these scopes belongs to; what names no line is left out."""
    lines = {scope: line_scope(snapshot, scope) for scope in scopes}
    return {scope: line.name for scope, line in lines.items() if line is not None}


def stages_reached(ends: LineEnds, today: date) -> str:
    """Stands for all that reminders depend on: another one means that somebody may be due one."""
    facts: Facts = [
        [
            line,
            "unclear" if end.is_unclear else end.until.isoformat() if end.until else None,
            _reached(end.until, today),
        ]
        for line, end in sorted(ends.items())
    ]
    return digest(["support", facts])


def _reached(until: date | None, today: date) -> int | None:
    if until is None or today > until + LATEST:
        return None
    return min((stage for stage in FOR_PEOPLE if until - timedelta(days=stage) <= today), default=None)


def personal_message(snapshot: ProjectSnapshot, personal: PersonalReminder, today: date) -> Message:
    """The reminder as it is read in a DM."""
    reminder = replace(personal.reminder, line=f"{personal.reminder.line}.x")
    message = reminder_message(snapshot, reminder, today)
    project = snapshot.project
    return replace(
        message,
        body=(*message.body, *_what_follows(project.name, reminder)),
        small=(*message.small, _why(personal.scopes)),
        actions=(Action("upgraded", "I upgraded to another version", project.id, ""),),
    )


def _what_follows(project_name: str, reminder: Reminder) -> list[Block]:
    """What becomes of their alerts at the end."""
    if reminder.kind == "ends" and reminder.stage == 0:
        words = (
            "Advisories often don't name versions that are out of support."
            f" So you then also get every advisory of {project_name} from high severity on."
        )
        return [paragraph(words)]
    return []


def _why(scopes: Sequence[Scope]) -> Spans:
    names = [f"line {scope.name}" if scope.kind == "line" else scope.name for scope in scopes]
    more = len(names) - _MOST_SCOPES
    words = listed([*names[:_MOST_SCOPES], *([f"{more} more"] if more > 0 else [])])
    return (
        Text(f"You get this because you subscribed to {words} ("),
        Command(f"unsubscribe {scopes[0].name}"),
        Text(")."),
    )
