"""`chatbot lint-advisory`: findings and exit status of good, bad and unusable input."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
GOOD, BAD = EXAMPLES / "advisories.json", EXAMPLES / "unclear-advisory.json"
BESIDE = ("--releases", EXAMPLES / "releases.json", "--policy", EXAMPLES / "SECURITY.md", "--on", "2031-03-05")


def test_a_good_advisory_has_no_finding(shell: Shell) -> None:
    ran = shell("lint-advisory", GOOD, *BESIDE, "--json")
    assert (ran.status, ran.err, ran.document) == (0, "", [])


def test_the_shape_of_a_finding(shell: Shell) -> None:
    ran = shell("lint-advisory", BAD, *BESIDE, "--json")
    assert (ran.status, ran.err) == (1, "")
    assert ran.document[0] == {
        "id": "GHSA-3333-3333-3333",
        "code": "range-covers-fix",
        "level": "error",
        "package": None,
        "problem": "The range “< 2.3.6” covers 2.3.5, which it names as patched.",
        "fix": "End the range before 2.3.5, or name the version that has the fix.",
    }
    assert [each["code"] for each in ran.document[1:]] == [
        "supported-line-without-fix",
        "text-contradicts-range",
        "no-cve",
    ]


def test_what_cannot_be_read_is_a_finding(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(GOOD.read_text())
    (tmp_path / "b.json").write_text("{")
    ran = shell("lint-advisory", tmp_path, "--json")
    assert ran.status == 1
    assert [each["code"] for each in ran.document] == ["unreadable-advisory"]
    assert "nothing to fix in what was read" in shell("lint-advisory", tmp_path).out


@pytest.mark.parametrize(
    "words", [("nowhere.json",), (EXAMPLES / "SECURITY.md",), (GOOD, "--policy", EXAMPLES / "SECURITY.md")]
)
def test_unusable_input(shell: Shell, words: tuple[object, ...]) -> None:
    ran = shell("lint-advisory", *words)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_no_word_of_an_advisory_moves_the_cursor(shell: Shell, tmp_path: Path) -> None:
    document = json.loads(BAD.read_text())
    document["summary"] += "\x1b[2J"
    document["vulnerabilities"][0]["vulnerable_version_range"] = "soon \x1b[2J"
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert "\x1b" not in shell("lint-advisory", tmp_path / "a.json").out
