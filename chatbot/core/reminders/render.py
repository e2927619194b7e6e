"""The words of a reminder that support of a line ends, and the facts that it shows."""

from datetime import date

from chatbot.core.announce.digest import Facts
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Field, Link, Message, Tone, field_of, text
from chatbot.core.recommend import newest
from chatbot.core.reminders.due import Reminder
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_page
from chatbot.core.text.words import calendar_day, count


def reminder_message(snapshot: ProjectSnapshot, reminder: Reminder, today: date) -> Message:
    """What is said about the end of a line's support, with the newest release beside it."""
    page = current_page(snapshot.knowledge)
    lifecycle = snapshot.knowledge.lifecycle if reminder.end.source else None
    url = lifecycle.url if lifecycle is not None else page.page.link if page is not None else ""
    return Message(
        title=_title(f"{snapshot.project.name} {reminder.line}", reminder, today),
        tone=Tone.POLICY,
        label="End of support",
        url=url,
        fields=(*_last_day(reminder), *_newest(snapshot, reminder)),
        small=(text(f"By {reminder.end.source or _name_of(page)}"),),
        links=(Link(lifecycle.origin if lifecycle is not None else "Security policy", url),) if url else (),
    )


def reminder_facts(reminder: Reminder) -> Facts:
    """What a reminder shows; it is said once, and never edited."""
    days = [each.isoformat() if each is not None else None for each in (reminder.until, reminder.before)]
    return ["reminder", reminder.kind, reminder.line, reminder.stage, *days]


def reminder_name(reminder: Reminder, today: date) -> str:
    """The last part of its subject: the same for the same stage of the same date. A date that moves to and fro is said each
    time."""
    if reminder.kind == "ends" and reminder.until is not None:
        return f"{reminder.line}/{reminder.until}/{reminder.stage}"
    return f"{reminder.line}/{reminder.until or 'none'}/{reminder.kind}-{today}"


def _title(name: str, reminder: Reminder, today: date) -> str:
    until, before = reminder.until, reminder.before
    if until is None:
        was = f" (it was {calendar_day(before)})" if before is not None else ""
        if reminder.end.has_ended:
            return f"Support of {name} has ended{f', before {calendar_day(before)}' if before is not None else ''}"
        return f"Support of {name} no longer has an end date{was}"
    if reminder.kind == "moved":
        then = f", not {calendar_day(before)}" if before is not None else ""
        verb = "now ends" if until >= today else "ended"
        return f"Support of {name} {verb} on {calendar_day(until)}{then}"
    days = (until - today).days
    if days < 0:
        return f"Support of {name} ended on {calendar_day(until)}"
    when = f"in {count(days, 'day')}" if days else "today"
    return f"Support of {name} ends {when}"


def _name_of(page: TrackedPolicy | None) -> str:
    """`SECURITY.md of 25 November 2030`, by the date of its commit."""
    if page is None:
        return "the policy page"
    name = page.page.link.rpartition("/")[2] or "the policy page"
    return f"{name} of {calendar_day(page.page.committed_at)}" if page.page.committed_at else name


def _last_day(reminder: Reminder) -> list[Field]:
    return [field_of("Last day", calendar_day(reminder.until))] if reminder.until is not None else []


def _newest(snapshot: ProjectSnapshot, reminder: Reminder) -> list[Field]:
    """What to upgrade to, for whoever still runs the line."""
    recommendation = newest(snapshot, [item for item in snapshot.releases.values() if item.newest])
    if recommendation is None or recommendation.doubts or not (reminder.until or reminder.end.has_ended):
        return []
    release = recommendation.release
    name = version_label(release)
    return [field_of("Newest release", Link(name, release.release.url) if release.release.url else name)]
