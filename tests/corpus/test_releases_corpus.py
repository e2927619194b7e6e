"""The kinds, lines and order of real release histories."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.releases.classification import Classified, classify
from tests.corpus.where import DATA, files, load, needed

LEAST = 0.99

# The newest full release of the repository's own package, by the numbers.
NEWEST = {
    "element-hq__synapse": "v1.152.1",
    "prometheus__alertmanager": "v0.34.0",
    "mailcow__mailcow-dockerized": "2026-07a",
    "rack__rack": "v3.2.6",
    "socketio__socket.io": "socket.io@4.8.3",
    "yt-dlp__yt-dlp": "2026.08.19",
}


def _classified(path: Path) -> list[tuple[dict[str, object], Classified]]:
    rows = load(path)
    releases = [
        Release(
            project=ProjectId("p"),
            tag=row["tag"],
            name=row["tag"],
            url=f"https://github.example/{row['repo']}/releases/tag/{row['tag']}",
            published_at=datetime.fromisoformat(row["date"]).astimezone(UTC),
        )
        for row in rows
    ]
    return list(zip(rows, classify(releases, []), strict=True))


@needed
def test_kinds_are_right_on_real_histories(capsys: pytest.CaptureFixture[str]) -> None:
    total, misses = 0, []
    for path in files("releases"):
        for row, item in _classified(path):
            total += 1
            if item.kind != row["expected_kind"]:
                misses.append(f"{row['repo']} {row['tag']}: expected {row['expected_kind']}, is {item.kind}")
    with capsys.disabled():
        right = total - len(misses)
        sys.stdout.write(
            "\n  ".join([f"\nrelease kinds: {right} of {total} right ({right / total:.2%})", *misses]) + "\n"
        )
    assert 1 - len(misses) / total >= LEAST


@needed
def test_versions_are_read_as_the_histories_say() -> None:
    wrong = [
        (row["tag"], item.version)
        for path in files("releases")
        for row, item in _classified(path)
        if (item.version.text if item.version else None) != row["expected_version"]
    ]
    assert not wrong


@needed
@pytest.mark.parametrize(("name", "tag"), NEWEST.items())
def test_the_newest_release_is_found(name: str, tag: str) -> None:
    path = DATA / "releases" / "dev" / f"{name}.json"
    assert tag in [item.release.tag for _, item in _classified(path) if item.newest]


@needed
@pytest.mark.parametrize("path", files("releases"), ids=lambda path: path.stem)
def test_each_line_has_a_newest_and_nothing_above_it(path: Path) -> None:
    items = [item for _, item in _classified(path) if item.version]
    for item in items:
        assert item.version
        mine = [
            other.version
            for other in items
            if other.version and (other.line, other.version.package) == (item.line, item.version.package)
            if other.version.prerelease <= item.version.prerelease
        ]
        if item.newest_in_line:
            assert item.version == max(mine)
        assert any(other.newest_in_line for other in items if other.line == item.line)
