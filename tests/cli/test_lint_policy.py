"""`chatbot lint-policy`: how a page is read is shown on request, and changes neither the findings nor the exit status."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell

TABLE = (
    "# Security\n\nMail security@kestrel.org.\n\n| Version | Supported | Until |\n|---|---|---|\n"
    "| 2.1.x | ✅ | 2031-12-31 |\n| < 2.1 | ❌ | |\n"
)
WRONG = TABLE.replace("✅ | 2031-12-31", "✅ | 2030-12-31")
DAY = ("--on", "2031-06-01")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "SECURITY.md"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_how_a_page_is_read_is_shown_as_plain_lines(shell: Shell, page: Path) -> None:
    ran = shell("lint-policy", page, *DAY, "--show")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        f"{page} as of 2031-06-01",
        "  line   state today  until       the page says",
        "  2.1.x  supported    2031-12-31  2.1.x | ✅ | 2031-12-31",
        "  < 2.1  ended                    < 2.1 | ❌",
        "",
        f"{page}: nothing to fix.",
    ]


@pytest.mark.parametrize(("text", "status"), [(TABLE, 0), (WRONG, 1), ("Be kind.\n", 1), ("\x00", 1)])
def test_showing_changes_neither_findings_nor_exit_status(shell: Shell, page: Path, text: str, status: int) -> None:
    page.write_text(text, encoding="utf-8")
    plain, shown = shell("lint-policy", page, *DAY), shell("lint-policy", page, *DAY, "--show")
    assert (plain.status, shown.status) == (status, status)
    assert shown.out.endswith(plain.out)


def test_the_json_with_lines_is_an_object(shell: Shell, page: Path) -> None:
    page.write_text(WRONG, encoding="utf-8")
    findings = shell("lint-policy", page, *DAY, "--json").document
    ran = shell("lint-policy", page, *DAY, "--json", "--show")
    assert ran.document["findings"] == findings
    assert ran.document["lines"][0] == {
        "line": "2.1.x",
        "state": "ended",
        "until": "2030-12-31",
        "event": None,
        "words": "2.1.x | ✅ | 2030-12-31",
        "page_line": 7,
    }


def test_no_word_of_the_page_moves_the_cursor(shell: Shell, page: Path) -> None:
    page.write_text(TABLE.replace("2.1.x", "2.1.x \x1b[2J"), encoding="utf-8")
    assert "\x1b" not in shell("lint-policy", page, *DAY, "--show").out
