"""A moved end that the news of the page says is no reminder as well."""

from datetime import date

import pytest

from chatbot.core.reminders.due import NO_STAGE, Reminder, ReminderKind
from chatbot.core.reminders.ends import LineEnd
from chatbot.core.reminders.page_news import is_page_news
from chatbot.core.support.diff import changes
from chatbot.sources.support_policy.reader import read_policy

OLD, NEW = date(2031, 6, 30), date(2031, 9, 30)


def page(until: date | None, other: str = "yes") -> str:
    rows = f"| 1.0.x | yes | {until or ''} |\n| 1.1.x | {other} | |\n"
    return f"# Security\n\n| Version | Supported | Until |\n|---|---|---|\n{rows}"


@pytest.mark.parametrize(
    ("after", "kind", "until", "source", "expected"),
    [
        (page(NEW), "moved", NEW, "", True),
        (page(None), "lost", None, "", True),
        (page(OLD, "no"), "moved", NEW, "", False),  # the page says something else: its rule, or the releases, moved it
        (page(NEW), "moved", NEW, "endoflife.date", False),
        ("Nothing about 1.0.x or others.", "lost", None, "", True),
    ],
)
def test_what_the_page_says_is_said_once(
    after: str, kind: ReminderKind, until: date | None, source: str, expected: bool
) -> None:
    before, now = read_policy(page(OLD)), read_policy(after)
    reminder = Reminder(
        kind=kind, line="1.0.x", until=until, stage=NO_STAGE, before=OLD, end=LineEnd(until, source=source)
    )
    assert is_page_news(before, now, "", reminder) == expected
    assert not expected or any("1.0.x" in sentence for sentence in changes(before, now))


def test_a_stage_that_comes_is_no_news_of_the_page() -> None:
    reminder = Reminder(kind="ends", line="1.0.x", until=NEW, stage=30, end=LineEnd(NEW))
    assert not is_page_news(read_policy(page(OLD)), read_policy(page(NEW)), "", reminder)
