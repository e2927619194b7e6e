"""The projects and rooms of the configuration as they are at this moment: a reload changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room


class Configuration(Protocol):
    @property
    def projects(self) -> Sequence[Project]: ...

    @property
    def rooms(self) -> Sequence[Room]: ...


@dataclass(frozen=True, slots=True)
class Registry:
    """What subscribers depend on of the configuration."""

    configuration: Configuration

    def project(self, project: ProjectId) -> Project | None:
        """The project with this id."""
        return next((each for each in self.configuration.projects if each.id == project), None)

    def rooms_of(self, project: ProjectId) -> frozenset[RoomAddress]:
        """The rooms that watch a project."""
        return frozenset(room.address for room in self.configuration.rooms if project in room.projects)
