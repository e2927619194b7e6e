"""The words of a reminder."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chatbot.core.announce.digest import digest
from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.model.message import text
from chatbot.core.reminders.due import NO_STAGE, Reminder
from chatbot.core.reminders.ends import LineEnd
from chatbot.core.reminders.render import reminder_facts, reminder_message, reminder_name
from chatbot.core.snapshot import build_snapshot
from tests.core import make

END = date(2031, 6, 30)
DAY = timedelta(days=1)
PAGE = make.known_policy(path="SECURITY.md", committed_at=datetime(2030, 6, 1, 9, tzinfo=UTC))
SNAPSHOT = build_snapshot(make.project, make.knowledge([make.release("v2.2.0")], policy=PAGE))


def reminder(**more: object) -> Reminder:
    values: dict[str, object] = {"kind": "ends", "line": "2.1.x", "until": END, "stage": 30, "end": LineEnd(END)}
    return Reminder(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


@pytest.mark.parametrize(
    ("item", "today", "title"),
    [
        (reminder(), END - 30 * DAY, "Support of Mail Server 2.1.x ends in 30 days"),
        (reminder(), END - DAY, "Support of Mail Server 2.1.x ends in 1 day"),
        (reminder(stage=0), END, "Support of Mail Server 2.1.x ends today"),
        (reminder(stage=0), END + 3 * DAY, "Support of Mail Server 2.1.x ended on 30 June 2031"),
        (
            reminder(kind="moved", before=date(2031, 3, 31), stage=NO_STAGE),
            END - 90 * DAY,
            "Support of Mail Server 2.1.x now ends on 30 June 2031, not 31 March 2031",
        ),
        (
            reminder(kind="moved", before=date(2031, 9, 30), stage=0),
            END + DAY,
            "Support of Mail Server 2.1.x ended on 30 June 2031, not 30 September 2031",
        ),
        (reminder(kind="moved"), END - 90 * DAY, "Support of Mail Server 2.1.x now ends on 30 June 2031"),
        (
            reminder(kind="lost", until=None, before=END, end=LineEnd()),
            END - DAY,
            "Support of Mail Server 2.1.x no longer has an end date (it was 30 June 2031)",
        ),
        (
            reminder(kind="lost", until=None, before=END, end=LineEnd(has_ended=True)),
            END - DAY,
            "Support of Mail Server 2.1.x has ended, before 30 June 2031",
        ),
    ],
)
def test_the_first_line_says_it(item: Reminder, today: date, title: str) -> None:
    assert reminder_message(SNAPSHOT, item, today).title == title


def test_it_says_the_day_what_to_run_and_whose_word_it_is() -> None:
    assert make.lines_of(reminder_message(SNAPSHOT, reminder(), END - 30 * DAY)) == [
        "End of support",
        "Support of Mail Server 2.1.x ends in 30 days",
        "Last day: 30 June 2031",
        "Newest release: 2.2.0",
        "Security policy: https://example.org/SECURITY.md",
        "By SECURITY.md of 1 June 2030",
    ]


def test_the_second_source_is_named() -> None:
    lifecycle = Lifecycle(product="mail", origin="endoflife.date", url="https://endoflife.date/mail")
    snapshot = replace(SNAPSHOT, knowledge=make.knowledge(lifecycle=lifecycle), releases={})
    item = reminder(end=LineEnd(END, source="endoflife.date"))
    assert make.lines_of(reminder_message(snapshot, item, END))[-2:] == [
        "endoflife.date: https://endoflife.date/mail",
        "By endoflife.date",
    ]


def test_without_a_page_it_has_no_link() -> None:
    message = reminder_message(make.snapshot([]), reminder(), END)
    assert (message.url, message.links, message.fields[1:]) == ("", (), ())
    assert message.small == (text("By the policy page"),)
    undated = build_snapshot(make.project, make.knowledge(policy=make.known_policy()))
    assert reminder_message(undated, reminder(), END).small == (text("By SECURITY.md"),)


def test_its_subject_is_the_same_for_the_same_stage_alone() -> None:
    names = {
        reminder_name(item, today)
        for today in (END - DAY, END)
        for item in (
            reminder(),
            reminder(stage=0),
            reminder(until=END + DAY),
            reminder(kind="moved"),
            reminder(kind="lost", until=None),
        )
    }
    assert names == {
        "2.1.x/2031-06-30/30",
        "2.1.x/2031-06-30/0",
        "2.1.x/2031-07-01/30",
        "2.1.x/2031-06-30/moved-2031-06-29",
        "2.1.x/2031-06-30/moved-2031-06-30",
        "2.1.x/none/lost-2031-06-29",
        "2.1.x/none/lost-2031-06-30",
    }
    assert digest(reminder_facts(reminder())) != digest(reminder_facts(reminder(stage=0)))
    assert digest(reminder_facts(reminder(kind="lost", until=None, before=END))) != digest(reminder_facts(reminder()))
