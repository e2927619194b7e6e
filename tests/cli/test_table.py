"""Tables and sentences: no cell is cut, no row is wider than the terminal, and nothing is drawn that a plain one cannot show."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chatbot.cli.output.table import wrap
from tests.cli.terminal import in_terminal

CONFIG = """
[discord]
token = "not-a-token-of-the-world"

[[projects]]
id = "ferry"
name = "Harbour Ferry"
repository = "harbour-authority-of-the-north/ferry-timetable"

[[rooms]]
address = "discord:123456789012345678"  # #releases
projects = ["ferry"]

[[rooms]]
address = "discord:123456789012345679"  # #security, for those who run it in production 漢字
projects = ["ferry"]
events = ["security"]
"""
WORDS = [
    "discord:123456789012345678", "discord:123456789012345679", "#releases", "harbour-authority-of-the-north/ferry-timetable",
    "policy, releases, security", "Harbour Ferry",
]  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("columns", "variables"),
    [(40, {}), (80, {}), (120, {}), (80, {"TERM": "dumb"}), (80, {"NO_COLOR": "1"})],
)
def test_what_check_shows_is_whole_on_a_terminal(config: Path, columns: int, variables: dict[str, str]) -> None:
    screen = in_terminal(["check"], columns, more=variables, folder=config.parent)
    assert screen.status == 0, screen.text
    assert "\x1b" not in screen.raw
    assert [row for row in screen.raw.splitlines() if cell_len(row) > columns and " " in row.strip()] == []
    text = " ".join(" ".join(screen.rows).split())
    assert [words for words in WORDS if words not in text and words not in text.replace(" ", "")] == []
    assert "for those who run it in production 漢字" in text
    assert "…" not in text
    assert "Policy of ferry: not read yet; run chatbot check --online" in text
    assert "These settings have no effect yet" not in text


def test_a_table_that_fits_is_a_table_and_another_a_list(config: Path) -> None:
    wide = in_terminal(["check"], 160, folder=config.parent)
    assert any(row.split() == ["address", "name", "projects", "events"] for row in wide.rows)
    narrow = in_terminal(["check"], 50, folder=config.parent)
    assert "  discord:123456789012345678" in narrow.rows
    assert "    name: #releases" in narrow.rows


@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30)), st.integers(5, 60))
def test_wrapping_loses_no_word_and_breaks_none(words: list[str], width: int) -> None:
    rows = wrap(" ".join(words), width, 2)
    assert " ".join(rows).split() == " ".join(words).split()
    assert all(cell_len(row) <= width or len(row.split()) == 1 for row in rows)
