"""The status of a version by a policy: the most specific row wins, dates count, nothing is guessed upward."""

from datetime import date

import pytest

from chatbot.core.support.policy import Policy, line_style, policy_lines, row_state, status
from chatbot.core.support.rows import Latest, Mark, Range, Rest, Row, exactly, line_range, start_of
from chatbot.core.versions.version import Version, read_version

TODAY = date(2025, 6, 1)
YES, NO = "yes", "no"


def version(text: str) -> Version:
    parsed = read_version(text)
    assert parsed is not None
    return parsed


def line(numbers: str) -> Range:
    return line_range(tuple(int(part) for part in numbers.split(".")))


def below(numbers: str) -> Range:
    return Range(None, line(numbers).low)


def above(numbers: str) -> Range:
    return Range(line(numbers).low, None)


def row(
    what: Range | Latest | Rest | None, mark: Mark, until: date | None = None, component: str = "", label: str = ""
) -> Row:
    """A row about a range, about what is latest, or about the rest."""
    return Row(
        text=f"{label or 'row'} | {mark}",
        label=label,
        ranges=(what,) if isinstance(what, Range) else (),
        latest=what if isinstance(what, Latest) else None,
        rest="all" if what == "all" else "older" if what == "older" else "",
        mark=mark,
        until=until,
        component=component,
    )


def ask(rows: list[Row], text: str, newest: str = "", *releases: str, component: str = "", lines: str = "auto") -> str:
    answer = status(
        Policy(rows=tuple(rows)),
        version(text),
        today=TODAY,
        newest=version(newest) if newest else None,
        releases=[version(each) for each in releases] or None,
        component=component,
        lines="major" if lines == "major" else "auto",
    )
    return answer.state


def test_no_page_and_an_unreadable_one_are_unknown() -> None:
    assert (
        status(None, version("1.0"), today=TODAY).reason
        == "No security policy was found; a SECURITY.md with a table of versions would tell."
    )
    answer = status(Policy(readable=False, problem="It is a picture."), version("1.0"), today=TODAY)
    assert (answer.state, answer.reason, answer.row, answer.until) == ("unknown", "It is a picture.", None, None)
    assert status(Policy(), version("1.0"), today=TODAY).state == "unknown"


@pytest.mark.parametrize(
    ("mark", "until", "state", "stale"),
    [
        ("yes", None, "supported", False),
        ("yes", date(2025, 6, 1), "supported", False),
        ("yes", date(2025, 5, 31), "ended", True),
        ("", date(2025, 6, 1), "supported", False),
        ("", date(2025, 5, 31), "ended", False),
        ("no", None, "ended", False),
        ("no", date(2030, 1, 1), "ended", False),
        ("open", None, "unknown", False),
        ("open", date(2030, 1, 1), "unknown", False),
        ("", None, "unknown", False),
    ],
)
def test_what_a_row_says_on_a_day(mark: Mark, until: date | None, state: str, stale: bool) -> None:
    answer = status(Policy(rows=(row(line("1.2"), mark, until),)), version("1.2.3"), today=TODAY)
    assert (answer.state, answer.stale) == (state, stale)
    assert row_state(row(line("1.2"), mark, until), TODAY) == state
    assert answer.row is not None


def test_the_days_left_are_counted_to_the_last_supported_day() -> None:
    rows = (
        row(line("1.2"), "yes", date(2025, 6, 11)),
        row(line("1.1"), "yes"),
        row(line("1.0"), "no", date(2020, 1, 1)),
    )
    answer = [status(Policy(rows=rows), version(each), today=TODAY) for each in ("1.2", "1.1", "1.0")]
    assert [each.days_left for each in answer] == [10, None, None]
    assert [each.until for each in answer] == [date(2025, 6, 11), None, date(2020, 1, 1)]


@pytest.mark.parametrize(
    ("rows", "text", "state"),
    [
        ([row(below("7.2"), "no"), row(line("6.2"), "yes")], "6.2.1", "supported"),
        ([row(below("7.2"), "no"), row(line("6.2"), "yes")], "6.1.0", "ended"),
        ([row(line("1"), "yes"), row(line("1.4"), "no")], "1.4.2", "ended"),
        ([row(line("1"), "yes"), row(line("1.4"), "no")], "1.14.0", "supported"),
        ([row(line("1"), "yes"), row(below("1.5"), "no")], "1.3", "ended"),
        ([row(line("1"), "no"), row(Range(line("1.3").low, line("2.1").high), "yes")], "1.5", "unknown"),
        ([row(line("2"), "yes"), row(line("2"), "no")], "2.1", "unknown"),
        ([row(above("1"), "yes"), row(above("2"), "no")], "2.1", "ended"),
        ([row(line("1"), "no"), row(exactly(version("1.5.2")), "yes")], "1.5.2", "supported"),
        ([row(exactly(version("1.5.2")), "yes")], "1.5.2.1", "not_listed"),
        ([row(exactly(version("1.1.1w")), "yes"), row(Range(None, version("1.1.1w").key), "no")], "1.1.1j", "ended"),
        ([row(exactly(version("1.1.1w")), "yes")], "1.1.1w", "supported"),
        ([row(line("2"), "yes")], "2.0.0-rc1", "unknown"),
        ([row(line("2"), "no")], "2.0.0-rc1", "ended"),
        ([row(line("2"), "yes"), row("all", "no")], "3.0", "ended"),
        ([row(line("2"), "yes"), row("older", "no")], "1.0", "ended"),
        ([row(line("2"), "yes"), row("older", "no")], "3.0", "not_listed"),
        ([row("older", "no")], "3.0", "not_listed"),
        ([row(line("2"), "yes"), row("older", "yes"), row("older", "no")], "1.0", "unknown"),
        ([row(line("2"), "yes"), row("older", "open"), row("all", "no")], "1.0", "ended"),
        ([row(line("2.1"), "yes"), row(line("2.0"), "no")], "2", "ended"),
        ([row(line("2.1"), "no"), row(line("2.0"), "yes")], "2", "unknown"),
        ([row(line("2.1"), "yes"), row(line("2.0"), "yes")], "2", "supported"),
        ([row(line("2"), "yes"), row(line("2.1"), "no")], "2.2", "supported"),
        ([row(above("2.0"), "yes"), row(line("2.1"), "no")], "2", "supported"),
    ],
)
def test_the_most_specific_row_counts(rows: list[Row], text: str, state: str) -> None:
    assert ask(rows, text) == state


def test_the_reason_says_that_other_rows_cover_it_too() -> None:
    rows = (row(below("7.2"), "no"), row(line("6.2"), "yes"))
    assert "most specific" in status(Policy(rows=rows), version("6.2.1"), today=TODAY).reason


LATEST, OLDER = Latest(), Latest(older=True)
WITHIN = Latest(within=line("7"))


@pytest.mark.parametrize(
    ("rows", "text", "newest", "state"),
    [
        ([row(LATEST, "yes")], "1.2.0", "1.2.0", "supported"),
        ([row(LATEST, "yes")], "1.1.0", "1.2.0", "ended"),
        ([row(LATEST, "yes")], "1.1.0", "", "unknown"),
        ([row(LATEST, "yes")], "1.3.0", "1.2.0", "unknown"),
        ([row(LATEST, "yes")], "1.2", "1.2.3", "unknown"),
        ([row(LATEST, "no")], "1.1.0", "1.2.0", "not_listed"),
        ([row(LATEST, "yes"), row(OLDER, "no")], "1.1.0", "1.2.0", "ended"),
        ([row(LATEST, "yes"), row(OLDER, "no")], "1.1.0", "", "unknown"),
        ([row(LATEST, "yes"), row(below("1.0"), "no")], "0.9", "", "ended"),
        ([row(LATEST, "yes"), row("older", "no")], "0.9", "1.0", "ended"),
        ([row(Latest(count=2, skip=1), "yes")], "1.2.3", "1.2.3", "not_listed"),
        ([row(WITHIN, "yes"), row("all", "no")], "7.1.0", "7.1.0", "supported"),
        ([row(WITHIN, "yes"), row("all", "no")], "7.0.9", "7.1.0", "ended"),
        ([row(WITHIN, "yes"), row("all", "no")], "6.0.9", "", "ended"),
        ([row(WITHIN, "yes")], "7.0.9", "7.1.0", "ended"),
        ([row(WITHIN, "yes")], "6.0.9", "7.1.0", "not_listed"),
        ([row(WITHIN, "yes"), row(line("7"), "no")], "7.0.9", "", "unknown"),
        ([row(WITHIN, "yes"), row(line("7"), "yes")], "7.0.9", "", "supported"),
    ],
)
def test_what_is_latest_is_known_or_not(rows: list[Row], text: str, newest: str, state: str) -> None:
    assert ask(rows, text, newest) == state


def test_a_page_that_names_the_latest_is_believed_until_a_newer_one_is_known() -> None:
    both = Row(
        text="the latest version, 1.8", label="1.8", ranges=(line("1.8"),), latest=Latest(level="minor"), mark="yes"
    )
    assert ask([both], "1.8.2") == "supported"
    assert ask([both], "1.8.2", "1.8.5") == "supported"
    assert ask([both], "1.8.2", "1.9.0") == "unknown"
    assert ask([both], "1.9.0", "1.9.0") == "unknown"
    assert ask([both], "1.7.0", "1.8.5") == "not_listed"


def test_components_are_read_one_by_one() -> None:
    rows = [
        row(line("2"), "yes", component="Server"),
        row(below("2"), "no", component="Server"),
        row(line("1"), "yes", component="Client"),
        row(below("1"), "no", component="Client"),
    ]
    assert ask(rows, "2.1") == "supported"
    assert ask(rows, "0.5") == "ended"
    assert ask(rows, "1.5") == "unknown"
    assert ask(rows, "3.0") == "not_listed"
    assert ask(rows, "1.5", component="client") == "supported"
    assert ask(rows, "1.5", component="Server") == "ended"
    assert ask(rows, "1.5", component="tool") == "unknown"
    assert ask([*rows, row(line("9"), "yes")], "9.1", component="tool") == "supported"
    narrower = [row(line("3"), "yes", component="a"), row(line("3.1"), "no", component="b")]
    assert ask(narrower, "3.1.2") == "ended"


def test_sentences_count_where_no_table_does() -> None:
    table = row(line("2"), "yes")
    sentence = Row(text="1.x is supported.", label="1.x", kind="sentence", ranges=(line("1"),), mark="yes")
    rest = Row(text="Older versions are not.", label="older", kind="sentence", rest="older", mark="no")
    assert ask([sentence], "1.1") == "supported"
    assert ask([table, sentence], "1.1") == "not_listed"
    assert ask([table, rest], "1.1") == "ended"
    assert ask([table, rest], "3.1") == "not_listed"


def test_a_branch_is_asked_for_by_its_name() -> None:
    main = Row(text="main | yes", label="main", names=frozenset({"main"}), mark="yes")
    policy = Policy(rows=(main, row(line("1"), "yes")))
    assert status(policy, " Main ", today=TODAY).state == "supported"
    answer = status(policy, "trunk", today=TODAY)
    assert (answer.state, answer.reason) == ("not_listed", "No row of the page names trunk.")
    assert "names that" in status(policy, " ", today=TODAY).reason


def test_lines_of_a_policy_and_their_size() -> None:
    table, sentence = (
        row(line("2"), "yes"),
        Row(text="1.1.x", label="1.1.x", kind="sentence", ranges=(line("1.1"),), mark="yes"),
    )
    assert policy_lines(Policy(rows=(table, sentence, row("all", "no")))) == (table,)
    assert policy_lines(Policy(rows=(sentence,))) == (sentence,)
    assert line_style(None) == "auto"
    assert line_style(Policy(rows=(row(below("2"), "no"),))) == "auto"
    assert line_style(Policy(rows=(table,))) == "major"
    assert line_style(Policy(rows=(table, row(line("1.1"), "yes")))) == "major.minor"
    assert start_of((1, 0)) == start_of((1,))
