"""Footnotes of tables: a note that limits or ends what its row ticks counts, in every way of marking one."""

from datetime import date

import pytest

from tests.sources.policy_questions import H, answer

SOON, LATE = date(2026, 9, 1), date(2027, 6, 1)
HEAD = "| Version | Supported |\n|--|--|\n"
ENDING = "Security fixes only, until 2027-01-31."
MARKS = {
    "[^1]": f"[^1]: {ENDING}",
    " [1]": f"[1] {ENDING}",
    "\\*": f"\\* {ENDING}",
    " (1)": f"(1) {ENDING}",
    "†": f"† {ENDING}",
    "²": f"² {ENDING}",
    "<sup>a</sup>": f"<sup>a</sup> {ENDING}",
    "*": f"* {ENDING}",
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("column", ["version", "support"])
def test_a_note_ends_what_its_row_ticks(mark: str, column: str) -> None:
    row = f"| 1.x{mark} | ✅ |\n" if column == "version" else f"| 1.x | ✅{mark} |\n"
    page = f"{H}{HEAD}| 2.x | ✅ |\n{row}\n{MARKS[mark]}\n"
    assert (answer(page, "1.9.0", today=SOON).state, answer(page, "1.9.0", today=SOON).until) == (
        "supported",
        date(2027, 1, 31),
    )
    assert answer(page, "1.9.0", today=LATE).state == "ended"
    assert answer(page, "2.1.0", today=LATE).state == "supported"


@pytest.mark.parametrize(
    "note",
    [
        "Only for paying customers.",
        "available to subscribers only",
        "requires a support contract",
        "No longer supported.",
        "discontinued",
        "with an enterprise subscription",
    ],
)
def test_a_tick_with_a_note_that_takes_it_back_is_none(note: str) -> None:
    page = f"{H}{HEAD}| 2.x | ✅ |\n| 1.x | ✅[^x] |\n\n[^x]: {note}\n"
    assert [answer(page, version).state for version in ("2.1.0", "1.9.0")] == ["supported", "unknown"]


@pytest.mark.parametrize(
    "note", ["Named after a bird.", "The last line with Python 3.8.", "Released since 2024-01-01.", "See the wiki."]
)
def test_a_note_about_something_else_changes_nothing(note: str) -> None:
    page = f"{H}{HEAD}| 2.x | ✅ |\n| 1.x | ✅[^x] |\n\n[^x]: {note}\n"
    assert [answer(page, version).state for version in ("2.1.0", "1.9.0")] == ["supported", "supported"]


def test_several_notes_in_one_paragraph_are_separated_and_one_of_the_header_is_of_every_row() -> None:
    rows = "| 2.x [1] | ✅ |\n| 1.x [2] | ✅ |\n"
    page = f"{H}{HEAD}{rows}\n[1] Until 2028-01-31,\nand no longer.\n[2] Until 2026-01-31.\n"
    assert [answer(page, version, today=SOON).state for version in ("2.1.0", "1.9.0")] == ["supported", "ended"]
    above = (
        f"{H}{HEAD.replace('Supported', 'Supported[^1]')}| 2.x | ✅ |\n\n[^1]: Only with a contract, for customers.\n"
    )
    assert answer(above, "2.1.0").state == "unknown"


def test_what_no_note_explains_is_no_mark() -> None:
    page = f"{H}{HEAD}| 2.* | ✅ |\n| 1.x [1] | ✅ |\n\n* Write to us.\n"
    assert [answer(page, version).state for version in ("2.1.0", "1.9.0")] == ["supported", "supported"]
    assert "Write to us" not in (answer(page, "2.1.0").row or "")
