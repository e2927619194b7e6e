"""Which reminders one person is due: of their lines, each stage once, however many subscriptions name a line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.reminders.due import FOR_PEOPLE, LastReminder
from chatbot.core.reminders.ends import LineEnd, LineEnds
from chatbot.core.reminders.personal import (
    lines_of,
    personal_message,
    personal_reminders,
    reminder_day,
    stages_reached,
)
from chatbot.core.subscriptions.subscription import Scope, Subscription
from tests.core import make
from tests.core.subscriptions.people import scope, subscription

END = date(2031, 6, 30)
DAY = timedelta(days=1)
SNAPSHOT = make.snapshot([make.release("v0.15.3"), make.release("v0.14.9")])
SCOPES = [scope("0.15.3"), scope("0.15.x"), scope("0.14.x"), scope("")]
LINES = lines_of(SNAPSHOT, SCOPES)
ENDS = {"0.15": LineEnd(END)}


def due(
    *theirs: Subscription, today: date, earlier: Mapping[str, LastReminder] | None = None, ends: LineEnds | None = ENDS
) -> list[tuple[str, str, int, Sequence[Scope]]]:
    reminders = personal_reminders(ends, earlier or {}, LINES, theirs, today)
    return [(each.reminder.kind, each.reminder.line, each.reminder.stage, each.scopes) for each in reminders]


def test_a_version_is_of_its_line_and_the_project_of_none() -> None:
    assert lines_of(SNAPSHOT, SCOPES) == {SCOPES[0]: "0.15", SCOPES[1]: "0.15", SCOPES[2]: "0.14"}


@pytest.mark.parametrize("stage", FOR_PEOPLE)
def test_several_subscriptions_make_one_reminder(stage: int) -> None:
    line, version = scope("0.15.x"), scope("0.15.3")
    theirs = [subscription(words) for words in ("0.15.3", "0.15.x", "", "0.14.x")]
    assert due(*theirs, today=END - stage * DAY) == [("ends", "0.15", stage, (line, version))]


def test_whom_the_role_pings_gets_none() -> None:
    assert due(replace(subscription("0.15.x"), via="role"), today=END) == []


def test_what_had_come_when_they_subscribed_is_not_said() -> None:
    began = datetime(2031, 6, 10, 14, tzinfo=UTC)
    on_the_day = datetime(2031, 5, 31, 12, tzinfo=UTC)  # thirty days before, after the hour
    late, early = subscription("0.15.x", since=began), subscription("0.15.x", since=on_the_day)
    assert [due(late, today=day) for day in (date(2031, 6, 11), END)] == [[], [("ends", "0.15", 0, (scope("0.15.x"),))]]
    assert due(early, today=on_the_day.date()) == []
    assert due(replace(early, since=on_the_day - timedelta(hours=4)), today=on_the_day.date()) != []


def test_a_day_that_moved_is_said_to_whom_it_was_given() -> None:
    later = {"0.15": LineEnd(END + 92 * DAY)}
    told = {"0.15": LastReminder(END, 90)}
    today = END - 80 * DAY
    assert due(subscription("0.15.x"), today=today, ends=later, earlier=told) == [
        ("moved", "0.15", -1, (scope("0.15.x"),))
    ]
    assert due(subscription("0.15.x"), today=today, ends=later) == []
    assert due(subscription("0.14.x"), today=today, ends=later, earlier=told) == []
    assert due(subscription("0.15.x"), today=today, ends=None, earlier=told) == []


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2031, 6, 30, 8, 59, tzinfo=UTC), date(2031, 6, 29)),
        (datetime(2031, 6, 30, 9, 0, tzinfo=UTC), date(2031, 6, 30)),
        (datetime(2031, 6, 30, 23, 59, tzinfo=UTC), date(2031, 6, 30)),
    ],
)
def test_reminders_come_in_the_morning(now: datetime, day: date) -> None:
    assert reminder_day(now) == day


@given(st.dates(date(2031, 1, 1), date(2031, 12, 31)), st.integers(0, 365))
def test_whenever_somebody_is_due_a_reminder_the_facts_differ(day: date, more: int) -> None:
    """So nobody needs to be asked about on the days between."""
    facts = [stages_reached({"0.15": LineEnd(day)}, day - timedelta(days=number)) for number in (more + 1, more)]
    here = due(
        subscription("0.15.x", since=datetime(2029, 1, 1, tzinfo=UTC)),
        today=day - timedelta(days=more),
        ends={"0.15": LineEnd(day)},
    )
    first_days = more in FOR_PEOPLE
    assert (facts[0] != facts[1]) == first_days
    assert not first_days or [stage for _, _, stage, _ in here] == [more]


def test_the_message_says_whose_line_it_is_and_what_follows() -> None:
    (last,) = personal_reminders(ENDS, {}, LINES, [subscription("0.15.x"), subscription("0.15.3")], END)
    lines = make.lines_of(personal_message(SNAPSHOT, last, END))
    assert lines[1] == "Support of Mail Server 0.15.x ends today"
    assert "So you then also get every advisory of Mail Server from high severity on." in "\n".join(lines)
    assert "You get this because you subscribed to line 0.15 and 0.15.3 (unsubscribe 0.15)." in lines
