"""What subscribers of Windlass get in their DMs by the clock: reminders of ends of support."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from chatbot.core.model.message import Message
from chatbot.core.reminders.due import NO_STAGE, Reminder
from chatbot.core.reminders.ends import LineEnd
from chatbot.core.reminders.personal import PersonalReminder, personal_message
from chatbot.core.subscriptions.subscription import Scope
from tests.looks import windlass as w
from tests.looks.digests import FRESH

END = date(2031, 10, 31)
LINE, EXACT = Scope("line", "4.1"), Scope("version", "4.1.8")


def _reminders() -> Iterator[tuple[str, Message]]:
    snapshot = w.snapshot(FRESH, policy=w.page(w.FIRST_PAGE, committed_at=w.NOW - 200 * w.DAY))
    first = Reminder(kind="ends", line="4.1", until=END, stage=90, end=LineEnd(END))
    alone, both = (LINE,), (LINE, EXACT)
    yield "my-reminder-90-days", personal_message(snapshot, PersonalReminder(first, alone), END - timedelta(days=90))
    yield "my-reminder-last-day", personal_message(snapshot, PersonalReminder(replace(first, stage=0), both), END)
    later = END.replace(month=12)
    moved = replace(first, kind="moved", until=later, before=END, stage=NO_STAGE, end=LineEnd(later))
    yield "my-reminder-moved", personal_message(snapshot, PersonalReminder(moved, alone), END.replace(day=8))


BY_THE_CLOCK: Mapping[str, Message] = dict(_reminders())
