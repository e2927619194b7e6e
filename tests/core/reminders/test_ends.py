"""When support ends, by the page as it stands or by the second source, for whoever follows a line or the whole project."""

from dataclasses import replace
from datetime import date

import pytest

from chatbot.core.model.lifecycle import Cycle, Lifecycle
from chatbot.core.reminders.ends import LineEnd, ends_by_line, ends_by_statement
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.core.support.current import unreadable
from chatbot.core.support.policy import Policy
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make

TODAY = date(2031, 5, 20)
HEAD = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n"
RELEASES = [
    make.release(tag, make.START + number * make.DAY)
    for number, tag in enumerate(("v1.9.0", "v2.0.4", "v2.1.3", "v2.2.0"))
]
SNAPSHOT = make.snapshot(RELEASES)


def by_second_source(*cycles: Cycle, product: str = "mail") -> ProjectSnapshot:
    lifecycle = Lifecycle(product=product, origin="endoflife.date", url="https://example.org/mail", cycles=cycles)
    facts = make.knowledge(RELEASES, lifecycle=lifecycle)
    return build_snapshot(replace(make.project, endoflife="mail"), facts)


def page(*rows: str, after: str = "") -> Policy:
    return read_policy(HEAD + "".join(f"| {row} |\n" for row in rows) + after)


def dates(ends: object) -> dict[str, str]:
    assert isinstance(ends, dict)
    return {line: str(end.until) for line, end in ends.items() if end.until is not None}


def test_a_row_for_each_line() -> None:
    policy = page("2.2.x | ✅ | ", "2.1.x | ✅ | 2031-12-31", "2.0.x | ✅ | 2031-03-31", "1.x | ❌ | ")
    assert ends_by_statement(SNAPSHOT, policy, TODAY) == {
        "2.2.x": LineEnd(),
        "2.1.x": LineEnd(date(2031, 12, 31)),
        "2.0.x": LineEnd(date(2031, 3, 31), has_ended=True),
        "1.x": LineEnd(has_ended=True),
    }
    assert dates(ends_by_line(SNAPSHOT, policy, TODAY)) == {"2.1": "2031-12-31", "2.0": "2031-03-31"}


def test_one_row_for_several_lines_is_one_reminder_of_the_project_and_one_for_each_line() -> None:
    policy = page("2.x | ✅ | 2031-12-31")
    assert dates(ends_by_statement(SNAPSHOT, policy, TODAY)) == {"2.x": "2031-12-31"}
    assert set(dates(ends_by_line(SNAPSHOT, policy, TODAY))) == {"2.2", "2.1", "2.0"}


def test_an_end_that_comes_with_a_release_is_counted_by_the_releases() -> None:
    policy = page("2.1.x | ✅ | three months after 2.2.0 is released")
    end = ends_by_statement(SNAPSHOT, policy, TODAY)
    assert dates(end) == {"2.1.x": "2030-04-04"}


def test_what_contradicts_itself_is_unclear() -> None:
    twice = page("2.1.x | ✅ | 2031-12-31", "2.1.x | ✅ | 2032-12-31")
    assert ends_by_statement(SNAPSHOT, twice, TODAY) == {"2.1.x": LineEnd(is_unclear=True)}
    hedged = page("2.3.x | best effort | 2031-12-31", "2.4.x | ✅ | until 9.9 is released")
    assert ends_by_statement(SNAPSHOT, hedged, TODAY) == {
        "2.3.x": LineEnd(is_unclear=True),
        "2.4.x": LineEnd(is_unclear=True),
    }


def test_a_line_without_a_release_speaks_for_itself() -> None:
    assert ends_by_statement(SNAPSHOT, page("3.0.x | ✅ | 2031-12-31", "0.1.x | ❌ | "), TODAY) == {
        "3.0.x": LineEnd(date(2031, 12, 31)),
        "0.1.x": LineEnd(has_ended=True),
    }


@pytest.mark.parametrize("policy", [unreadable("The page is empty."), Policy(cut="The page is too long.")])
def test_a_page_that_cannot_be_read_says_nothing(policy: Policy) -> None:
    assert ends_by_statement(SNAPSHOT, policy, TODAY) is None
    assert ends_by_line(SNAPSHOT, policy, TODAY) is None


CYCLES = (
    Cycle(name="2.1", until=date(2031, 12, 31), has_ended=False),
    Cycle(name="2.0", has_ended=True),
    Cycle(name="noble", until=date(2031, 8, 1)),
)


@pytest.mark.parametrize("policy", [None, read_policy("# Security\n\nWrite to security@example.org.\n")])
def test_the_second_source_counts_where_the_page_says_nothing(policy: Policy | None) -> None:
    ends = ends_by_statement(by_second_source(*CYCLES), policy, TODAY)
    assert ends == {
        "2.1.x": LineEnd(date(2031, 12, 31), source="endoflife.date"),
        "2.0.x": LineEnd(has_ended=True, source="endoflife.date"),
        "noble": LineEnd(date(2031, 8, 1), source="endoflife.date"),
    }
    of_lines = ends_by_line(by_second_source(*CYCLES), policy, TODAY)
    assert of_lines is not None
    assert of_lines["2.1"] == LineEnd(date(2031, 12, 31), source="endoflife.date")
    assert of_lines["2.2"].is_unclear


def test_nobody_else_is_believed() -> None:
    assert ends_by_statement(by_second_source(*CYCLES, product="other"), None, TODAY) == {}
    assert ends_by_statement(SNAPSHOT, None, TODAY) == {}
    policy = page("2.1.x | ✅ | 2031-10-31")
    assert dates(ends_by_statement(by_second_source(*CYCLES), policy, TODAY)) == {"2.1.x": "2031-10-31"}
