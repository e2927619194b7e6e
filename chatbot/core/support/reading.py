"""How a page was read: each statement as its versions, its state on a day and its end, with the page's own words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from chatbot.core.support.covered import everything_before, what_it_covers
from chatbot.core.support.policy import Policy, row_state
from chatbot.core.support.rows import EndEvent, Latest, Row
from chatbot.core.support.states import State

TITLES = ("line", "state today", "until", "the page says")
_MOST_WORDS = 90  # characters of the page's words in a table
_Plain = str | int | bool | None | Sequence["_Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """One statement of a page.

    line: which versions it is about, as it was understood (`2.1.x`, `the latest minor`)
    state: what it says about them on the day
    until: the last supported day (UTC)
    event: the page's words for the release that ends support
    words: the statement as the page has it
    number: its line in the page, from 1; 0 where that is not known
    """

    line: str
    state: State
    until: date | None = None
    event: str = ""
    words: str = ""
    number: int = 0

    @property
    def end(self) -> str:
        """When support ends, as a table shows it: a day, the release that ends it, or nothing."""
        return self.until.isoformat() if self.until else self.event

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """A row of a table with `TITLES`."""
        return self.line, self.state.replace("_", " "), self.end, shortened(self.words, _MOST_WORDS)


def read_lines(policy: Policy, today: date) -> tuple[LineReading, ...]:
    """The statements that answers are made from, in page order; none where the page cannot be read."""
    lines: list[LineReading] = []
    for row in statements(policy) if policy.readable else ():
        lines.append(_reading(row, today, ("only " if row.only else "") + what_it_covers(row)))
        if row.denies_before is not None:
            older = replace(row, mark="no", until=None, event=None)
            lines.append(_reading(older, today, everything_before(row.denies_before)))
    return tuple(lines)


def statements(policy: Policy) -> list[Row]:
    """The rows that answers are made from: without the sentences that do not count beside a table or a list."""
    firm = any(row.kind != "sentence" for row in policy.rows)
    return [row for row in policy.rows if not firm or row.kind != "sentence" or _counts(row)]


def reading_facts(policy: Policy) -> _Plain:
    """What a reading comes to, as plain values: equal for two readings that answer alike, whatever the day and the words."""
    if not policy.readable:
        return ["unreadable", policy.problem]
    return [policy.cut, sorted((_row_facts(row) for row in statements(policy)), key=repr)]


def shortened(words: str, most: int) -> str:
    """The words in one line, cut at a blank where they are longer."""
    line = " ".join(words.split())
    return line if len(line) <= most else (line[: most - 1].rpartition(" ")[0] or line[: most - 1]) + "…"


def _counts(row: Row) -> bool:
    return bool(row.rest or row.doubts or row.mark == "no" or row.only or row.latest or row.denies_before)


def _reading(row: Row, today: date, line: str) -> LineReading:
    return LineReading(
        line=f"{line} ({row.component})" if row.component else line,
        state=row_state(row, today),
        until=row.until,
        event=row.event.text if row.event else "",
        words=row.text,
        number=row.line,
    )


def _row_facts(row: Row) -> list[_Plain]:
    return [
        [[each.low, each.high] for each in row.ranges],
        _rule_facts(row.latest),
        row.rest,
        sorted(row.names),
        row.mark,
        row.until.isoformat() if row.until else None,
        row.start.isoformat() if row.start else None,
        _event_facts(row.event),
        row.component,
        row.only,
        _rule_facts(row.denies_before),
        row.stage,
    ]


def _rule_facts(rule: Latest | None) -> list[_Plain] | None:
    if rule is None:
        return None
    within: list[_Plain] | None = [rule.within.low, rule.within.high] if rule.within else None
    return [rule.level, rule.count, rule.skip, within, rule.older, rule.of_major]


def _event_facts(event: EndEvent | None) -> list[_Plain] | None:
    if event is None:
        return None
    values: list[_Plain] = [event.version, event.level, event.months, event.days, event.tentative]
    return values if event.decidable else [event.text.casefold()]
