"""The shelf as a forge: what it is called, whom it serves, and a project's sources there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.core.model.source_profile import ForgeProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Clock, Feed
from tests.standins.shelf.sources import ShelfAdvisories, ShelfPolicy, ShelfReleases

PROFILE = ForgeProfile(
    name="the shelf",
    web_url="https://shelf.test",
    report_form="the slip under the door",
    report_path="/{repository}/slip",
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every folder below `root` is a repository."""

    root: Path
    clock: Clock

    @property
    def profile(self) -> ForgeProfile:
        return PROFILE

    def serves(self, project: Project) -> bool:
        return (self.root / project.repository).is_dir()

    def feeds(self, project: Project) -> Sequence[Feed]:
        folder = self.root / project.repository
        releases = ShelfReleases(project.id, folder, self.clock)
        advisories = ShelfAdvisories(project.id, folder, self.clock)
        return (
            Feed(source=releases, listing=releases),
            Feed(source=advisories, listing=advisories),
            Feed(source=ShelfPolicy(project.id, folder, self.clock)),
        )
