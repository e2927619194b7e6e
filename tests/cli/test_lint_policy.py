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


def test_a_table_to_copy_is_printed_last(shell: Shell, page: Path) -> None:
    page.write_text("Mail a@b.org. We support 2.1.x only.\n", encoding="utf-8")
    ran = shell("lint-policy", page, *DAY, "--suggest")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[1:9] == [
        "",
        "This table says the same:",
        "",
        "## Supported versions",
        "",
        "| Version | Supported |",
        "| --- | --- |",
        "| 2.1.x | ✅ |",
    ]
    assert shell("lint-policy", page, *DAY, "--suggest", "--json").document["suggestion"].startswith("## Supported")


def test_where_no_table_says_the_same_that_is_reported(shell: Shell, page: Path) -> None:
    page.write_text("Be kind.\n", encoding="utf-8")
    ran = shell("lint-policy", page, *DAY, "--suggest")
    assert (ran.status, "No table says exactly" in ran.out) == (1, True)
    assert shell("lint-policy", page, *DAY, "--suggest", "--json").document["suggestion"] is None


def test_what_a_page_leaves_open_is_to_be_decided(shell: Shell, page: Path) -> None:
    page.write_text(TABLE.replace("✅", "perhaps").replace("2031-12-31", ""), encoding="utf-8")
    ran = shell("lint-policy", page, *DAY, "--suggest")
    assert "| 2.1.x | ? |" in ran.out
    assert "The page leaves open whether it supports 2.1.x. Write ✅ or ❌ there." in ran.out
