"""`chatbot affected` and `chatbot classify`: the shapes of the answers, and what is left out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Shell

ADVISORY: dict[str, Any] = {
    "ghsa_id": "GHSA-2222-2222-2222",
    "cve_id": "CVE-2031-10001",
    "state": "published",
    "html_url": "https://github.com/o/r/security/advisories/GHSA-2222-2222-2222",
    "summary": "A \u001b[31mcrafted attachment stops the server",
    "description": "…",
    "severity": "critical",
    "published_at": "2031-03-04T12:00:00Z",
    "updated_at": "2031-03-04T12:00:00Z",
    "withdrawn_at": None,
    "vulnerabilities": [
        {"package": {"name": "r"}, "vulnerable_version_range": ">= 0.13.0, < 0.13.4", "patched_versions": "0.13.4"},
    ],
}


def write(folder: Path, name: str, document: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def release(tag: str, day: int, **more: object) -> dict[str, Any]:
    return {"tag_name": tag, "name": tag, "published_at": f"2031-01-{day:02}T00:00:00Z", "draft": False, **more}


def test_the_shape_of_affected(shell: Shell, tmp_path: Path) -> None:
    unreadable = {**ADVISORY, "ghsa_id": "GHSA-3333-3333-3333", "cve_id": None, "vulnerabilities": [
        {"package": {"name": "r"}, "vulnerable_version_range": "all versions before the fix"},
    ]}  # fmt: skip
    path = write(tmp_path, "a.json", [ADVISORY, unreadable])
    ran = shell("affected", "0.13.2", "--advisories", path, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.document == {
        "version": "0.13.2",
        "affected": [
            {
                "id": "GHSA-2222-2222-2222",
                "aliases": ["CVE-2031-10001"],
                "severity": "critical",
                "summary": ran.document["affected"][0]["summary"],
                "range": ran.document["affected"][0]["range"],
                "first_fixed_in_line": "0.13.4",
                "first_fixed": "0.13.4",
                "url": "https://github.com/o/r/security/advisories/GHSA-2222-2222-2222",
            }
        ],
        "unreadable": [{"id": "GHSA-3333-3333-3333", "range": "all versions before the fix"}],
    }
    assert "< 0.13.4" in ran.document["affected"][0]["range"]


def test_several_versions_give_an_array(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", ADVISORY)
    document = shell("affected", "0.13.4", "0.13.3", "--advisories", path, "--json").document
    assert [(each["version"], len(each["affected"])) for each in document] == [("0.13.4", 0), ("0.13.3", 1)]


def test_a_folder_is_read_whole_and_what_is_none_is_said(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, "a.json", ADVISORY)
    write(tmp_path, "b.json", {"nothing": "here"})
    (tmp_path / "c.json").write_text("{")
    ran = shell("affected", "0.13.2", "--advisories", tmp_path, "--json")
    assert ran.status == 0
    assert len(ran.document["affected"]) == 1
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize("change", [{"withdrawn_at": "2031-03-05T00:00:00Z"}, {"state": "draft"}, {"state": "closed"}])
def test_what_is_not_published_affects_nothing(shell: Shell, tmp_path: Path, change: dict[str, str]) -> None:
    path = write(tmp_path, "a.json", [{**ADVISORY, **change}])
    assert shell("affected", "0.13.2", "--advisories", path, "--json").document["affected"] == []


def test_a_package_narrows_the_question(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", ADVISORY)

    def count(name: str) -> int:
        return len(shell("affected", "0.13.2", "--advisories", path, "--package", name, "--json").document["affected"])

    assert (count("r"), count("other")) == (1, 0)


def test_the_words_of_affected(shell: Shell, tmp_path: Path) -> None:
    out = shell("affected", "0.13.2", "0.14", "--advisories", write(tmp_path, "a.json", ADVISORY)).out
    assert out.splitlines()[0] == "0.13.2: 1 advisory concerns it"
    assert "fixed in 0.13.4" in out
    assert out.splitlines()[-1] == "0.14: no advisory concerns it"
    assert "\x1b" not in out


def test_the_shape_of_classify(shell: Shell, tmp_path: Path) -> None:
    items = [
        release("v0.13.4", 4),
        release("v0.14.0", 3),
        release("v0.14.1-rc.1", 5, prerelease=True),
        release("nightly", 5),
        release("v9", 6, draft=True),
    ]
    listed = write(tmp_path, "r.json", items)
    ran = shell("classify", listed, "--advisories", write(tmp_path, "a.json", ADVISORY), "--json")
    assert (ran.status, ran.err) == (0, "")
    assert [list(each) for each in ran.document] == [
        ["tag", "version", "kind", "line", "newest_in_line", "newest", "security", "out_of_band", "evidence"]
    ] * 4
    first = ran.document[0]
    assert len(first.pop("evidence")) == 1
    assert first == {
        "tag": "v0.13.4",
        "version": "0.13.4",
        "kind": "patch",
        "line": "0.13",
        "newest_in_line": True,
        "newest": False,
        "security": True,
        "out_of_band": True,
    }
    assert [each["kind"] for each in ran.document] == ["patch", "minor", "prerelease", "unknown"]
    assert [each["newest"] for each in ran.document] == [False, True, False, False]
    assert (ran.document[3]["version"], ran.document[3]["line"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is no JSON; save the answer of GitHub's API as it is"),
        ("[" * 100_000, "is no JSON; save the answer of GitHub's API as it is"),
        ('{"message": "Not Found"}', "is no list of releases; save what /repos/OWNER/NAME/releases answers"),
    ],
)
def test_a_file_that_is_no_list_is_refused(shell: Shell, tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    ran = shell("classify", path)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{path}: {sentence}\n")


def test_an_item_that_is_no_release_is_said_and_left_out(shell: Shell, tmp_path: Path) -> None:
    ran = shell("classify", write(tmp_path, "r.json", [3, release("a b", 1), release("v1.0.0", 2)]), "--json")
    assert [each["tag"] for each in ran.document] == ["v1.0.0"]
    assert len(ran.err.splitlines()) == 2
