"""Advisories on disk: a file, a list in a file, a folder, and one clear sentence where there is nothing to read."""

import json
from functools import partial
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.sources.advisories.files import MAX_FILE, UnreadableFile, read_advisory_files
from chatbot.sources.advisories.formats import read_advisory

RECORD = {"id": "GO-1", "modified": "2030-01-01T00:00:00Z"}
OTHER = {"id": "GO-2", "modified": "2030-01-01T00:00:00Z"}

READER = partial(read_advisory, project=ProjectId(""))


def write(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (RECORD, ["GO-1"]),
        ([RECORD, OTHER], ["GO-1", "GO-2"]),
        ({"vulns": [OTHER]}, ["GO-2"]),
        ([], []),
        ("\ufeff" + json.dumps(RECORD), ["GO-1"]),
    ],
)
def test_one_file_holds_one_or_many(tmp_path: Path, value: object, ids: list[str]) -> None:
    advisories, complaints = read_advisory_files(write(tmp_path / "a.json", value), reader=READER)
    assert [advisory.id for advisory in advisories] == ids
    assert complaints == []


def test_a_folder_is_read_whole_in_the_order_of_its_paths_and_says_what_it_could_not_read(tmp_path: Path) -> None:
    write(tmp_path / "b.json", RECORD)
    write(tmp_path / "a" / "deep.json", OTHER)
    write(tmp_path / "index.json", [{"id": "x"}, {"id": "y"}, 7])
    write(tmp_path / "broken.json", "{")
    write(tmp_path / "README.md", "no advisory")
    (tmp_path / "folder.json").mkdir()
    advisories, complaints = read_advisory_files(tmp_path, reader=partial(read_advisory, project=ProjectId("p")))
    assert [(advisory.id, advisory.project) for advisory in advisories] == [("GO-2", "p"), ("GO-1", "p")]
    assert len(complaints) == 2
    assert "broken.json is not JSON" in complaints[0]
    assert complaints[1].startswith("index.json: ")


@pytest.mark.parametrize(
    ("value", "words"),
    [("{", "is not JSON"), ("", "is not JSON"), ("[" * 100_000, "nested too deeply"), (None, "cannot be read")],
)
def test_nothing_to_read_is_one_sentence_with_the_fix(tmp_path: Path, value: str | None, words: str) -> None:
    path = tmp_path / "a.json" if value is None else write(tmp_path / "a.json", value)
    with pytest.raises(UnreadableFile, match=words) as refusal:
        read_advisory_files(path, reader=READER)
    assert "\n" not in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_bytes_that_are_no_text_are_no_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00{}")
    with pytest.raises(UnreadableFile, match="is not JSON"):
        read_advisory_files(tmp_path / "a.json", reader=READER)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(UnreadableFile, match="larger than 64 MiB"):
        read_advisory_files(tmp_path / "a.json", reader=READER)
