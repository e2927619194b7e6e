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


def test_a_folder_is_read_whole_and_a_path_that_is_none_is_reported(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, "a.json", ADVISORY)
    write(tmp_path, "b.json", {"nothing": "here"})
    (tmp_path / "c.json").write_text("{")
    ran = shell("affected", "0.13.2", "0.13.4", "--advisories", tmp_path, "--json")
    assert ran.status == 0
    assert [len(each["affected"]) for each in ran.document] == [1, 0]
    assert all(each["unreadable"][0] == {"id": "b.json", "range": ""} for each in ran.document)
    assert all(len(each["unreadable"]) == 2 for each in ran.document)
    assert len(ran.err.splitlines()) == 2
    words = shell("affected", "0.13.2", "0.13.4", "--advisories", tmp_path).out.splitlines()
    assert words[0] == "0.13.2: 1 advisory concerns it, perhaps more"
    assert words[-1] == "0.13.4: cannot tell whether an advisory concerns it"


def test_what_was_withdrawn_affects_nothing(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", [{**ADVISORY, "withdrawn_at": "2031-03-05T00:00:00Z"}])
    assert shell("affected", "0.13.2", "--advisories", path, "--json").document["affected"] == []


RELEASE = {"tag_name": "v1.0.0", "name": "v1.0.0", "published_at": "2031-01-01T00:00:00Z", "draft": False}


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        [1, 2, 3],
        {"a": 1},
        "text",
        17,
        [RELEASE],
        [None],
        {"vulns": []},
        [{**ADVISORY, "state": "draft"}],
        [{**ADVISORY, "state": "closed"}],
        {"message": "Not Found"},
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_without_an_advisory_nothing_is_concluded(
    shell: Shell, tmp_path: Path, document: object, options: tuple[str, ...]
) -> None:
    path = write(tmp_path, "a.json", document)
    for argument in (path, tmp_path):
        ran = shell("affected", "0.13.2", "--advisories", argument, *options)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"{argument}: holds no advisory that can be read")


def test_an_empty_folder_says_nothing(shell: Shell, tmp_path: Path) -> None:
    ran = shell("affected", "0.13.2", "--advisories", tmp_path)
    assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize("version", ["banana", "", "latest", "0.13.x", "1.2.3 or later", "@everyone"])
def test_what_is_no_version_is_refused(shell: Shell, tmp_path: Path, version: str) -> None:
    path = write(tmp_path, "a.json", ADVISORY)
    ran = shell("affected", "0.13.2", version, "--advisories", path, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{version or 'VERSION'}: doesn't look like a version; write it like 0.13.2\n"


def test_a_version_that_only_its_ecosystem_can_read(shell: Shell, tmp_path: Path) -> None:
    flaw = {"package": {"ecosystem": "Maven", "name": "g:a"}, "versions": ["Finchley.RELEASE"]}
    record = {"id": "OSV-2031-1", "modified": "2031-01-01T00:00:00Z", "affected": [flaw]}
    path = write(tmp_path, "a.json", record)
    assert len(shell("affected", "Finchley.RELEASE", "--advisories", path, "--json").document["affected"]) == 1


def test_between_the_range_and_the_fix_nobody_can_tell(shell: Shell, tmp_path: Path) -> None:
    flaw = {"package": {"name": "r"}, "vulnerable_version_range": "2.41", "patched_versions": "2.41.4"}
    path = write(tmp_path, "a.json", {**ADVISORY, "vulnerabilities": [flaw]})
    ran = shell("affected", "2.41.3", "2.41.4", "--advisories", path)
    assert ran.out.splitlines() == [
        "2.41.3: cannot tell whether an advisory concerns it",
        "  GHSA-2222-2222-2222: cannot tell from its range: 2.41",
        "2.41.4: no advisory concerns it",
    ]


@pytest.mark.parametrize(
    ("version", "ranges", "patched", "affected", "unreadable"),
    [
        ("1:0.13.2-2+deb12u3", ">= 0.13.0, < 0.13.4", "0.13.4", 1, 0),
        ("0.13.3-1.el9", "<= 0.13.3", "0.13.4", 1, 0),
        ("0.13.3-1", "<= 0.13.3", "0.13.4", 0, 1),
        ("0.13.3-r4", "<= 0.13.3", "0.13.4", 0, 1),
        ("0.13.3_1", "<= 0.13.3", "0.13.4", 0, 1),
        ("0.13.4-1", "<= 0.13.3", "0.13.4", 0, 0),
        ("7.1.1-30", "< 7.1.1-29", "7.1.1-29", 0, 0),
        ("7.1.1-28", "< 7.1.1-29", "7.1.1-29", 1, 0),
        ("2-4-19", "< 2.4.19", "2.4.19", 0, 0),
        ("2-4-18", "< 2.4.19", "2.4.19", 1, 0),
        ("rel_2_4_18", "< 2.4.19", "2.4.19", 1, 0),
    ],
)
def test_a_revision_that_may_be_a_distributions_is_no_reason_to_rest(
    shell: Shell, tmp_path: Path, version: str, ranges: str, patched: str, affected: int, unreadable: int
) -> None:
    flaw = {"package": {"name": "r"}, "vulnerable_version_range": ranges, "patched_versions": patched}
    path = write(tmp_path, "a.json", {**ADVISORY, "vulnerabilities": [flaw]})
    document = shell("affected", version, "--advisories", path, "--json").document
    assert (len(document["affected"]), len(document["unreadable"])) == (affected, unreadable)


@pytest.mark.parametrize(
    ("line", "ranges", "affected", "unreadable"),
    [
        ("2.1", ">= 2.1.1, < 2.1.3", 0, 1),
        ("2.1", "> 2.1.0, < 2.2", 0, 1),
        ("2", ">= 2.1.1, < 2.1.3", 0, 1),
        ("2.1", "< 2.1.3", 1, 0),
        ("2.1.0", ">= 2.1.1, < 2.1.3", 0, 0),
        ("2.2", ">= 2.1.1, < 2.1.3", 0, 0),
        ("2.1", ">= 2.2.1, < 2.2.3", 0, 0),
    ],
)
def test_nobody_on_a_line_that_is_affected_in_part_is_given_the_all_clear(
    shell: Shell, tmp_path: Path, line: str, ranges: str, affected: int, unreadable: int
) -> None:
    flaw = {"package": {"name": "r"}, "vulnerable_version_range": ranges}
    path = write(tmp_path, "a.json", {**ADVISORY, "vulnerabilities": [flaw]})
    document = shell("affected", line, "--advisories", path, "--json").document
    assert (len(document["affected"]), len(document["unreadable"])) == (affected, unreadable)


def test_a_fix_that_another_advisory_affects_is_marked_so(shell: Shell, tmp_path: Path) -> None:
    flaw = {"package": {"name": "r"}, "vulnerable_version_range": "= 0.13.4", "patched_versions": "0.13.5"}
    other = {**ADVISORY, "ghsa_id": "GHSA-3333-3333-3333", "cve_id": None, "vulnerabilities": [flaw]}
    ran = shell("affected", "0.13.2", "--advisories", write(tmp_path, "a.json", [ADVISORY, other]))
    assert "fixed in 0.13.4 (which another advisory affects)" in ran.out


@pytest.mark.parametrize("document", [[], [{**RELEASE, "draft": True}], [3], [None, {}]])
def test_without_a_release_there_is_nothing_to_classify(shell: Shell, tmp_path: Path, document: object) -> None:
    path = write(tmp_path, "r.json", document)
    ran = shell("classify", path, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert f"{path}: holds no published release" in ran.err


def test_a_project_without_advisories_can_be_classified(shell: Shell, tmp_path: Path) -> None:
    listed = write(tmp_path, "r.json", [RELEASE])
    assert shell("classify", listed, "--advisories", write(tmp_path, "a.json", [])).status == 0
    assert shell("classify", listed, "--advisories", write(tmp_path, "a.json", [1])).status == 2


def test_a_package_narrows_the_question(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", ADVISORY)

    assert len(shell("affected", "0.13.2", "--advisories", path, "--package", "R", "--json").document["affected"]) == 1
    ran = shell("affected", "0.13.2", "--advisories", path, "--package", "nosuch", "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "--package nosuch: none of the advisories names it; they name r\n"


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
        ("{", "is not JSON; save the API's response unchanged"),
        ("[" * 100_000, "is not JSON; save the API's response unchanged"),
        ('{"message": "Not Found"}', "is not a list of releases; save what /repos/OWNER/NAME/releases answers"),
    ],
)
def test_a_file_that_is_no_list_is_refused(shell: Shell, tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    ran = shell("classify", path)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{path}: {sentence}\n")


def test_an_item_that_is_no_release_is_reported_and_left_out(shell: Shell, tmp_path: Path) -> None:
    ran = shell("classify", write(tmp_path, "r.json", [3, release("a b", 1), release("v1.0.0", 2)]), "--json")
    assert [each["tag"] for each in ran.document] == ["v1.0.0"]
    assert len(ran.err.splitlines()) == 2
