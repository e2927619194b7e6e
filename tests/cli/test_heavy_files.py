"""A given file that is too heavy is refused with one sentence; nothing hangs, and nothing is concluded from it."""

import json
from pathlib import Path

import pytest

from chatbot.cli.failure import Failure, Status
from chatbot.cli.input.heavy import FileParser
from chatbot.sources.parsing.process import Limits
from tests.cli.shell import Shell
from tests.sources.parsing.poisoned import HERE

LIMITS = Limits(seconds=1, memory=400 * 1024 * 1024, worker=HERE)

BRACKETS = ("[" * 30_000 + "\n") * 8  # each may open a link: many seconds of the parser's time
USES = "[x]: y\n\n" + ("[x][x" * 5_000 + "\n") * 3
AT = "2031-03-01T09:00:00Z"
RELEASE = {"tag_name": "v1.0.0", "published_at": AT, "draft": False, "body": "Fixes."}
ADVISORY = {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "state": "published", "published_at": AT, "severity": "high"}


def write(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("burn", "it took more than 1 s of computing time"),
        ("eat", "it needs more than 400 MiB of memory"),
        ("crash", "its parser was ended by SIGSEGV"),
    ],
)
@pytest.mark.parametrize(("kind", "name"), [("policy", ""), ("release", "item 3"), ("advisory", "GHSA-aaaa-bbbb-cccc")])
def test_what_ends_its_parser_is_refused(kind: str, name: str, deed: str, reason: str) -> None:
    path = Path("given.file")
    content = f"POISON {deed}\n{'word ' * 4_000}".encode()
    with FileParser(path, LIMITS) as parser, pytest.raises(Failure) as refused:
        parser.parse(kind, name, content)
    what = f"{name} cannot be read" if name else "cannot be read"
    assert refused.value.sentence == f"{path}: {what}: {reason}; shorten it, or leave it out"
    assert refused.value.status == Status.WRONG_USE


@pytest.mark.parametrize("command", [["lint-policy"], ["supported", "1.0.0", "--policy"]])
def test_a_heavy_page_does_not_hang(command: list[str], shell: Shell, tmp_path: Path) -> None:
    """Whether the page is refused or read depends on how fast the machine is."""
    page = write(
        tmp_path / "SECURITY.md", f"# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n\n{BRACKETS}"
    )
    ran = shell(*command, page)
    if ran.status == Status.WRONG_USE:
        assert "cannot be read: it took more than 5 s of computing time" in ran.err
        assert (ran.out, ran.err.count("\n")) == ("", 1)


def test_what_is_merely_large_is_read(shell: Shell, tmp_path: Path) -> None:
    releases = [{**RELEASE, "tag_name": f"v1.0.{number}", "body": f"{USES}\n" * 2} for number in range(3)]
    ran = shell("classify", write(tmp_path / "releases.json", releases), "--json")
    assert (ran.status, len(ran.document)) == (0, 3)
    advisories = write(tmp_path / "a.json", [{**ADVISORY, "description": "word " * 20_000}])
    assert shell("affected", "1.0.0", "--advisories", advisories, "--json").status == 0


def test_what_cannot_be_read_of_a_file_stops_no_other_item(shell: Shell, tmp_path: Path) -> None:
    releases = [{**RELEASE, "published_at": "soon"}, RELEASE]
    ran = shell("classify", write(tmp_path / "releases.json", releases), "--json")
    assert (ran.status, [item["tag"] for item in ran.document]) == (0, ["v1.0.0"])
    assert "item 0 is left out" in ran.err
