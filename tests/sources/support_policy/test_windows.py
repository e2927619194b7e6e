"""Windows of support that hold for every line, decided by the dates of the project's releases; without them nothing is certain."""

from datetime import date

import pytest

from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import Version, read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.sources.policy_questions import H

DAYS = {
    "1.0.0": date(2022, 3, 1),
    "1.1.0": date(2023, 3, 1),
    "1.1.4": date(2023, 9, 1),
    "2.0.0": date(2024, 3, 1),
    "2.1.0": date(2025, 3, 1),
}
PUBLISHED = {version: day for name, day in DAYS.items() if (version := read_version(name))}


def ask(sentence: str, name: str, today: date, published: dict[Version, date] | None = None) -> Status:
    days = PUBLISHED if published is None else published
    version = read_version(name)
    assert version is not None
    return status(
        read_policy(H + sentence), version, today=today, releases=list(PUBLISHED), newest=max(PUBLISHED), published=days
    )


@pytest.mark.parametrize(
    ("sentence", "name", "last"),
    [
        ("Every minor release is supported for 12 months after its release.", "2.0.0", date(2025, 3, 1)),
        ("Each minor version receives security fixes for 12 months.", "1.1.4", date(2024, 3, 1)),
        (
            "Major versions are maintained for three years from the date of their first release.",
            "1.1.4",
            date(2025, 3, 1),
        ),
        ("All releases are supported for two years after publication.", "2.1.0", date(2027, 3, 1)),
        ("We support each minor release for 18 months.", "2.1.0", date(2026, 9, 1)),
        (
            "Each major version gets security fixes for 18 months after the next major version is released.",
            "1.1.0",
            date(2025, 9, 1),
        ),
        (
            "A minor release line is maintained until six months after the next minor release.",
            "2.0.0",
            date(2025, 9, 1),
        ),
    ],
)
def test_a_window_ends_on_its_day_and_not_before(sentence: str, name: str, last: date) -> None:
    day = ask(sentence, name, last)
    assert (day.state, day.until) == ("supported", last), day
    after = ask(sentence, name, date.fromordinal(last.toordinal() + 1))
    assert (after.state, after.until) == ("ended", last), after
    assert ask(sentence, name, last, {}).state == "unknown"


def test_a_line_without_a_successor_is_supported_until_it_has_one() -> None:
    sentence = "Each major version is supported until the next major version is released."
    assert [ask(sentence, name, date(2025, 6, 1)).state for name in ("2.1.0", "1.1.4", "3.0.0")] == [
        "supported",
        "ended",
        "unknown",
    ]


def test_a_line_of_which_the_first_release_is_not_known_is_certain_only_once_it_is_too_old() -> None:
    sentence = "Each minor is supported for 12 months."
    later = {version: day for version, day in PUBLISHED.items() if version.text != "1.1.0"}
    parsed = read_version("1.1.4")
    assert parsed is not None
    for today, state in ((date(2024, 6, 1), "unknown"), (date(2024, 9, 2), "ended")):
        verdict = status(
            read_policy(H + sentence), parsed, today=today, releases=list(later), newest=max(later), published=later
        )
        assert verdict.state == state, verdict


@pytest.mark.parametrize(
    "sentence",
    [
        "Each LTS release is supported for three years.",
        "We may support each minor release for 12 months.",
        "Each minor release is supported until two newer ones exist.",
        "No minor release is supported for 12 months.",
        "Releases are supported for 12 months with a contract.",
        "Each release is supported for as long as we can.",
    ],
)
def test_what_names_no_window_of_all_lines_promises_none(sentence: str) -> None:
    assert ask(sentence, "2.0.0", date(2024, 4, 1)).state != "supported"


@pytest.mark.parametrize("window", ["12 months", "for 12 months", "1 year", "one year", "Twelve months"])
def test_a_row_with_its_first_day_and_a_span_ends_on_its_day(window: str) -> None:
    page = H + f"| Version | Released | Supported |\n|--|--|--|\n| 9 | 2025-02-01 | {window} |\n"
    version = read_version("9.1.0")
    assert version is not None
    verdict = status(read_policy(page), version, today=date(2026, 2, 1))
    assert (verdict.state, verdict.until) == ("supported", date(2026, 2, 1))
    assert status(read_policy(page), version, today=date(2026, 2, 2)).state == "ended"
