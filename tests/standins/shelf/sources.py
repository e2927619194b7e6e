"""What a project keeps on the shelf: a JSON file for each release and each advisory, and a page."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from chatbot.core.model.facts import Advisory, Affected, Observed, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import paragraph
from chatbot.core.model.severity import Severity
from chatbot.core.model.source_profile import SourceProfile
from chatbot.ports import Batch, Clock, SourceUnavailable

ORIGIN = "the shelf"


class ShelfListing:
    """The files of one folder. The cursor is the digest of them all."""

    profile: SourceProfile
    folder: str

    def __init__(self, project: str, root: Path, clock: Clock) -> None:
        self.project, self.root, self.clock = project, root, clock

    @property
    def name(self) -> str:
        return f"shelf-{self.folder}:{self.project}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        folder = self.root / self.folder
        if not folder.is_dir():
            raise SourceUnavailable(f"{folder} is not there")
        texts = {path.stem: path.read_text() for path in sorted(folder.glob("*.json"))}
        after = {"digest": hashlib.blake2b(repr(texts).encode(), digest_size=16).hexdigest()}
        if after == dict(cursor):
            return Batch(cursor=after, read_at=self.clock(), unchanged=True)
        facts = tuple(self.read(name, json.loads(text)) for name, text in texts.items())
        present = frozenset(f"{self.project}/{name}" for name in texts)
        return Batch(observed=facts, present=present, cursor=after, read_at=self.clock())

    async def look(self, name: str, /) -> Observed | None:
        file = self.root / self.folder / f"{name}.json"
        return self.read(name, json.loads(file.read_text())) if file.is_file() else None

    def read(self, name: str, item: dict[str, str]) -> Release | Advisory:
        raise NotImplementedError


class ShelfReleases(ShelfListing):
    profile, folder = SourceProfile("release", ORIGIN, authoritative=True), "releases"

    def read(self, name: str, item: dict[str, str]) -> Release:
        return Release(
            project=ProjectId(self.project),
            tag=name,
            name=name,
            url=f"https://shelf.test/{name}",
            published_at=datetime.fromisoformat(item["at"]),
            notes=(paragraph(item["notes"]),),
        )


class ShelfAdvisories(ShelfListing):
    profile, folder = SourceProfile("advisory", ORIGIN, authoritative=True), "advisories"

    def read(self, name: str, item: dict[str, str]) -> Advisory:
        at = datetime.fromisoformat(item["at"])
        return Advisory(
            project=ProjectId(self.project),
            id=name,
            summary=item["title"],
            severity=Severity(item["severity"]),
            affected=(Affected(range=item["range"], patched=item["patched"]),),
            url=f"https://shelf.test/{name}",
            published_at=at,
            updated_at=at,
        )


class ShelfPolicy:
    """The page, in one piece."""

    profile = SourceProfile("policy", ORIGIN, authoritative=True)

    def __init__(self, project: str, root: Path, clock: Clock) -> None:
        self.project, self.root, self.clock = project, root, clock

    @property
    def name(self) -> str:
        return f"shelf-policy:{self.project}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        text = (self.root / "SECURITY.md").read_text()
        after = {"digest": hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}
        page = PolicyPage(
            project=ProjectId(self.project), text=text, path="SECURITY.md", url="https://shelf.test/policy"
        )
        unchanged = after == dict(cursor)
        return Batch(observed=() if unchanged else (page,), cursor=after, read_at=self.clock(), unchanged=unchanged)
