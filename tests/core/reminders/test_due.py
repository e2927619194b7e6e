"""Reminders: each stage once, a moved date as moved, a lost one once, nothing from before and nothing twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.reminders.due import FOR_PEOPLE, FOR_ROOMS, LATEST, NO_STAGE, LastReminder, Reminder, reminders_due
from chatbot.core.reminders.ends import LineEnd, LineEnds

END, MOVED = date(2031, 6, 30), date(2031, 9, 30)
DAY = timedelta(days=1)
LONG_AGO = date(2030, 1, 1)
UNCLEAR = LineEnd(is_unclear=True)


def ends(until: date | None = END, has_ended: bool = False) -> dict[str, LineEnd]:
    return {"4.1.x": LineEnd(until, has_ended=has_ended)}


def due(
    page: LineEnds | None,
    earlier: LastReminder | None,
    today: date,
    since: date = LONG_AGO,
    stages: Sequence[int] = FOR_ROOMS,
) -> list[tuple[str, int, date | None]]:
    items = reminders_due(page, {"4.1.x": earlier} if earlier else {}, today, since=since, stages=stages)
    return [(each.kind, each.stage, each.before) for each in items]


@pytest.mark.parametrize(
    ("page", "earlier", "today", "expected"),
    [
        (ends(), None, END - 31 * DAY, []),
        (ends(), None, END - 30 * DAY, [("ends", 30, None)]),
        (ends(), None, END - 3 * DAY, [("ends", 30, None)]),  # it was down for weeks: the current stage alone
        (ends(), None, END, [("ends", 0, None)]),
        (ends(), LastReminder(END, 30), END - DAY, []),
        (ends(), LastReminder(END, 30), END, [("ends", 0, None)]),
        (ends(), LastReminder(END, 30), END + 9 * DAY, [("ends", 0, None)]),  # down on the last day
        (ends(), LastReminder(END, 30), END + 31 * DAY, []),  # too long ago
        (ends(), LastReminder(END, 0), END + DAY, []),
        (ends(MOVED), LastReminder(END, 30), END - 20 * DAY, [("moved", NO_STAGE, END)]),
        (ends(MOVED), LastReminder(END, 0), END + DAY, [("moved", NO_STAGE, END)]),
        (ends(MOVED), None, END, []),  # nobody was told of the former day
        (ends(MOVED), LastReminder(MOVED, NO_STAGE), MOVED - 30 * DAY, [("ends", 30, None)]),
        (
            ends(END - 9 * DAY),
            LastReminder(END, 30),
            END - 20 * DAY,
            [("moved", 30, END)],
        ),  # an earlier day: its stage comes with it
        (ends(LONG_AGO), LastReminder(LONG_AGO + DAY, 0), END, []),  # a correction of a table of the past
        (ends(None), LastReminder(END, 30), END - DAY, [("lost", NO_STAGE, END)]),
        ({}, LastReminder(END, 30), END - DAY, [("lost", NO_STAGE, END)]),
        (ends(None, has_ended=True), LastReminder(END, 30), END - DAY, [("lost", NO_STAGE, END)]),
        ({}, LastReminder(END, 0), END + DAY, []),  # an old line leaves the table
        ({}, LastReminder(None, NO_STAGE, END), END - DAY, []),  # said once
        (ends(MOVED), LastReminder(None, NO_STAGE, END), END - DAY, [("moved", NO_STAGE, END)]),
        (ends(), LastReminder(None, NO_STAGE, END), END - 40 * DAY, [("ends", NO_STAGE, None)]),  # back again
        (None, LastReminder(END, 30), END, []),  # unreadable: there is nothing to say
        ({"4.1.x": UNCLEAR}, LastReminder(END, 30), END, []),
        ({"4.1.x": UNCLEAR}, None, END, []),
    ],
)
def test_what_is_due(page: LineEnds | None, earlier: LastReminder | None, today: date, expected: list[object]) -> None:
    assert due(page, earlier, today) == expected


def test_people_are_reminded_three_times() -> None:
    earlier, stages = dict[str, LastReminder](), list[int]()
    for number in range(-120, 60):
        for each in reminders_due(ends(), earlier, END + number * DAY, since=LONG_AGO, stages=FOR_PEOPLE):
            earlier[each.line] = each.record
            stages.append(-number)
    assert stages == [90, 30, 0]


@pytest.mark.parametrize(("since", "expected"), [(29, []), (30, [("ends", 30, None)]), (31, [("ends", 30, None)])])
def test_a_stage_that_had_passed_when_the_room_began_is_never_announced(since: int, expected: list[object]) -> None:
    assert due(ends(), None, END - 20 * DAY, since=END - since * DAY) == expected


# ---- a year in which the page changes on any day, and the bot runs on some days only ----------------------------------------

PAGES: Mapping[str, LineEnds | None] = {
    "first": ends(END),
    "moved": ends(MOVED),
    "earlier": ends(END - 100 * DAY),
    "without": ends(None),
    "ended": ends(None, has_ended=True),
    "gone": {},
    "unreadable": None,
    "unclear": {"4.1.x": UNCLEAR},
}
FIRST_DAY = END - 180 * DAY


@dataclass
class Year:
    """What somebody is told, day by day."""

    last: dict[str, LastReminder] = field(default_factory=dict)
    items: list[tuple[date, Reminder]] = field(default_factory=list)

    def live(self, page: LineEnds | None, today: date) -> None:
        items = reminders_due(page, self.last, today, since=FIRST_DAY, stages=FOR_PEOPLE)
        for each in items:
            self.last[each.line] = each.record
            self.items.append((today, each))
        assert reminders_due(page, self.last, today, since=FIRST_DAY, stages=FOR_PEOPLE) == (), "said twice"


changes = st.lists(st.tuples(st.integers(0, 360), st.sampled_from(sorted(PAGES))), max_size=6)
down = st.sets(st.integers(0, 360), max_size=200)


@given(changes, down)
def test_a_year_of_changes_posts_nothing_twice_and_ends_true(moves: list[tuple[int, str]], away: set[int]) -> None:
    year, page = Year(), "first"
    for number in range(361):
        page = next((name for day, name in moves if day == number), page)
        if number not in away:
            year.live(PAGES[page], FIRST_DAY + number * DAY)
    stages = Counter(
        (each.until, each.stage) for _, each in year.items if each.kind == "ends" and each.stage != NO_STAGE
    )
    jumps = sum(each.kind != "ends" or each.stage == NO_STAGE for _, each in year.items)
    assert all(times <= 1 + jumps for times in stages.values())
    for before, after in zip(year.items, year.items[1:], strict=False):
        assert after[1].record != before[1].record, "the same is said again"
        if after[1].kind == "moved":
            assert after[1].until != before[1].until
    readable = PAGES[page]
    if year.items and readable is not None and 360 not in away and "4.1.x" in readable:
        end = readable["4.1.x"]
        last, today = year.last["4.1.x"], FIRST_DAY + 360 * DAY
        ahead = [each for each in (last.until, last.before, end.until) if each and each >= today - LATEST]
        if not end.is_unclear and end.until is not None and ahead:
            assert year.last["4.1.x"].until == end.until, "what was said last is what the page says"


@given(st.sets(st.integers(0, 360), max_size=300), st.integers(0, 200))
def test_whichever_days_it_runs_the_last_stage_is_announced_once_it_is_back(away: set[int], back: int) -> None:
    year = Year()
    for number in [day for day in range(181 + back) if day not in away] + [181 + back]:
        year.live(PAGES["first"], FIRST_DAY + number * DAY)
    last_run = 181 + back
    stages = [each.stage for _, each in year.items]
    assert stages == sorted(set(stages), reverse=True)
    assert (0 in stages) == any(180 <= day <= 210 for day in [*(set(range(last_run)) - away), last_run])
