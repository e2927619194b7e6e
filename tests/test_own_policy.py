"""Our own SECURITY.md: our own reader understands it and our own lint has nothing against it; what it promises is in the tree."""

import tomllib
from pathlib import Path

from tests.cli.conftest import shell  # noqa: F401 - the fixture
from tests.cli.shell import Shell

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "SECURITY.md"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_lint_has_nothing_against_it(shell: Shell) -> None:  # noqa: F811 - it is that fixture
    ran = shell("lint-policy", PAGE)
    assert (ran.status, ran.err) == (0, "")
    assert shell("lint-policy", PAGE, "--json").document == []


def test_it_says_which_versions_get_fixes(shell: Shell) -> None:  # noqa: F811 - it is that fixture
    states = [
        shell("supported", version, "--policy", PAGE, "--newest", VERSION, "--json").document["state"]
        for version in (VERSION, "0.0.1")
    ]
    assert states == ["supported", "ended"]


def test_it_names_a_private_way_and_times() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for words in ("Report a vulnerability", "72 hours", "7 days", "90 days", "threat-model.md"):
        assert words in text


def test_the_threat_model_says_what_nothing_stops() -> None:
    page = (ROOT / "docs" / "explanation" / "threat-model.md").read_text(encoding="utf-8")
    gap = page.partition("## The remaining gap")[2]
    assert gap.count("\n- **") >= 10
