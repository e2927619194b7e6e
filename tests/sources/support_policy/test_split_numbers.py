"""Tables whose versions stand in columns of their own numbers: a minor that is not supported is never answered by its major."""

from datetime import date

import pytest

from tests.sources.policy_questions import H, answer

MARKED = H + (
    "| Major | Minor | Supported |\n|--|--|--|\n| 2 | 3 | ✅ |\n| 2 | 2 | ❌ |\n| 1 | 9 | yes |\n| 1 | 8 | no |\n"
)
WITH_DATES = H + (
    "| Major version | Minor version | Released | Supported until |\n|--|--|--|--|\n"
    "| 7 | 1 | 2030-01-05 | 2032-01-05 |\n| 6 | x | 2027-03-01 | 2029-03-01 |\n"
)
WITH_PATCH = H + (
    "| Major | Minor | Patch | Status |\n|--|--|--|--|\n| 4 | 0 | any | supported |\n| 3 | 5 | 12 | supported |\n| 3 | 4 | * | end of life |\n"
)
WHOLE_MINORS = H + "| Major | Minor | Supported |\n|--|--|--|\n| 2 | 2.3 | ✅ |\n| 2 | 2.2 | ❌ |\n"
ANY_MINOR = H + "| Major release | Minor releases | Supported |\n|--|--|--|\n| v3 | all | ✅ |\n| v2 | any | ❌ |\n"

SEVERAL = H + (
    "| Major | Minor | Supported |\n|--|--|--|\n| 3 | 2-4 | ✅ |\n| 3 | 0 to 1 | ❌ |\n| 2 | >= 7 | ✅ |\n| 2 | < 7 | ❌ |\n| 0-1 | any | ❌ |\n"
)


@pytest.mark.parametrize(
    ("page", "version", "state"),
    [
        (MARKED, "2.3.4", "supported"),
        (SEVERAL, "3.4.9", "supported"),
        (SEVERAL, "3.5.0", "not_listed"),
        (SEVERAL, "3.1.2", "ended"),
        (SEVERAL, "2.9.0", "supported"),
        (SEVERAL, "2.6.9", "ended"),
        (SEVERAL, "1.4.0", "ended"),
        (MARKED, "2.2.9", "ended"),
        (MARKED, "1.9.1", "supported"),
        (MARKED, "1.8.0", "ended"),
        (MARKED, "2.1.0", "not_listed"),
        (MARKED, "3.0.0", "not_listed"),
        (WITH_DATES, "7.1.4", "supported"),
        (WITH_DATES, "7.0.1", "not_listed"),
        (WITH_DATES, "6.4", "ended"),
        (WITH_PATCH, "4.0.7", "supported"),
        (WITH_PATCH, "3.5.12", "supported"),
        (WITH_PATCH, "3.5.11", "not_listed"),
        (WITH_PATCH, "3.4.2", "ended"),
        (WHOLE_MINORS, "2.3.1", "supported"),
        (WHOLE_MINORS, "2.2.1", "ended"),
        (ANY_MINOR, "3.7", "supported"),
        (ANY_MINOR, "2.7", "ended"),
    ],
)
def test_the_numbers_are_read_together(page: str, version: str, state: str) -> None:
    assert answer(page, version, today=date(2030, 6, 1)).state == state


UNCLEAR = H + (
    "| Major | Minor | Patch | Supported |\n|--|--|--|--|\n| 3 | * | 7 | yes |\n| 4 | >= 2 | any | yes |\n| 5 | 2-4 | | yes |\n"
)


@pytest.mark.parametrize("version", ["3.1.0", "4.0.0", "4.1.9", "5.1.0"])
def test_what_is_neither_a_number_nor_any_promises_nothing(version: str) -> None:
    assert answer(UNCLEAR, version, today=date(2030, 6, 1)).state != "supported"
