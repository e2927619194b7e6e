"""Whether a room hears of a moved end from the news of the page itself: then no reminder says the same once more."""

from collections.abc import Mapping
from datetime import date

from chatbot.core.reminders.due import NO_STAGE, Reminder
from chatbot.core.support.covered import what_it_covers
from chatbot.core.support.policy import Policy, rows_of
from chatbot.core.support.reading import statements


def is_page_news(before: Policy, after: Policy, component: str, reminder: Reminder) -> bool:
    """Whether the change from one page to the next is what a reminder says: another last day of this line, or none any more. Such
    a change is a sentence of the page's news (`core.support.diff`). A stage that comes with the days is none."""
    if reminder.end.source or not (before.readable and after.readable):
        return False
    if reminder.kind == "ends" and reminder.stage != NO_STAGE:
        return False
    old, new = _days(before, component), _days(after, component)
    differs = old.get(reminder.line) != new.get(reminder.line)
    return differs and new.get(reminder.line) == reminder.until


def _days(policy: Policy, component: str) -> Mapping[str, date | None]:
    return {what_it_covers(row): row.until for row in rows_of(statements(policy), component)}
