"""Stalwart's real history (tags, changelog, policy pages) as a repository of the loopback GitHub, revealed up to any moment."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability

DATA = Path(__file__).parents[3] / "shared" / "data"
HERE = (DATA / "stalwart" / "tags.tsv").is_file()
WHY_NOT = "Stalwart's recorded history (../shared) is not here"

_PUBLISHED_AFTER = timedelta(minutes=30)  # when a tag was published is not recorded, only its commit's date


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """One release as it really was: what the tag list and the changelog say, and what it should be found to be."""

    tag: str
    committed_at: datetime
    notes: str
    version: str
    kind: str
    ghsa: str

    @property
    def published_at(self) -> datetime:
        return self.committed_at + _PUBLISHED_AFTER


@cache
def releases() -> Sequence[Tagged]:
    """Every release, oldest commit first."""
    rows = json.loads((DATA / "releases" / "dev" / "stalwartlabs__stalwart.json").read_text())
    dates = {}
    for line in (DATA / "stalwart" / "tags.tsv").read_text().splitlines():
        tag, _, at, *_ = line.split("\t")
        dates[tag] = datetime.fromisoformat(at).astimezone(UTC)
    notes = changelog()
    every = [
        Tagged(
            tag=row["tag"],
            committed_at=dates[row["tag"]],
            notes=notes.get(row["expected_version"], ""),
            version=row["expected_version"],
            kind=row["expected_kind"],
            ghsa=next(iter(re.findall(r"GHSA(?:-\w{4}){3}", row["evidence"])), "") if row["security"] else "",
        )
        for row in rows
    ]
    return sorted(every, key=lambda each: each.committed_at)


@cache
def changelog() -> dict[str, str]:
    """The changelog's section of each version."""
    text = (DATA / "stalwart" / "CHANGELOG.md").read_text()
    parts = re.split(r"^## \[([^\]]+)\].*$", text, flags=re.MULTILINE)
    return {version: section.strip() for version, section in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def policies() -> Sequence[tuple[datetime, str]]:
    """Every revision of SECURITY.md, oldest first, at noon of its day."""
    paths = sorted((DATA / "stalwart" / "SECURITY_history").iterdir())
    return [(datetime.fromisoformat(f"{path.name[:10]}T12:00:00+00:00"), path.read_text()) for path in paths]


def advisories() -> list[Advisory]:
    """The three known ones, a day after the release that fixes each.

    Only the first one's range is recorded, as published: it reaches further back than its own text says.
    """
    ranges = {
        "GHSA-xv4r-q6gr-6pfg": ("< 0.13.3", "medium"),
        "GHSA-8jqj-qj5p-v5rr": ("", ""),
        "GHSA-jm95-876q-c9gw": ("", ""),
    }
    cves = {"0.13.3": "CVE-2025-59045", "0.13.4": "CVE-2025-61600", "0.15.5": "CVE-2026-26312"}
    return [
        Advisory(
            ghsa=each.ghsa,
            cve=cves[each.version],
            summary=f"Fixed in {each.version}",
            severity=ranges[each.ghsa][1],
            created_at=each.published_at,
            published_at=each.published_at + timedelta(days=1),
            vulnerabilities=(Vulnerability(package="stalwart", range=ranges[each.ghsa][0], patched=each.version),),
        )
        for each in releases()
        if each.ghsa
    ]


def repository() -> Repository:
    """The repository before anything happened."""
    return Repository(owner="stalwartlabs", name="stalwart", description="Mail server")


def reveal(of: Repository, until: datetime) -> list[str]:
    """Let everything happen that had happened by `until`, and return the tags that are new by it, in order."""
    tags = {release.tag for release in of.releases}
    new = [each for each in releases() if each.published_at <= until and each.tag not in tags]
    of.releases += [
        Release(
            tag=each.tag,
            name=each.tag,
            body=each.notes,
            created_at=each.committed_at,
            published_at=each.published_at,
            author="mdecimus",
        )
        for each in new
    ]
    commits = len(of.files.get("SECURITY.md", []))
    for at, text in policies()[commits:]:
        if at <= until:
            of.commit("SECURITY.md", text, at)
    listed = {advisory.ghsa for advisory in of.advisories}
    of.advisories += [
        each for each in advisories() if each.published_at and each.published_at <= until and each.ghsa not in listed
    ]
    return [each.tag for each in new]
