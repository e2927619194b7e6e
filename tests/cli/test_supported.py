"""`chatbot supported`: the shape of the answer, and the ways to ask."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Shell

TABLE = """# Security

| Version | Supported | Until |
|---|---|---|
| 0.12.x | ✅ | |
| 0.11.x | ✅ | 2025-12-31 |
| < 0.11 | ❌ | |
"""
LATEST = "# Security\n\nOnly the latest release is supported.\n"


def page(folder: Path, text: str | bytes = TABLE) -> Path:
    path = folder / "SECURITY.md"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def releases(folder: Path, *tags: str) -> Path:
    path = folder / "releases.json"
    items: list[dict[str, Any]] = [
        {"tag_name": tag, "published_at": f"2025-01-{day:02}T00:00:00Z", "draft": False, "prerelease": "rc" in tag}
        for day, tag in enumerate(tags, 1)
    ]
    path.write_text(json.dumps(items))
    return path


def test_the_shape_of_one_answer(shell: Shell, tmp_path: Path) -> None:
    ran = shell("supported", "0.11.5", "--policy", page(tmp_path), "--on", "2025-06-01", "--json")
    assert (ran.status, ran.err) == (0, "")
    document = ran.document
    assert list(document) == ["version", "state", "until", "stale", "row", "reason", "source"]
    assert {**document, "reason": ""} == {
        "version": "0.11.5",
        "state": "supported",
        "until": "2025-12-31",
        "stale": False,
        "row": "0.11.x | ✅ | 2025-12-31",
        "reason": "",
        "source": "policy",
    }
    assert document["reason"]


@pytest.mark.parametrize(
    ("version", "on", "state", "until", "stale"),
    [
        ("0.12.0", "2025-06-01", "supported", None, False),
        ("v0.12.9", "2025-06-01", "supported", None, False),
        ("0.11", "2025-12-31", "supported", "2025-12-31", False),
        ("0.11.5", "2026-01-01", "ended", "2025-12-31", True),
        ("0.10.9", "2025-06-01", "ended", None, False),
        ("0.13.0", "2025-06-01", "not_listed", None, False),
        ("0.10", "2025-06-01", "ended", None, False),
    ],
)
def test_the_states(
    shell: Shell, tmp_path: Path, version: str, on: str, state: str, until: str | None, stale: bool
) -> None:
    document = shell("supported", version, "--policy", page(tmp_path), "--on", on, "--json").document
    assert (document["version"], document["state"]) == (version, state)
    assert (document["until"], document["stale"]) == (until, stale)


def test_several_versions_give_an_array_in_their_order(shell: Shell, tmp_path: Path) -> None:
    document = shell("supported", "0.10", "0.12", "0.11", "--policy", page(tmp_path), "--json").document
    assert [each["version"] for each in document] == ["0.10", "0.12", "0.11"]


def test_a_rule_about_the_latest_needs_to_know_it(shell: Shell, tmp_path: Path) -> None:
    policy = page(tmp_path, LATEST)

    def state(version: str, *more: object) -> str:
        return str(shell("supported", version, "--policy", policy, "--json", *more).document["state"])

    assert state("1.2.0") == "unknown"
    assert state("1.2.0", "--newest", "1.2.0") == "supported"
    assert state("1.1.0", "--newest", "1.2.0") == "ended"
    listed = releases(tmp_path, "v1.1.0", "v1.2.0", "v1.3.0-rc1")
    assert state("1.2.0", "--releases", listed) == "supported"
    assert state("1.1.0", "--releases", listed) == "ended"


@pytest.mark.parametrize("version", ["???", "", "banana", "1.x.2", "@everyone", "1.2.3 or later"])
def test_what_is_no_version_is_refused(shell: Shell, tmp_path: Path, version: str) -> None:
    ran = shell("supported", "0.12.0", version, "--policy", page(tmp_path), "--json")
    name = version or "VERSION"
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{name}: doesn't look like a version; write it like 0.11 or 0.11.5\n"


def test_a_word_may_be_a_branch_that_the_page_names(shell: Shell, tmp_path: Path) -> None:
    text = "| Version | Supported |\n|---|---|\n| main | ✅ |\n| 1.x | ✅ |\n"
    assert shell("supported", "main", "--policy", page(tmp_path, text), "--json").document["state"] == "supported"
    assert shell("supported", "trunk", "--policy", page(tmp_path, text)).status == 2


def test_a_line_is_as_supported_as_its_newest_release(shell: Shell, tmp_path: Path) -> None:
    listed = releases(tmp_path, "zfs-2.1.0", "zfs-2.1.4", "zfs-2.2.0")
    text = "# Security\n\nOnly the latest patch of each minor release is supported.\n"
    policy = page(tmp_path, text)
    line = shell("supported", "2.1", "--policy", policy, "--releases", listed, "--json").document
    newest = shell("supported", "2.1.4", "--policy", policy, "--releases", listed, "--json").document
    assert (line["version"], line["state"]) == ("2.1", newest["state"])


def test_a_version_of_several_packages_must_be_named(shell: Shell, tmp_path: Path) -> None:
    listed = releases(tmp_path, "one-1.0.0", "two-1.0.0", "two-2.0.0")
    ran = shell("supported", "1.0.0", "--policy", page(tmp_path), "--releases", listed)
    assert ran.status == 2
    assert "Several packages have a version 1.0.0: one and two." in ran.err


@pytest.mark.parametrize(
    ("text", "component", "sentence"),
    [
        (TABLE, "nosuch", "--component nosuch: the page has no such part; it has no parts"),
        (
            "## Server\n\n| Version | Supported |\n|---|---|\n| 1.x | ✅ |\n\n## Client\n\n| Version | Supported |\n|---|---|\n| 2.x | ✅ |\n",
            "nosuch",
            "--component nosuch: the page has no such part; it has Client, Server",
        ),
    ],
)
def test_a_part_that_the_page_has_not(shell: Shell, tmp_path: Path, text: str, component: str, sentence: str) -> None:
    ran = shell("supported", "1.0", "--policy", page(tmp_path, text), "--component", component)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{sentence}\n")


@pytest.mark.parametrize("path", ["", "."])
def test_a_folder_is_no_page(shell: Shell, path: str) -> None:
    ran = shell("supported", "1.0", "--policy", path)
    assert (ran.status, ran.out, ran.err) == (2, "", ".: is a folder; name a file\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe\x00", "is not UTF-8. Save it as UTF-8; the first wrong byte is at 0."),
        (b"\x00\x01", "is not text. Put the Markdown text of the policy there, and no other kind of file."),
        (
            b"<!doctype html><html></html>",
            "is an HTML page: give the address of the Markdown itself. Put the Markdown itself there, not the page that shows it.",
        ),
        (b"x" * 600_000, "is longer than 512 KiB. Shorten it, or move what is not policy elsewhere."),
    ],
)
def test_what_is_no_page_is_refused(shell: Shell, tmp_path: Path, body: bytes, reason: str) -> None:
    policy = page(tmp_path, body)
    ran = shell("supported", "1.0", "--policy", policy, "--json")
    assert (ran.status, ran.out, ran.err) == (2, "", f"{policy}: {reason}\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The page lists no versions; a table of versions and whether each is supported would tell."),
        (
            b"We love security.\n",
            "The page lists no versions; a table of versions and whether each is supported would tell.",
        ),
    ],
)
def test_a_page_that_says_nothing_gives_unknown_and_why(shell: Shell, tmp_path: Path, body: bytes, reason: str) -> None:
    ran = shell("supported", "1.0", "--policy", page(tmp_path, body), "--json")
    assert ran.status == 0
    assert (ran.document["state"], ran.document["reason"]) == ("unknown", reason)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--on", "31.12.2025"], "--on is not a date; write it like 2025-12-31"),
        (["--newest", "newest"], "--newest is not a version; write it like 0.11.5"),
        (["--releases", "nowhere"], "nowhere: there is no such file; check the path"),
    ],
)
def test_a_wrong_option_names_its_fix(shell: Shell, tmp_path: Path, options: list[str], sentence: str) -> None:
    ran = shell("supported", "1", "--policy", page(tmp_path), *options)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{sentence}\n")


def test_a_page_cannot_move_the_cursor(shell: Shell, tmp_path: Path) -> None:
    text = "| Version | Supported |\n|---|---|\n| 1.x | ✅ \x1b[2J\u202e |\n"
    ran = shell("supported", "1.0", "--policy", page(tmp_path, text))
    assert ran.status == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_the_words_say_how_long_is_left(shell: Shell, tmp_path: Path) -> None:
    def first(on: str) -> str:
        return shell("supported", "0.11.5", "--policy", page(tmp_path), "--on", on).out.splitlines()[0]

    assert first("2025-12-01") == "0.11.5: supported, until 2025-12-31 (30 days left)"
    assert first("2025-12-31") == "0.11.5: supported, until 2025-12-31 (today is the last day)"
    assert first("2026-01-01") == "0.11.5: ended, since 2025-12-31 has passed"


def test_the_lint_knows_whether_the_private_form_is_switched_on(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "SECURITY.md"
    table = "| Version | Supported |\n|---|---|\n| 2.x | yes |\n| < 2 | no |\n"
    page.write_text(
        f"# Security\n\nUse GitHub's private vulnerability reporting to report.\n\n{table}", encoding="utf-8"
    )
    assert shell("lint-policy", str(page), "--private-form", "on").status == 0
    off = shell("lint-policy", str(page), "--private-form", "off")
    assert (off.status, "which is switched off" in off.out) == (1, True)
    assert shell("lint-policy", str(page), "--private-form", "perhaps").status == 2
